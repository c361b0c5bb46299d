"""Codes of an app against the vectors of RFC 6238; how codes and browsers are spelled."""

import base64
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.people.logic.second_factors import (
    browser_in_words,
    new_recovery_codes,
    plain_recovery_code,
    step_of_code,
)

SEED = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"),
        (2000000000, "279037"), (20000000000, "353130"),
    ],
)  # fmt: skip
def test_the_vectors_of_rfc_6238(seconds: int, code: str) -> None:
    now = dt.datetime.fromtimestamp(seconds, dt.UTC)
    assert step_of_code(SEED, code, now) == seconds // 30
    assert step_of_code(SEED, code, now + dt.timedelta(seconds=90)) is None


@given(st.text(max_size=12))
def test_whatever_is_typed_is_no_code_unless_it_is_six_digits(typed: str) -> None:
    step = step_of_code(SEED, typed, dt.datetime(2026, 11, 17, tzinfo=dt.UTC))
    assert step is None or len("".join(typed.split())) == 6


def test_codes_for_paper_are_read_however_they_are_copied() -> None:
    codes = new_recovery_codes()
    assert len({plain_recovery_code(code) for code in codes}) == 10
    for code in codes:
        assert plain_recovery_code(f" {code.lower().replace('-', ' ')} ") == code.replace("-", "")
    assert plain_recovery_code("ABCD") is None and plain_recovery_code("") is None


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/142.0 Mobile Safari/604.1", "Chrome, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_has_a_name(agent: str, words: str) -> None:
    assert browser_in_words(agent) == words

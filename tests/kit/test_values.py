"""Ids, money and text."""

import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.kit.ids import new_id
from quietmonday.kit.money import CurrencyMismatch, Money, totals
from quietmonday.kit.text import clean_line, clean_text


def test_ids_are_version_7_and_sort_by_the_time_they_were_made() -> None:
    ids = [new_id() for _ in range(5000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {each.version for each in ids} == {7}
    assert type(ids[0]) is uuid.UUID
    made = dt.datetime.fromtimestamp((ids[-1].int >> 80) / 1000, dt.UTC)
    assert abs(made - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=10)


@pytest.mark.parametrize(
    ("money", "words"),
    [
        (Money(123456, "GBP"), "1,234.56 GBP"),
        (Money(-5, "EUR"), "-0.05 EUR"),
        (Money(0, "GBP"), "0.00 GBP"),
        (Money(1200, "JPY"), "1,200 JPY"),
        (Money(1234, "KWD"), "1.234 KWD"),
    ],
)
def test_money_is_said_in_its_own_digits(money: Money, words: str) -> None:
    assert str(money) == words


def test_money_of_two_currencies_is_never_one_sum() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "GBP") + Money(1, "EUR")
    amounts = [Money(1, "GBP"), Money(2, "EUR"), Money(3, "GBP")]
    assert totals(amounts) == {"GBP": Money(4, "GBP"), "EUR": Money(2, "EUR")}


@pytest.mark.parametrize("minor", [1.0, 0.1, True, "1", None])
def test_money_is_counted_in_whole_minor_units(minor: object) -> None:
    with pytest.raises(TypeError):
        Money(minor, "GBP")  # type: ignore[arg-type]  # the case is about wrong types


@pytest.mark.parametrize("code", ["gbp", "GB", "GBPX", "", "GBP\n", "£"])
def test_a_currency_is_an_iso_code(code: str) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1, code)


@given(st.text())
def test_cleaning_twice_is_cleaning_once_and_both_engines_take_the_result(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    cleaned.encode("utf-8")
    assert "\x00" not in cleaned
    assert "\r" not in cleaned


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("nul\x00here", "nul\ufffdhere"),
        ("esc\x1b[31m", "esc\ufffd[31m"),
        ("half \ud83d smile", "half \ufffd smile"),
        ("e\u0301", "é"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_text_a_database_or_a_terminal_would_trip_over_is_replaced(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_a_line_is_one_line_of_at_most_its_limit(text: str, limit: int) -> None:
    line = clean_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1


def test_a_name_cannot_hide_its_ending() -> None:
    assert clean_line("invoice\u202efdp.exe") == "invoicefdp.exe"

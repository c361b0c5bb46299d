"""A seal is found again in whatever a mail program made of it."""

import quopri
import textwrap
import time
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.journal.logic.seal_text import NoSeal, SealText, parse_seals, seal_line

SEAL = SealText(
    chain_id=uuid.UUID("01a1ff48-8b52-7519-a626-c870034aa33b"),
    week="2026-W47",
    zone="America/Argentina/Buenos_Aires",
    count=132,
    head_hash="9f" * 32,
)


@given(
    st.integers(20, 200),
    st.sampled_from(["", "> ", ">> ", "> > ", "    ", "| "]),
    st.sampled_from(["\n", "\r\n", " \r\n"]),
)
def test_a_seal_survives_wrapping_and_quoting(width: int, quote: str, end: str) -> None:
    line = seal_line(SEAL)
    pieces = [line[at : at + width] for at in range(0, len(line), width)]
    mail = end.join([f"{quote}Week 2026-W47", *(quote + piece for piece in pieces), f"{quote}Keep this mail."])
    assert parse_seals(mail) == [SEAL]


def test_a_seal_survives_quoted_printable_and_invisible_characters() -> None:
    line = seal_line(SEAL)
    assert parse_seals(quopri.encodestring(f"Hallo Jörg,\n{line}\n".encode()).decode()) == [SEAL]
    assert parse_seals("\u200b".join(line)) == [SEAL]
    assert parse_seals("\n".join(textwrap.wrap(line, 40, break_on_hyphens=True))) == [SEAL]


def test_a_seal_twice_in_a_thread_is_one_and_two_seals_are_two() -> None:
    line = seal_line(SEAL)
    other = SealText(SEAL.chain_id, "2026-W48", "Etc/GMT+5", 140, "0a" * 32)
    assert parse_seals(f"{line}\n> {line}\n{seal_line(other)}") == [SEAL, other]


@pytest.mark.parametrize("at", range(0, 190, 7))
def test_a_changed_character_is_never_read_as_another_seal(at: int) -> None:
    line = seal_line(SEAL)
    if at >= len(line):
        return
    damaged = line[:at] + ("7" if line[at] != "7" else "8") + line[at + 1 :]
    with pytest.raises(NoSeal):
        parse_seals(damaged)


@pytest.mark.parametrize("text", ["", "a mail without any", "qm-seal:1:", seal_line(SEAL)[:-1], "x" * 1_000_001])
def test_a_text_without_a_whole_seal_says_so(text: str) -> None:
    with pytest.raises(NoSeal):
        parse_seals(text)


def test_a_hostile_text_is_read_in_no_time() -> None:
    began = time.perf_counter()
    with pytest.raises(NoSeal):
        parse_seals("qm-seal:1:" * 90_000)
    assert time.perf_counter() - began < 2


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_seals(text)
    except NoSeal:
        return
    raise AssertionError(f"a seal in {text!r}")

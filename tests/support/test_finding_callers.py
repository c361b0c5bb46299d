"""Who rings: by letters of name and firm, or by digits in any notation."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.support.logic.callers import Known, found
from quietmonday.support.logic.phones import digits_of, is_number, looks_like_number

ONE, TWO, THREE, FOUR = (uuid.UUID(int=n) for n in range(1, 5))
PEOPLE = [
    Known(ONE, "Dele Adeyemi", "Oakhurst Joinery", "+44 20 7946 0123"),
    Known(TWO, "Maria Lindqvist", "Oakhurst Joinery", "020 7946 0456"),
    Known(THREE, "Dele Adeyemi", "Ashby Dental", ""),
    Known(FOUR, "Łukasz Dvořák", "Oak & Sons", "+49 (0)30 901820"),
]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("dele", [THREE, ONE]),  # the same name: by firm
        ("DEL ade", [THREE, ONE]),
        ("dele oak", [ONE]),
        ("ashby dele", [THREE]),
        ("oak", [ONE, TWO, FOUR]),
        ("dvorak", [FOUR]),
        ("lind", [TWO]),
        ("qvist", []),  # words are looked for by their beginning
        ("dele tilden", []),
        ("", []),
        ("  ", []),
        ("?!", []),
        ("7946", [ONE, TWO]),
        ("020 7946 0123", [ONE]),
        ("0044 20 7946 0123", [ONE]),
        ("+44 (0)20 7946-0123", [ONE]),
        ("44207946045", [TWO][:0]),  # not whole yet, and longer than what is on record
        ("442079460456", [TWO]),
        ("030/901820", [FOUR]),
        ("+49 30 90 18 20", [FOUR]),
        ("12", []),  # two digits are in every number
    ],
)
def test_who_is_found(typed: str, told: list[uuid.UUID]) -> None:
    assert [person.ref for person in found(typed, PEOPLE)] == told


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("020 7946", True), ("+44", False), ("112", True), ("3m", False), ("Dele 3", False), ("", False), ("٠٢٠٧", True)],
)
def test_what_looks_like_a_number(text: str, is_one: bool) -> None:
    assert looks_like_number(text) is is_one


@given(st.text(max_size=50))
def test_any_text_is_no_trouble(text: str) -> None:
    assert digits_of(text).isdigit() or digits_of(text) == ""
    assert not is_number(digits_of(text), "")
    found(text, PEOPLE)


@given(st.from_regex(r"[1-9][0-9]{8}", fullmatch=True), st.sampled_from(["+44 ", "0044 ", "+44 (0)", "0", ""]))
def test_a_number_is_itself_in_any_notation(number: str, lead: str) -> None:
    written = f"{lead}{number[:3]} {number[3:6]}-{number[6:]}"
    known = digits_of(f"+44 {number}")
    assert is_number(digits_of(written), known)
    assert is_number(known, digits_of(written))

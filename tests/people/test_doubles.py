"""Who is likely on record twice."""

import uuid

import pytest

from quietmonday.people.logic.doubles import Known, folded, likely_doubles

HERE, THERE = uuid.uuid4(), uuid.uuid4()


def known(name: str, *emails: str, place: uuid.UUID = HERE) -> Known:
    return Known(uuid.uuid4(), place, name, emails)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dele Adeyemi", "DELE  adeyemi"),
        ("Zoë Škoda", "Zoe Skoda"),
        ("Bill Hartley", "Hartley, Bill"),
        ("Straße", "STRASSE"),
        ("O’Neill Mary-Ann", "mary ann o'neill"),
    ],
)
def test_one_name_in_two_spellings(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize("name", ["", " ", "?", "\u0301"])
def test_nobody_is_like_somebody_without_a_name(name: str) -> None:
    assert likely_doubles([known(name), known(name)]) == []


def test_the_same_beginning_of_an_address_but_none_that_many_share() -> None:
    dele, again = known("Dele", "dele@oakhurst.example"), known("D. A.", "dele+work@home.example")
    assert likely_doubles([dele, again]) == [(dele.ref, again.ref)]
    assert likely_doubles([known("A", "info@a.example"), known("B", "info@b.example")]) == []


def test_people_of_two_firms_are_two() -> None:
    assert likely_doubles([known("Dele"), known("Dele", place=THERE)]) == []


def test_each_is_paired_once_with_the_oldest() -> None:
    first, second, third = known("Dele", "d@x.example"), known("Dele", "other@x.example"), known("D", "other@y.example")
    assert likely_doubles([first, second, third]) == [(first.ref, second.ref), (first.ref, third.ref)]

"""Shares told no more exactly than their size allows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.support.logic.shares import Answers, Compared, Share, Told, compare


@pytest.mark.parametrize(
    ("k", "n", "told", "low_high"),
    [
        (0, 0, Told.NOTHING, (0, 100)),
        (5, 5, Told.DOTS, (57, 100)),
        (4, 5, Told.DOTS, (38, 96)),
        (3, 5, Told.DOTS, (23, 88)),
        (9, 10, Told.K_OF_N, (60, 98)),
        (18, 20, Told.PERCENT, (70, 97)),
        (45, 50, Told.PERCENT, (79, 96)),
        (90, 100, Told.PERCENT, (83, 94)),
    ],
)
def test_small_samples_in_words_and_ranges_of_the_guide(k: int, n: int, told: Told, low_high: tuple[int, int]) -> None:
    share = Share(k, n)
    assert (share.told, share.range) == (told, low_high)


def test_two_shares_differ_only_when_the_interval_says_so() -> None:
    assert compare(Share(19, 19), Share(1, 40)) is Compared.TOO_FEW
    assert compare(Share(18, 20), Share(16, 20)) is Compared.NOT_CLEAR
    assert compare(Share(95, 100), Share(60, 100)) is Compared.MORE
    assert compare(Share(60, 100), Share(95, 100)) is Compared.LESS


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_comparing_turns_around_with_its_sides(a: int, b: int, c: int, d: int) -> None:
    first, second = Share(min(a, b), max(a, b)), Share(min(c, d), max(c, d))
    turned = {Compared.MORE: Compared.LESS, Compared.LESS: Compared.MORE}
    there = compare(first, second)
    assert compare(second, first) is turned.get(there, there)


def test_the_silent_ones_could_have_said_anything() -> None:
    answers = Answers(asked=20, answered=8, solved=6)
    assert answers.share == Share(6, 8)
    assert answers.bounds == (30, 90)
    assert Answers(0, 0, 0).bounds == (0, 100)


@pytest.mark.parametrize(("asked", "answered", "solved"), [(1, 2, 0), (2, 1, 2), (1, 1, -1)])
def test_answers_that_cannot_be_are_refused(asked: int, answered: int, solved: int) -> None:
    with pytest.raises(ValueError):
        Answers(asked, answered, solved)

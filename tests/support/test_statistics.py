"""Intervals and the run rule. The vectors are those of guides/scorecard.md and of Newcombe 1998."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quietmonday.support.logic.statistics import Shift, clearly_differ, newcombe, shift, wilson


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (5, 5, 57, 100),
        (4, 5, 38, 96),
        (3, 5, 23, 88),
        (9, 10, 60, 98),
        (18, 20, 70, 97),
        (45, 50, 79, 96),
        (90, 100, 83, 94),  # 82.56 to 94.48: the guide prints 95, which is rounded twice
    ],
)
def test_the_wilson_interval_is_that_of_the_guide(k: int, n: int, low: int, high: int) -> None:
    assert tuple(round(100 * end) for end in wilson(k, n)) == (low, high)


def test_the_wilson_interval_is_right_to_four_places() -> None:
    assert wilson(90, 100) == pytest.approx((0.8256, 0.9448), abs=0.00005)
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=0.00005)  # Newcombe 1998, two-sided


def test_no_case_says_nothing_and_an_impossible_share_is_refused() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 5)[0] == 0.0
    for k, n in ((6, 5), (-1, 5)):
        with pytest.raises(ValueError, match="not a share"):
            wilson(k, n)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((5, 56), (0, 29), -0.0381, 0.1926),
    ],
)
def test_the_interval_of_a_difference_is_that_of_newcombe(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    assert newcombe(first, second) == pytest.approx((low, high), abs=0.00006)


def test_two_small_months_show_no_clear_change() -> None:
    assert not clearly_differ((5, 5), (3, 5))
    assert clearly_differ((56, 70), (48, 80))
    assert clearly_differ((48, 80), (56, 70))
    assert not clearly_differ((5, 5), (0, 0))


@settings(max_examples=100)
@given(st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share(case: tuple[int, int]) -> None:
    k, n = case
    low, high = wilson(k, n)
    assert 0 <= low <= (k / n if n else 0.5) <= high <= 1
    mirrored = wilson(n - k, n)
    assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high))


def test_eight_in_a_row_on_one_side_are_a_signal_and_seven_are_not() -> None:
    assert shift([6, 6, 6, 6, 6, *[7] * 7], usual=6) is None
    assert shift([5, *[7] * 8], usual=6) == Shift(1, 8, True)
    assert shift([*[5] * 8, 7], usual=6) == Shift(0, 7, False)


def test_points_on_the_line_neither_count_nor_break_a_run() -> None:
    assert shift([7, 7, 7, 7, 6, 7, 7, 7, 7], usual=6) == Shift(0, 8, True)
    assert shift([7, 7, 7, 7, 5, 7, 7, 7, 7], usual=6) is None


def test_the_usual_is_the_median_and_nothing_gives_no_signal() -> None:
    assert shift([1] * 8 + [9] * 8) == Shift(8, 15, True)
    assert shift([]) is None
    assert shift([4] * 20) is None

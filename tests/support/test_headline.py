"""The headline of a week."""

from collections.abc import Mapping

from quietmonday.support.logic.headline import Group, count, headline
from quietmonday.support.logic.sentences import render
from quietmonday.support.logic.verdict import effective, quick
from tests.support.labels import ZONE, labels


def lines(counts: Mapping[Group, int], *, last_week: bool = True) -> list[str]:
    return [render(rule, params, ZONE) for rule, params in headline(counts, last_week=last_week)]


def test_the_headline_of_the_design_comes_out_word_for_word() -> None:
    assert lines({Group.GOOD: 3, Group.HELD: 1, Group.CANNOT_TELL: 1}) == [
        "You asked for help 5 times last week.",
        "3 were taken care of, quickly and for good.",
        "1 is held by a workaround.",
        "1 we cannot tell: nobody has said.",
    ]


def test_all_is_said_only_when_every_one_is_good() -> None:
    assert lines({Group.GOOD: 5})[1] == "All 5 were taken care of, quickly and for good."
    assert lines({Group.GOOD: 1})[1] == "1 was taken care of, quickly and for good."
    assert "All" not in " ".join(lines({Group.GOOD: 5, Group.CANNOT_TELL: 1}))
    assert "All" not in " ".join(lines({Group.GOOD: 5, Group.UNTIMED: 1}))


def test_from_eight_it_is_k_of_n_and_from_twenty_a_percentage_with_its_range() -> None:
    assert lines({Group.GOOD: 6, Group.LATE: 1}) == [
        "You asked for help 7 times last week.",
        "6 were taken care of, quickly and for good.",
        "1 is fixed for good, but came late.",
    ]
    assert lines({Group.GOOD: 7, Group.FAILED: 1})[1:] == [
        "7 of 8 were taken care of, quickly and for good.",
        "1 of 8 was not fixed for good.",
    ]
    assert lines({Group.GOOD: 18, Group.OPEN: 2})[1:] == [
        "18 of 20 were taken care of, quickly and for good: 90 %, range 70 to 97 %.",
        "2 of 20 are still open.",
    ]
    assert "%" not in " ".join(lines({Group.GOOD: 18, Group.OPEN: 1}))


def test_a_week_without_requests_says_so_and_the_uncounted_are_listed() -> None:
    assert lines({}) == ["Nobody asked for help."]
    assert lines({Group.UNCOUNTED: 2}) == [
        "Nobody asked for help.",
        "Not counted: 2 that were cancelled, duplicates or no requests.",
    ]
    assert lines({Group.GOOD: 1, Group.PLANNED: 2, Group.UNCOUNTED: 1}) == [
        "You asked for help once last week.",
        "1 was taken care of, quickly and for good.",
        "2 pieces of planned work came by their schedule.",
        "Not counted: 1 that was cancelled, a duplicate or no request.",
    ]
    assert lines({Group.PLANNED: 1}) == ["Nobody asked for help.", "1 piece of planned work came by its schedule."]
    assert lines({Group.GOOD: 1, Group.UNCOUNTED: 1}, last_week=False) == [
        "You asked for help once.",
        "1 was taken care of, quickly and for good.",
        "Not counted: 1 that was cancelled, a duplicate or no request.",
    ]


def test_the_forty_labels_fall_into_these_groups() -> None:
    counts = count((quick(each.facts, each.now), effective(each.facts, each.now)) for each in labels())
    assert {group.value: n for group, n in counts.items() if n} == {
        "good": 8,
        "late": 2,
        "waited": 1,
        "untimed": 1,
        "held": 1,
        "partly": 2,
        "failed": 5,
        "cannot_tell": 13,
        "watching": 1,
        "overdue": 1,
        "open": 3,
        "uncounted": 2,
    }

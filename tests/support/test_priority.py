"""The matrix of whom it hits and how hard."""

import itertools

import pytest

from quietmonday.support.logic.priority import priority_of

HITS, HARD = ("one", "several", "all"), ("yes", "partly", "no")


@pytest.mark.parametrize(
    ("impact", "can_work", "priority"),
    [
        ("all", "no", 1),
        ("all", "partly", 2),
        ("several", "no", 2),
        ("several", "partly", 2),
        ("all", "yes", 3),
        ("several", "yes", 3),
        ("one", "no", 3),
        ("one", "partly", 3),
        ("one", "yes", 4),
    ],
)
def test_how_urgent_follows_from_whom_it_hits_and_how_hard(impact: str, can_work: str, priority: int) -> None:
    assert priority_of(kind="incident", impact=impact, can_work=can_work) == priority


@pytest.mark.parametrize(("kind", "can_work"), list(itertools.product(("incident", "service_request"), ("", *HARD))))
def test_a_request_of_which_nobody_said_whom_it_hits_is_normal(kind: str, can_work: str) -> None:
    assert priority_of(kind=kind, impact="", can_work=can_work) == 3


@pytest.mark.parametrize(("kind", "priorities"), [("incident", [3, 2, 2]), ("service_request", [4, 3, 3])])
def test_something_broken_hampers_and_something_wanted_does_not_unless_they_say_so(
    kind: str, priorities: list[int]
) -> None:
    assert [priority_of(kind=kind, impact=hits, can_work="") for hits in HITS] == priorities


def test_hitting_more_people_or_harder_never_makes_it_less_urgent() -> None:
    for (less, more), hard in itertools.product(itertools.combinations(HITS, 2), HARD):
        wide = priority_of(kind="incident", impact=more, can_work=hard)
        assert wide <= priority_of(kind="incident", impact=less, can_work=hard)
    for (easy, hard), hits in itertools.product(itertools.combinations(HARD, 2), HITS):
        deep = priority_of(kind="incident", impact=hits, can_work=hard)
        assert deep <= priority_of(kind="incident", impact=hits, can_work=easy)

"""Which requests may be linked, stand under one another, or be one call."""

import dataclasses
import itertools
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.support.logic.linking import Standing, why_not_linked, why_not_merged, why_not_under

FIRM, OTHER_FIRM, LINE, DESK = (uuid.uuid4() for _ in range(4))


def standing(**more: object) -> Standing:
    known = {"id": uuid.uuid4(), "business": FIRM, "state": "open", "engagements": frozenset({DESK}), **more}
    return Standing(**known)  # type: ignore[arg-type]  # a table of cases


ONE, OTHER = standing(), standing()


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ({}, {}, None),
        ({"id": OTHER.id}, {}, "itself"),
        ({"business": OTHER_FIRM}, {}, "other_business"),
        ({"part_of": uuid.uuid4()}, {}, "merged_already"),
        ({}, {"part_of": ONE.id}, "circular"),
        ({}, {"part_of": uuid.uuid4()}, "other_is_part"),
        ({"state": "resolved"}, {}, "not_open"),
        ({}, {"state": "resolved"}, "not_open"),
        ({}, {"state": "cancelled"}, "not_open"),
        ({"was_settled": True}, {}, "was_settled"),
        ({}, {"was_settled": True}, None),
        ({"engagements": frozenset({DESK, LINE})}, {}, "other_suppliers"),
        ({}, {"engagements": frozenset({DESK, LINE})}, "other_suppliers"),
        ({"parts": 30}, {"parts": 30}, "too_many"),
        ({"parts": 24}, {"parts": 25}, None),
    ],
)
def test_why_two_requests_cannot_be_one_call(one: dict[str, object], other: dict[str, object], why: str | None) -> None:
    assert why_not_merged(dataclasses.replace(ONE, **one), dataclasses.replace(OTHER, **other)) == why  # type: ignore[arg-type]  # a table of cases


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ({}, {}, None),
        ({"id": OTHER.id}, {}, "itself"),
        ({"business": OTHER_FIRM}, {}, "other_business"),
        ({"under": uuid.uuid4()}, {}, "under_another"),
        ({}, {"under": uuid.uuid4()}, "other_is_under"),
        ({"has_under": True}, {}, "has_under"),
        ({}, {"has_under": True}, None),
        ({"part_of": uuid.uuid4()}, {}, "is_part"),
        ({"links": 50}, {}, "too_many"),
        ({}, {"links": 50}, "too_many"),
    ],
)
def test_why_a_request_cannot_stand_under_another(
    one: dict[str, object], other: dict[str, object], why: str | None
) -> None:
    assert why_not_under(dataclasses.replace(ONE, **one), dataclasses.replace(OTHER, **other)) == why  # type: ignore[arg-type]  # a table of cases


def test_a_request_is_not_linked_to_itself_or_across_businesses() -> None:
    assert why_not_linked(ONE, ONE) == "itself"
    assert why_not_linked(ONE, dataclasses.replace(OTHER, business=OTHER_FIRM)) == "other_business"
    assert why_not_linked(ONE, OTHER) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=30))
def test_whatever_is_put_under_whatever_nothing_ever_stands_under_itself(pairs: list[tuple[int, int]]) -> None:
    ids = [uuid.uuid4() for _ in range(6)]
    under: dict[int, int] = {}
    for one, other in pairs:
        stands = [
            standing(
                id=ids[each],
                under=ids[under[each]] if each in under else None,
                has_under=each in under.values(),
            )
            for each in (one, other)
        ]
        if why_not_under(*stands) is None:
            under[one] = other
    for start in range(6):
        above = list(itertools.takewhile(lambda each: each is not None, _up(start, under)))
        assert len(above) <= 2
        assert len(set(above)) == len(above)


def _up(start: int, under: dict[int, int]) -> list[int | None]:
    chain: list[int | None] = [start]
    for _ in range(10):
        chain.append(under.get(chain[-1]) if chain[-1] is not None else None)
    return chain

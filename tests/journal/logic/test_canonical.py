"""One text for one value."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.journal.logic.canonical import MAX_INT, NotCanonical, as_payload, canonical, moment

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
plain = st.none() | st.booleans() | st.integers(-MAX_INT, MAX_INT) | st.text()
payloads = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcdé_"), inner, max_size=4)
)


@given(payloads)
def test_a_payload_reads_back_from_its_canonical_text_and_hashes_the_same(value: object) -> None:
    stored = as_payload(value)
    assert json.loads(canonical(stored)) == stored
    assert canonical(json.loads(canonical(stored))) == canonical(stored)
    assert as_payload(stored) == stored


@given(st.dictionaries(st.text("abcdé_"), payloads))
def test_the_order_of_keys_does_not_matter(value: dict[str, object]) -> None:
    stored = as_payload(value)
    assert canonical(dict(reversed(stored.items()))) == canonical(stored)


def test_the_text_has_no_spaces_sorted_keys_and_plain_letters() -> None:
    assert canonical({"ü": [True, None], "a": 'x"\n'}) == '{"a":"x\\"\\n","ü":[true,null]}'.encode()


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), 2**63, {1: 2}, {"a\x00": 1}, b"x", {"a": object()}, {"a": {1, 2}}, START.replace(tzinfo=None)],
)
def test_what_an_engine_might_give_back_differently_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        as_payload(value)


def test_a_payload_nested_without_end_is_refused() -> None:
    value: list[object] = []
    value.append(value)
    with pytest.raises(NotCanonical):
        as_payload(value)


def test_a_moment_is_the_same_text_in_every_zone() -> None:
    here = dt.datetime(2026, 3, 29, 3, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert moment(here) == moment(here.astimezone(dt.UTC)) == "2026-03-29T01:00:00.000000Z"


def test_a_key_is_refused_again_and_again() -> None:
    for _time in range(2):
        with pytest.raises(NotCanonical):
            as_payload({"a\x00": 1})
        with pytest.raises(NotCanonical):
            as_payload({1: "a number, where there was a text"})
        assert as_payload({"1": "a text"}) == {"1": "a text"}

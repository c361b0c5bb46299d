"""When a recurring request is due: month ends, daylight saving, days off, and what was missed."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.people.logic.calendar import WorkingHours, interval, is_open_day
from quietmonday.support.logic.recurring import (
    NeverDue,
    Rule,
    days,
    due,
    moment_of,
    rule_as_json,
    rule_from_json,
    upcoming,
)

OFFICE = WorkingHours.of(
    "Europe/London",
    {day: [interval("09:00", "17:00")] for day in range(5)},
    frozenset({dt.date(2026, 12, 25), dt.date(2026, 12, 28), dt.date(2027, 1, 1)}),
)


def first(rule: Rule, start: str, n: int = 4) -> list[str]:
    """Return the first `n` days of the rule from `start` on."""
    return [day.isoformat() for day in itertools.islice(days(rule, dt.date.fromisoformat(start), None), n)]


@pytest.mark.parametrize(
    ("rule", "start", "told"),
    [
        (Rule(every="week", weekdays=(0, 3)), "2026-11-25", ["2026-11-26", "2026-11-30", "2026-12-03", "2026-12-07"]),
        (Rule(every="month", day=15), "2026-11-16", ["2026-12-15", "2027-01-15", "2027-02-15", "2027-03-15"]),
        (Rule(every="month", day=31), "2027-01-01", ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
        (Rule(every="month", day=29), "2028-01-30", ["2028-02-29", "2028-03-29", "2028-04-29", "2028-05-29"]),
        (Rule(every="month", nth=2, weekday=1), "2026-11-01", ["2026-11-10", "2026-12-08", "2027-01-12", "2027-02-09"]),
        (
            Rule(every="month", nth=-1, weekday=4),
            "2026-11-01",
            ["2026-11-27", "2026-12-25", "2027-01-29", "2027-02-26"],
        ),
        (
            Rule(every="quarter", day=31, month=1),
            "2026-11-01",
            ["2027-01-31", "2027-04-30", "2027-07-31", "2027-10-31"],
        ),
        (
            Rule(every="quarter", nth=1, weekday=0, month=3),
            "2026-11-01",
            ["2026-12-07", "2027-03-01", "2027-06-07", "2027-09-06"],
        ),
        (Rule(every="year", day=29, month=2), "2026-11-01", ["2027-02-28", "2028-02-29", "2029-02-28", "2030-02-28"]),
        (Rule(every="year", day=1, month=4), "2026-04-02", ["2027-04-01", "2028-04-01", "2029-04-01", "2030-04-01"]),
    ],
)  # fmt: skip
def test_days_of_a_rule(rule: Rule, start: str, told: list[str]) -> None:
    assert first(rule, start) == told


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"every": "year", "day": 31, "month": 2}, "no_such_day"),
        ({"every": "year", "day": 30, "month": 2}, "no_such_day"),
        ({"every": "year", "day": 31, "month": 4}, "no_such_day"),
        ({"every": "week"}, "no_weekday"),
        ({"every": "week", "weekdays": (7,)}, "no_weekday"),
        ({"every": "month"}, "no_day"),
        ({"every": "month", "day": 32}, "no_day"),
        ({"every": "month", "nth": 5, "weekday": 1}, "no_day"),
        ({"every": "month", "day": 1, "nth": 1}, "no_day"),
        ({"every": "quarter", "day": 1, "month": 4}, "no_day"),
        ({"every": "year", "day": 1, "month": 13}, "no_day"),
        ({"every": "day"}, "every"),
        ({"every": "month", "day": 1, "at": "25:00"}, "time"),
        ({"every": "month", "day": 1, "at": "soon"}, "time"),
    ],
)
def test_what_never_comes_is_refused(parts: dict[str, Any], why: str) -> None:
    with pytest.raises(NeverDue) as refused:
        Rule(**parts)
    assert refused.value.rule == why


def test_a_time_that_the_clocks_skip_is_the_moment_of_the_change() -> None:
    rule = Rule(every="week", weekdays=(6,), at="01:30")  # 29 March 2026: 01:00 is followed by 02:00 in London
    assert moment_of(rule, dt.date(2026, 3, 29), OFFICE) == dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC)
    berlin = WorkingHours.of("Europe/Berlin", {}, frozenset())
    late = Rule(every="week", weekdays=(6,), at="02:30")
    assert moment_of(late, dt.date(2026, 3, 29), berlin) == dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC)


def test_a_time_that_comes_twice_is_the_first_of_the_two() -> None:
    rule = Rule(every="week", weekdays=(6,), at="01:30")
    assert moment_of(rule, dt.date(2026, 10, 25), OFFICE) == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)


def test_the_local_time_stays_while_the_offset_changes() -> None:
    rule = Rule(every="month", day=1, at="09:00")
    summer, winter = moment_of(rule, dt.date(2026, 7, 1), OFFICE), moment_of(rule, dt.date(2026, 12, 1), OFFICE)
    assert (summer.hour, winter.hour) == (8, 9)


def test_a_day_off_gives_way_to_the_next_working_day_if_asked_so() -> None:
    christmas = dt.date(2026, 12, 25)  # a Friday; Monday is off too
    moved = moment_of(Rule(every="month", day=25, next_open_day=True), christmas, OFFICE)
    assert moved == dt.datetime(2026, 12, 29, 9, tzinfo=dt.UTC)
    assert moment_of(Rule(every="month", day=25), christmas, OFFICE) == dt.datetime(2026, 12, 25, 9, tzinfo=dt.UTC)


def test_hours_that_never_open_move_nothing_for_ever() -> None:
    closed = WorkingHours.of("Europe/London", {})
    rule = Rule(every="month", day=25, next_open_day=True)
    assert moment_of(rule, dt.date(2026, 12, 25), closed) == dt.datetime(2026, 12, 25, 9, tzinfo=dt.UTC)


WEEKLY = Rule(every="week", weekdays=(0,))


def due_at(now: str, last_on: str | None = None, rule: Rule = WEEKLY, ends_on: str | None = None) -> Any:
    return due(
        rule,
        starts_on=dt.date(2026, 11, 2),
        ends_on=dt.date.fromisoformat(ends_on) if ends_on else None,
        last_on=dt.date.fromisoformat(last_on) if last_on else None,
        hours=OFFICE,
        now=dt.datetime.fromisoformat(now).replace(tzinfo=dt.UTC),
    )


def test_nothing_is_due_before_its_time() -> None:
    found = due_at("2026-11-02T08:59")
    assert (found.newest, found.left_out) == (None, 0)
    assert found.next_at == dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


def test_one_is_due_at_its_time_and_only_once() -> None:
    found = due_at("2026-11-02T09:00")
    assert (found.newest, found.left_out) == (dt.date(2026, 11, 2), 0)
    assert due_at("2026-11-02T09:00", last_on="2026-11-02").newest is None


def test_after_a_long_silence_the_newest_is_due_and_the_others_are_counted() -> None:
    found = due_at("2026-11-25T12:00", last_on="2026-11-02")
    assert (found.newest, found.left_out) == (dt.date(2026, 11, 23), 2)
    assert found.next_at == dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)


def test_two_days_that_were_moved_to_one_are_one() -> None:
    weekend = Rule(every="week", weekdays=(5, 6, 0), next_open_day=True)
    found = due_at("2026-11-09T09:00", last_on="2026-11-02", rule=weekend)
    assert (found.newest, found.left_out) == (dt.date(2026, 11, 9), 0)


def test_after_its_last_day_none_is_to_come() -> None:
    found = due_at("2026-11-16T10:00", last_on="2026-11-09", ends_on="2026-11-16")
    assert (found.newest, found.next_at) == (dt.date(2026, 11, 16), None)


def test_the_next_ones_are_named_in_order() -> None:
    coming = upcoming(
        Rule(every="month", day=31, next_open_day=True),
        starts_on=dt.date(2026, 1, 1),
        ends_on=None,
        hours=OFFICE,
        now=dt.datetime(2026, 11, 25, tzinfo=dt.UTC),
        most=3,
    )
    assert [each.date().isoformat() for each in coming] == ["2026-11-30", "2026-12-31", "2027-02-01"]


RULES = st.one_of(
    st.builds(
        Rule,
        every=st.just("week"),
        weekdays=st.sets(st.integers(0, 6), min_size=1).map(lambda each: tuple(sorted(each))),
        next_open_day=st.booleans(),
        at=st.sampled_from(["00:00", "01:30", "02:30", "23:59"]),
    ),
    st.builds(
        Rule,
        every=st.sampled_from(["month", "quarter"]),
        day=st.integers(1, 31),
        month=st.integers(1, 3),
        next_open_day=st.booleans(),
        at=st.sampled_from(["00:00", "01:30", "02:30", "23:59"]),
    ),
    st.builds(
        Rule,
        every=st.sampled_from(["month", "quarter", "year"]),
        nth=st.sampled_from([1, 2, 3, 4, -1]),
        weekday=st.integers(0, 6),
        month=st.integers(1, 3),
    ),
)
DATES = st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1))


@given(RULES, DATES)
def test_every_rule_comes_again_within_its_span_and_its_moments_never_go_back(rule: Rule, start: dt.date) -> None:
    span = {"week": 7, "month": 62, "quarter": 124, "year": 371}[rule.every]
    found = list(itertools.islice(days(rule, start, None), 12))
    assert len(found) == 12
    assert (found[0] - start).days <= span
    assert all(0 < (later - earlier).days <= span for earlier, later in itertools.pairwise(found))
    moments = [moment_of(rule, day, OFFICE) for day in found]
    assert moments == sorted(moments)
    if rule.next_open_day:
        assert all(
            is_open_day(OFFICE, each.astimezone(dt.UTC).date()) or rule.at in {"00:00", "23:59"} for each in moments
        )
    assert rule_from_json(rule_as_json(rule)) == rule


@given(RULES, DATES, st.integers(0, 100), st.integers(0, 100))
def test_whenever_somebody_looks_nothing_is_made_twice_or_lost(
    rule: Rule, start: dt.date, first_look: int, later: int
) -> None:
    """Looking twice makes the same newest one as looking once, and counts each day made or left out once."""
    base = dt.datetime.combine(start, dt.time(12), tzinfo=dt.UTC)
    one, two = base + dt.timedelta(days=first_look), base + dt.timedelta(days=first_look + later)

    def look(now: dt.datetime, last_on: dt.date | None) -> Any:
        return due(rule, starts_on=start, ends_on=None, last_on=last_on, hours=OFFICE, now=now)

    at_once = look(two, None)
    before = look(one, None)
    after = look(two, before.newest)
    assert (after.newest or before.newest) == at_once.newest
    assert after.next_at == at_once.next_at

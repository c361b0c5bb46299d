"""Our clock as it is kept with a request: at any later moment it says what the whole reckoning says."""

import datetime as dt
import json

from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from quietmonday.people.logic.calendar import NeverOpen
from quietmonday.support.logic import facts as f
from quietmonday.support.logic.clocks import NoTimes, measure, provider_seconds
from quietmonday.support.logic.course import course_of
from quietmonday.support.logic.facts_json import facts_as_json, facts_from_json, hours_from_text
from quietmonday.support.logic.pauses import standstill
from quietmonday.support.logic.row_clock import Left, RowClock, left_at, row_clock
from tests.support.labels import OFFICE
from tests.support.strategies import tickets

NOW = dt.datetime(2026, 11, 17, 10, 0, tzinfo=dt.UTC)  # a Tuesday
HOUR = dt.timedelta(hours=1)


@given(tickets(), st.integers(0, 30 * 24 * 60))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_kept_says_later_what_the_facts_say_then(
    drawn: tuple[f.TicketFacts, dt.datetime], minutes: int
) -> None:
    facts, then = drawn
    facts = f.as_of(facts, then)
    target = facts.targets["P3"]
    later = then + dt.timedelta(minutes=minutes)
    if facts.state is not f.State.OPEN or not course_of(facts).is_open:
        reject()
    try:
        kept = row_clock(facts, target, measure(facts, target, then), then)
        ran = provider_seconds(facts, target, later)
    except (NoTimes, NeverOpen):
        reject()
    if target.restore_minutes is None:
        assert kept is None
        return
    assert kept is not None
    found = left_at(kept, facts.hours, later)
    assert found.seconds == target.restore_minutes * 60 - ran
    assert found.stands == (standstill(facts, later) is not None)


def test_a_clock_that_counts_nights_runs_after_hours_too() -> None:
    night = NOW + 12 * HOUR
    assert left_at(RowClock(20 * 3600, NOW), OFFICE, night) == Left(13 * 3600, stands=False)
    assert left_at(RowClock(20 * 3600, NOW, counts_nights=True), OFFICE, night) == Left(8 * 3600, stands=False)
    assert left_at(RowClock(3600, NOW, counts_nights=True), OFFICE, night) == Left(-11 * 3600, stands=False)


def test_a_clock_that_stands_until_a_moment_runs_on_by_itself() -> None:
    kept = RowClock(2 * 3600, NOW, stands=True, stands_until=NOW + 2 * HOUR)
    assert left_at(kept, OFFICE, NOW + HOUR) == Left(2 * 3600, stands=True)
    assert left_at(kept, OFFICE, NOW + 3 * HOUR) == Left(3600, stands=False)


def test_hours_out_of_stored_facts_are_one_object() -> None:
    facts = f.TicketFacts(id="t", reported_at=NOW, opened_at=NOW, hours=OFFICE, targets={})
    stored = json.dumps(facts_as_json(facts)["hours"])
    assert hours_from_text(stored) == facts_from_json(facts_as_json(facts)).hours == OFFICE
    assert hours_from_text(stored) is hours_from_text(str(stored))

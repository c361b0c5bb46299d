"""When a Monday counts as quiet, and when nobody can tell."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from quietmonday.reports.logic.mondays import Call, Monday, Quiet, in_a_row, morning, quiet_mondays

ZONE = "Europe/London"
DATES = [dt.date(2026, 11, 2), dt.date(2026, 11, 9), dt.date(2026, 11, 16)]
BEGAN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC)


def at(day: int, hour: int) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, tzinfo=dt.UTC)


def judged(
    calls: list[Call] | None = None,
    blind: list[tuple[dt.datetime, dt.datetime]] | None = None,
    now: dt.datetime = NOW,
    began_at: dt.datetime = BEGAN,
) -> list[Quiet]:
    mondays = quiet_mondays(dates=DATES, zone=ZONE, calls=calls or [], blind=blind or [], now=now, began_at=began_at)
    return [monday.quiet for monday in mondays]


def test_a_morning_without_a_call_was_quiet() -> None:
    assert judged() == [Quiet.YES] * 3


def test_somebody_who_could_not_work_before_noon_makes_it_not_quiet() -> None:
    assert judged([Call(at(9, 11), "partly")]) == [Quiet.YES, Quiet.NO, Quiet.YES]


def test_the_same_call_at_noon_is_none_of_the_morning() -> None:
    assert judged([Call(at(9, 12), "no")]) == [Quiet.YES] * 3


def test_a_call_that_does_not_say_whether_they_could_work_leaves_it_open() -> None:
    assert judged([Call(at(9, 9), "")]) == [Quiet.YES, Quiet.CANNOT_TELL, Quiet.YES]


def test_a_call_from_somebody_who_could_work_disturbs_nothing() -> None:
    assert judged([Call(at(9, 9), "yes")]) == [Quiet.YES] * 3


def test_while_mail_was_down_silence_proves_nothing() -> None:
    assert judged(blind=[(at(9, 8), at(9, 9))]) == [Quiet.YES, Quiet.CANNOT_TELL, Quiet.YES]


def test_before_the_record_began_nobody_can_tell() -> None:
    assert judged(began_at=at(3, 9)) == [Quiet.CANNOT_TELL, Quiet.YES, Quiet.YES]


def test_a_morning_that_is_not_over_is_too_early_unless_it_is_spoilt_already() -> None:
    assert judged(now=at(16, 10))[-1] is Quiet.NOT_OVER
    assert judged([Call(at(16, 9), "no")], now=at(16, 10))[-1] is Quiet.NO


def test_the_morning_of_a_daylight_change_is_a_local_one() -> None:
    start, end = morning(dt.date(2026, 3, 30), ZONE)
    assert (start, end) == (dt.datetime(2026, 3, 29, 23, tzinfo=dt.UTC), dt.datetime(2026, 3, 30, 11, tzinfo=dt.UTC))


@given(st.lists(st.sampled_from(list(Quiet)), max_size=13))
def test_the_row_ends_at_the_first_monday_that_was_not_surely_quiet(found: list[Quiet]) -> None:
    mondays = [Monday(dt.date(2026, 1, 5) + dt.timedelta(weeks=i), quiet) for i, quiet in enumerate(found)]
    over = [quiet for quiet in reversed(found) if quiet is not Quiet.NOT_OVER]
    expected = next((i for i, quiet in enumerate(over) if quiet is not Quiet.YES), len(over))
    assert in_a_row(mondays) == expected

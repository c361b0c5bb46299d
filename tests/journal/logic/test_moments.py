"""A moment's text is hashed: it is the same for every moment there ever was in the journal."""

import datetime as dt

from hypothesis import example, given
from hypothesis import strategies as st

from quietmonday.journal.logic.canonical import moment


@given(st.datetimes(timezones=st.timezones() | st.just(dt.UTC)))
@example(dt.datetime(1000, 1, 1, tzinfo=dt.UTC))
@example(dt.datetime(999, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC))
@example(dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
def test_a_moment_is_hashed_as_it_always_was(at: dt.datetime) -> None:
    try:
        utc = at.astimezone(dt.UTC)
    except OverflowError:  # the first hours of the year 1, the last of 9999
        return
    assert moment(at) == utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

"""Times and lengths of time, as screens and mails say them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.template import engines
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.kit import moments

LONDON = "Europe/London"
MONDAY = dt.datetime(2026, 11, 23, 13, 40, tzinfo=dt.UTC)


def draw(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load quiet %}" + source).render(context)


@pytest.mark.parametrize(
    ("moment", "form", "words"),
    [
        (dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC), "full", "15:00 today"),
        (dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC), "time", "15:00"),
        (dt.datetime(2026, 11, 26, 10, 0, tzinfo=dt.UTC), "full", "Thu 26 Nov, 10:00"),
        (dt.datetime(2026, 11, 26, 10, 0, tzinfo=dt.UTC), "time", "Thu 26 Nov, 10:00"),
        (dt.datetime(2026, 11, 26, 10, 0, tzinfo=dt.UTC), "day", "Thu 26 Nov"),
        (dt.datetime(2027, 3, 1, 9, 5, tzinfo=dt.UTC), "full", "Mon 1 Mar 2027, 09:05"),
        # the same minute in summer time: one hour on
        (dt.datetime(2026, 10, 24, 9, 5, tzinfo=dt.UTC), "full", "Sat 24 Oct, 10:05"),
    ],
)
def test_a_moment_is_said_as_a_person_says_it(moment: dt.datetime, form: str, words: str) -> None:
    with translation.override("en-gb"):
        assert moments.in_words(moment, LONDON, MONDAY, form) == words


def test_today_is_the_day_of_the_zone_and_not_of_the_server() -> None:
    late = dt.datetime(2026, 11, 23, 23, 30, tzinfo=dt.UTC)
    with translation.override("en-gb"):
        assert moments.in_words(late, ZoneInfo("Europe/Berlin"), MONDAY) == "Tue 24 Nov, 00:30"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        moments.in_words(MONDAY.replace(tzinfo=None), LONDON, MONDAY)


def test_a_time_element_carries_the_moment_with_its_offset() -> None:
    html = draw("{% when m zone now %}", m=dt.datetime(2026, 7, 1, 9, 0, tzinfo=dt.UTC), zone=LONDON, now=MONDAY)
    assert html == '<time datetime="2026-07-01T10:00:00+01:00">Wed 1 Jul, 10:00</time>'


def test_a_missing_moment_says_not_known() -> None:
    assert ">not known<" in draw("{% when m zone now %}", m=None, zone=LONDON, now=MONDAY)


@pytest.mark.parametrize(
    ("seconds", "elapsed", "working"),
    [
        (1, "1 second", "1 second"),
        (59, "59 seconds", "59 seconds"),
        (60, "1 min", "1 min"),
        (26 * 60 + 59, "26 min", "26 min"),
        (3600, "1 h", "1 h"),
        (6000, "1 h 40", "1 h 40"),
        (14700, "4 h 05", "4 h 05"),
        (48 * 3600 - 1, "47 h 59", "47 h 59"),
        (48 * 3600, "2 days", "48 h"),
        (70 * 86400, "70 days", "1680 h"),
        (-1200, "−20 min", "−20 min"),
        (dt.timedelta(minutes=26), "26 min", "26 min"),
        (None, "not known", "not known"),
    ],
)
def test_a_length_of_time_in_words(seconds: float | None, elapsed: str, working: str) -> None:
    assert draw("{{ s|duration }}/{{ s|hours }}", s=seconds) == f"{elapsed}/{working}"


@pytest.mark.parametrize(
    ("moment", "form", "words"),
    [
        (dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC), "full", "heute, 15:00 Uhr"),
        (dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC), "time", "15:00"),
        (dt.datetime(2026, 3, 26, 10, 0, tzinfo=dt.UTC), "full", "Do 26. Mär, 10:00 Uhr"),
        (dt.datetime(2027, 5, 3, 9, 5, tzinfo=dt.UTC), "day", "Mo 3. Mai 2027"),
    ],
)
def test_a_moment_in_german(moment: dt.datetime, form: str, words: str) -> None:
    with translation.override("de"):
        assert moments.in_words(moment, LONDON, MONDAY, form) == words


@pytest.mark.parametrize(
    ("language", "short", "whole", "month"),
    [
        ("en-gb", "Thu 26 Mar 2026", "26 March 2026", "26 March"),
        ("de", "Do 26. Mär 2026", "26. März 2026", "26. März"),
    ],
)
def test_a_date_as_the_reader_writes_it(language: str, short: str, whole: str, month: str) -> None:
    with translation.override(language):
        said = draw("{{ d|short_date }}|{{ d|whole_date }}|{{ d|day_and_month }}", d=dt.date(2026, 3, 26))
    assert said == f"{short}|{whole}|{month}"


@pytest.mark.parametrize(("language", "words"), [("en-gb", "7|999|12,345|1,234.5|4"), ("de", "7|999|12.345|1.234,5|4")])
def test_a_number_as_the_reader_writes_it(language: str, words: str) -> None:
    numbers = "{{ 7|figure }}|{{ 999|figure }}|{{ 12345|figure }}|{{ 1234.5|figure }}|{{ 4.0|figure }}"
    with translation.override(language):
        assert draw(numbers) == words


@given(
    st.lists(
        st.tuples(st.integers(-400_000_000, 400_000_000), st.sampled_from([LONDON, "Asia/Kathmandu"])), max_size=6
    ),
    st.sampled_from(["en-gb", "de"]),
)
def test_many_moments_are_said_as_each_of_them_is(several: list[tuple[int, str]], language: str) -> None:
    with translation.override(language):
        says = moments.InWords(MONDAY)
        for seconds, zone in several:
            moment = MONDAY + dt.timedelta(seconds=seconds)
            assert says.time(moment, zone) == moments.in_words(moment, zone, MONDAY, "time")
            assert says.day(moment, zone) == moments.in_words(moment, zone, MONDAY, "day")
            for days in (True, False):
                assert says.length(seconds, days=days) == moments.duration_in_words(seconds, days=days)

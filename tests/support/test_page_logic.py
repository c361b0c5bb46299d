"""Plain rules behind the pages: promises to choose, flags, reasons, cursors, pictures of clocks, names of files."""

import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.people.logic.calendar import WorkingHours, open_seconds
from quietmonday.support.logic.attention import Standing, is_hot, why_here
from quietmonday.support.logic.clocks import measure
from quietmonday.support.logic.cursors import cursor, read_cursor
from quietmonday.support.logic.facts import Message, Pause, PauseReason, Promise, Side, TicketFacts
from quietmonday.support.logic.file_names import safe_name
from quietmonday.support.logic.flags import flags_by_message, lone_promises, silent_pauses
from quietmonday.support.logic.next_words import next_words
from quietmonday.support.logic.two_clocks import two_clocks

OFFICE = WorkingHours.of("Europe/London", {day: [(9 * 60, 17 * 60)] for day in range(5)})
NEVER = WorkingHours.of("Europe/London", {})


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text + "+00:00")


def texts(moments: list[dt.datetime]) -> list[str]:
    return [moment.strftime("%a %H:%M") for moment in moments]


def test_on_a_working_morning_the_choices_are_an_hour_two_the_evening_and_two_mornings() -> None:
    assert texts(next_words(OFFICE, at("2026-11-17T10:07"))) == [
        "Tue 11:15",
        "Tue 12:15",
        "Tue 17:00",
        "Wed 10:00",
        "Thu 10:00",
    ]


def test_late_on_friday_nothing_is_offered_for_the_weekend() -> None:
    assert texts(next_words(OFFICE, at("2026-11-20T16:30"))) == [
        "Fri 17:00",
        "Mon 09:30",
        "Mon 10:00",
        "Mon 10:30",
        "Tue 10:00",
    ]


def test_a_calendar_that_never_opens_still_offers_something() -> None:
    assert texts(next_words(NEVER, at("2026-11-17T10:00"))) == ["Tue 11:00", "Wed 10:00"]


@given(st.integers(0, 730 * 1440))
def test_every_choice_is_to_come_and_stands_at_work(minute: int) -> None:
    now = at("2026-01-01T00:00") + dt.timedelta(minutes=minute)
    moments = next_words(OFFICE, now)
    assert 2 <= len(moments) <= 5
    assert moments == sorted(set(moments))
    for moment in moments:
        assert moment > now
        assert open_seconds(OFFICE, moment - dt.timedelta(minutes=15), moment) > 0


def facts(**more: object) -> TicketFacts:
    start = at("2026-11-17T09:00")
    return TicketFacts(id="t", reported_at=start, opened_at=start, hours=OFFICE, targets={}, **more)  # type: ignore[arg-type]  # fields are given by name


def said(ref: str, side: Side, when: str) -> Message:
    return Message(id=ref, at=at(when), side=side)


ASKED = Pause(
    id="p",
    reason=PauseReason.WAITING_ON_CUSTOMER,
    started_at=at("2026-11-17T10:00"),
    question_id="q",
    question_visible=True,
    asked_at=at("2026-11-17T10:00"),
    ended_at=at("2026-11-17T11:15"),
)
TALK = (said("q", Side.SUPPLIER, "2026-11-17T10:00"), said("a", Side.CUSTOMER, "2026-11-17T11:15"))


def test_a_question_and_its_answer_are_flagged() -> None:
    flags = flags_by_message(facts(messages=TALK, pauses=(ASKED,)), at("2026-11-17T12:00"))
    assert [(f.kind, f.stops) for f in flags["q"]] == [("asked", True)]
    assert [(f.kind, f.stops, f.seconds) for f in flags["a"]] == [("answered", True, 4500)]


def test_a_pause_without_a_question_flags_no_message() -> None:
    silent = Pause(id="p", reason=PauseReason.WAITING_ON_CUSTOMER, started_at=at("2026-11-17T10:00"))
    known = facts(messages=TALK, pauses=(silent,))
    assert flags_by_message(known, at("2026-11-17T12:00")) == {}
    assert silent_pauses(known) == [at("2026-11-17T10:00")]


@pytest.mark.parametrize(
    ("kept_at", "now", "kept"),
    [
        (None, "2026-11-17T11:00", None),
        (None, "2026-11-17T13:00", False),
        ("2026-11-17T11:30", "2026-11-17T13:00", True),
    ],
)
def test_a_promise_is_flagged_on_the_word_that_made_it(kept_at: str | None, now: str, kept: bool | None) -> None:
    promise = Promise(
        id="w",
        made_at=at("2026-11-17T10:00"),
        due_at=at("2026-11-17T12:00"),
        kept_at=at(kept_at) if kept_at else None,
    )
    alone = Promise(id="x", made_at=at("2026-11-17T10:30"), due_at=at("2026-11-17T12:00"))
    known = facts(messages=TALK, promises=(promise, alone))
    assert [(f.kind, f.kept) for f in flags_by_message(known, at(now))["q"]] == [("promised", kept)]
    assert lone_promises(known) == [(alone.made_at, alone.due_at)]


def standing(**more: object) -> Standing:
    known: dict[str, object] = {
        "state": "open",
        "move": "supplier",
        "next_word_by": None,
        "respond_by": None,
        "restore_by": None,
        "workaround_until": None,
    }
    return Standing(**{**known, **more})  # type: ignore[arg-type]  # fields are given by name


NOW = at("2026-11-17T12:00")


@pytest.mark.parametrize(
    ("more", "mark", "rule"),
    [
        ({"next_word_by": at("2026-11-17T11:00")}, "no", "word_late"),
        ({"respond_by": at("2026-11-17T11:00"), "next_word_by": at("2026-11-17T11:30")}, "no", "answer_late"),
        ({"restore_by": at("2026-11-17T13:00")}, "soon", "fix_due"),
        ({"restore_by": at("2026-11-17T15:00")}, "", "on_time"),
        ({"restore_by": at("2026-11-17T15:00"), "move": "customer"}, "", "waits"),
        ({"move": "customer", "paused_silently": True}, "soon", "paused_silently"),
        ({}, "", "nothing_promised"),
        ({"state": "resolved", "move": "supplier"}, "soon", "wrote_after"),
        ({"state": "resolved", "move": "nobody"}, "", "settled"),
        ({"state": "resolved", "move": "nobody", "workaround_until": dt.date(2026, 11, 17)}, "half", "workaround"),
        ({"state": "resolved", "move": "nobody", "workaround_until": dt.date(2026, 11, 16)}, "half", "workaround_past"),
        ({"state": "spam"}, "nay", "set_aside"),
    ],
)
def test_a_row_says_its_most_pressing_reason(more: dict[str, object], mark: str, rule: str) -> None:
    why = why_here(standing(**more), NOW, NOW.date())
    assert (why.mark, why.rule) == (mark, rule)


def test_hot_is_what_is_late_or_due_within_two_hours() -> None:
    hours = [None, -3, 0, 2, 3]
    assert [is_hot(None if h is None else NOW + dt.timedelta(hours=h), NOW) for h in hours] == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_the_picture_shows_where_the_clock_stood() -> None:
    picture = two_clocks(measure(facts(messages=TALK, pauses=(ASKED,)), None, at("2026-11-17T14:00")))
    assert [(bar.kind, bar.x, bar.width) for bar in picture.bars] == [
        ("runs", 0.0, 20.0),
        ("stands", 20.0, 25.0),
        ("runs", 45.0, 55.0),
    ]
    assert (picture.wait, picture.ran, picture.stood) == (5 * 3600, 5 * 3600 - 4500, 4500)


def test_the_picture_of_a_request_that_just_came_divides_by_nothing() -> None:
    assert two_clocks(measure(facts(), None, at("2026-11-17T09:00"))).bars == ()


@given(st.datetimes(timezones=st.just(dt.UTC)), st.none() | st.datetimes(timezones=st.just(dt.UTC)), st.uuids())
def test_a_cursor_reads_back_what_it_wrote(opened: dt.datetime, attention: dt.datetime | None, ref: uuid.UUID) -> None:
    assert read_cursor(cursor(attention, opened, ref), "nmu") == [attention, opened, ref]


@given(
    st.text(max_size=300).filter(lambda text: "\0" not in text),
    st.none() | st.text(max_size=5),
    st.integers(0, 10**9 - 1),
)
def test_a_cursor_of_names_and_numbers_reads_back_too(name: str, other: str | None, number: int) -> None:
    name, other = (text.encode("utf-8", "replace").decode() if text else text for text in (name, other))
    if other is not None and "\0" in other:
        other = "-"
    assert read_cursor(cursor(name, other, number), "sti") == [name, other, number]


@given(st.text(max_size=80), st.sampled_from(["nmu", "mu", "u", "si", "tiu", "i"]))
def test_any_text_is_a_cursor_or_none(text: str, kinds: str) -> None:
    assert read_cursor(text, kinds) is None or len(text.split("~")) == len(kinds)


@given(st.text())
def test_any_name_becomes_a_harmless_one(name: str) -> None:
    safe = safe_name(name)
    assert 1 <= len(safe) <= 121
    assert not set(safe) & set('/\\:*?"<>|\n\r\t\x00')
    assert safe.strip(" .") == safe

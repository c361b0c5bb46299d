"""The story as plain values: in order, the same each time, and sensible whenever it is asked for."""

from __future__ import annotations

import datetime as dt

import pytest

from quietmonday.demo.logic.moments import Time
from quietmonday.demo.logic.plan import hours_of, plan
from quietmonday.demo.queries.told import story

ENDS = {
    "Monday before dawn": dt.datetime(2026, 11, 23, 3, 10, tzinfo=dt.UTC),
    "Monday at eight": dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC),
    "a Friday evening": dt.datetime(2026, 5, 29, 20, 0, tzinfo=dt.UTC),
    "a Sunday": dt.datetime(2027, 2, 28, 12, 0, tzinfo=dt.UTC),
    "Boxing Day": dt.datetime(2026, 12, 26, 11, 0, tzinfo=dt.UTC),
    "the night when clocks go back": dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_it_is_told_in_order_up_to_its_end(end: dt.datetime) -> None:
    steps = plan(story(), end)
    moments = [step.at for step in steps]
    assert moments == sorted(moments)
    assert moments[-1] == end
    assert steps[0].do == "begin"
    asked = [step.key for step in steps if step.do == "ask"]
    assert len(asked) == len(set(asked)) > 150
    begun: set[str] = set()
    for step in steps:
        if step.do in ("ask", "comes_round"):
            begun.add(step.key)
        assert not step.by or step.key in begun, step
    assert all(step.more["due"] > step.at for step in steps if "due" in step.more)


def test_the_same_end_tells_the_same_story() -> None:
    end = ENDS["a Sunday"]
    assert plan(story(), end, 20) == plan(story(), end, 20)


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_no_everyday_request_of_the_last_weeks_disturbs_a_monday_morning(end: dt.datetime) -> None:
    time = Time(hours_of(story(), end), end)
    told = {each.key for each in story().told}
    for step in plan(story(), end):
        if step.do != "ask" or step.key in told or step.at < time.local(time.monday(8), 0, 0):
            continue
        assert not (step.at.weekday() == 0 and step.at < time.local(step.at.date(), 12, 0)), step


def test_nobody_and_nothing_is_told_of_that_is_not_there() -> None:
    told = story()
    people = {each.key for each in told.people}
    firms = {each.key for each in (*told.suppliers, *told.businesses)}
    teams = {each.team for each in told.people}
    assert {each.by for each in told.told} | set(told.looks.values()) <= people
    assert {move[name] for each in told.told for move in each.moves for name in ("by",) if name in move} <= people
    assert {
        move[name] for each in told.rounds for move in each.moves for name in ("by", "to") if name in move
    } <= people
    assert {each.by for each in (*told.ready, *told.rounds)} | {each.helper for each in told.rounds} <= people
    assert {each.more["place"] for each in told.ready if each.what == "template"} <= firms
    titles = {each.more["title"] for each in told.ready if each.what == "template"}
    assert {each.template for each in (*told.told, *told.rounds) if each.template} <= titles
    assert {each.of for each in told.everyday} | {each.place for each in told.people} <= firms
    assert {team for each in told.everyday for team in each.teams} <= teams
    words = dict.fromkeys(told.words, "word") | {"first": "A", "helper": "B"}
    for each in told.everyday:
        for text in (each.subject, each.note, *each.texts, *each.talk):
            assert "{" not in text.format_map(words)


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("week -1 tue 10:05", dt.datetime(2026, 11, 17, 10, 5, tzinfo=dt.UTC)),
        ("week -25 mon 09:00", dt.datetime(2026, 6, 1, 8, 0, tzinfo=dt.UTC)),
        ("week -13 mon 09:00", dt.datetime(2026, 8, 24, 8, 0, tzinfo=dt.UTC)),
        ("week -12 mon 09:00", dt.datetime(2026, 9, 1, 8, 0, tzinfo=dt.UTC)),  # the Monday is a holiday
    ],
)
def test_moments_count_back_from_the_end(words: str, moment: dt.datetime) -> None:
    end = dt.datetime(2026, 11, 25, 14, 20, tzinfo=dt.UTC)
    assert Time(hours_of(story(), end), end).of(words) == moment


def test_open_hours_count_back_over_a_weekend() -> None:
    end = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)  # Monday, one hour after opening
    before = Time(hours_of(story(), end), end).of("3 hours ago")
    assert abs(before - dt.datetime(2026, 11, 20, 15, 0, tzinfo=dt.UTC)) < dt.timedelta(minutes=2)


@pytest.mark.parametrize("words", ["yesterday", "week 3 mon 10:00", "week -3 sun 10:00"])
def test_other_words_are_no_moment(words: str) -> None:
    end = ENDS["a Sunday"]
    with pytest.raises(ValueError, match="no moment"):
        Time(hours_of(story(), end), end).of(words)

"""The clocks of a ticket: vectors of guides/scorecard.md and what holds for any ticket."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from quietmonday.people.logic.calendar import NeverOpen, open_seconds
from quietmonday.support.logic import facts as f
from quietmonday.support.logic.clocks import Clocks, NoTimes, hours_for, measure, provider_seconds, restore_due
from quietmonday.support.logic.pauses import Standstill, effective_pauses, standstill, void_pauses
from quietmonday.support.logic.spells import joined, measured, within, without
from tests.support.labels import OFFICE, london
from tests.support.strategies import events, tickets

P3 = f.Target(response_minutes=60, restore_minutes=240, update_minutes=180, agreed=True)
FRIDAY = london("2026-11-20 15:00")


def ticket(**changes: object) -> f.TicketFacts:
    plain = f.TicketFacts(
        id="t",
        reported_at=FRIDAY,
        opened_at=FRIDAY,
        hours=OFFICE,
        targets={"P3": P3},
        priorities=(f.PriorityChange(id="y1", priority="P3", since=FRIDAY),),
    )
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type]  # the tests name real fields


def said(id_: str, when: str, side: f.Side = f.Side.SUPPLIER, **more: bool) -> f.Message:
    return f.Message(id=id_, at=london(when), side=side, **more)


def waiting(start: str, end: str | None = None, **more: object) -> f.Pause:
    asked = {"question_id": "m1", "question_visible": True, "asked_at": london(start)}
    fields = {"id": "p1", "reason": f.PauseReason.WAITING_ON_CUSTOMER, "started_at": london(start)}
    fields |= {"ended_at": london(end)} if end else {}
    return f.Pause(**(fields | asked | more))


def fixed(when: str) -> tuple[f.Resolution, ...]:
    return (f.Resolution(id="r1", at=london(when), kind=f.ResolutionKind.FIXED),)


def minutes(clocks: Clocks) -> tuple[int, int, int]:
    return clocks.elapsed // 60, clocks.paused // 60, clocks.provider // 60


def test_the_vector_of_the_guide_over_a_weekend() -> None:
    facts = ticket(pauses=(waiting("2026-11-20 16:00", "2026-11-23 11:00"),), resolutions=fixed("2026-11-23 12:00"))
    clocks = measure(facts, P3, london("2026-11-24 09:00"))
    assert minutes(clocks) == (300, 180, 120)
    assert clocks.elapsed_wall == 69 * 3600
    assert not clocks.is_open


@pytest.mark.parametrize("staff", [None, "2026-11-23 11:45", "2026-11-24 09:00"])
def test_waiting_ends_with_the_customers_message_and_not_when_staff_flip_the_status(
    staff: str | None,
) -> None:
    facts = ticket(
        messages=(said("m2", "2026-11-23 11:00", f.Side.CUSTOMER),),
        pauses=(waiting("2026-11-20 16:00", staff),),
        resolutions=fixed("2026-11-23 12:00"),
    )
    assert minutes(measure(facts, P3, london("2026-11-24 09:00"))) == (300, 180, 120)


def test_staff_who_go_on_without_the_answer_start_the_clock_again() -> None:
    facts = ticket(pauses=(waiting("2026-11-20 16:00", "2026-11-23 10:00"),))
    assert minutes(measure(facts, P3, london("2026-11-23 12:00"))) == (300, 120, 180)


def test_an_out_of_office_reply_does_not_end_the_waiting() -> None:
    facts = ticket(
        messages=(said("m2", "2026-11-20 16:01", f.Side.CUSTOMER, automatic=True),),
        pauses=(waiting("2026-11-20 16:00"),),
    )
    clocks = measure(facts, P3, london("2026-11-23 11:00"))
    assert minutes(clocks) == (240, 180, 60)
    assert clocks.waiting_since == london("2026-11-20 16:00")


@pytest.mark.parametrize(
    "change",
    [{"question_id": None}, {"question_visible": False}, {"asked_at": None}],
)
def test_a_pause_without_a_question_does_not_stop_the_clock(change: dict[str, object]) -> None:
    facts = ticket(pauses=(waiting("2026-11-20 16:00", "2026-11-23 11:00", **change),))
    now = london("2026-11-23 12:00")
    assert minutes(measure(facts, P3, now)) == (300, 0, 300)
    assert void_pauses(facts, now) == {"p1": "no_question"}


def test_a_pause_begins_no_earlier_than_its_question() -> None:
    facts = ticket(pauses=(waiting("2026-11-20 15:30", asked_at=london("2026-11-20 16:30")),))
    assert minutes(measure(facts, P3, london("2026-11-20 17:00"))) == (120, 30, 90)


def test_a_pause_after_the_answer_is_empty() -> None:
    asked = london("2026-11-20 15:10")
    facts = ticket(
        messages=(said("m2", "2026-11-20 15:20", f.Side.CUSTOMER),),
        pauses=(waiting("2026-11-20 15:30", asked_at=asked),),
    )
    now = london("2026-11-20 17:00")
    assert minutes(measure(facts, P3, now)) == (120, 0, 120)
    assert void_pauses(facts, now) == {"p1": "empty"}


@pytest.mark.parametrize(("stops", "expected"), [(False, (120, 0, 120)), (True, (120, 60, 60))])
def test_a_third_party_stops_the_clock_only_by_contract(stops: bool, expected: tuple[int, int, int]) -> None:
    pause = waiting("2026-11-20 16:00", reason=f.PauseReason.THIRD_PARTY)
    now = london("2026-11-20 17:00")
    clocks = measure(ticket(pauses=(pause,), third_party_stops=stops), P3, now)
    assert minutes(clocks) == expected
    assert clocks.third_party == 3600
    assert clocks.silence.seconds == 2 * 3600


def test_an_agreed_date_stops_the_clock_until_that_date_whatever_the_customer_writes() -> None:
    pause = waiting("2026-11-20 16:00", reason=f.PauseReason.AGREED_DATE, until=london("2026-11-23 10:00"))
    facts = ticket(pauses=(pause,), messages=(said("m2", "2026-11-20 16:10", f.Side.CUSTOMER),))
    assert minutes(measure(facts, P3, london("2026-11-23 12:00"))) == (300, 120, 180)
    undated = ticket(pauses=(dataclasses.replace(pause, until=None),))
    assert minutes(measure(undated, P3, london("2026-11-23 12:00"))) == (300, 0, 300)
    assert void_pauses(undated, london("2026-11-23 12:00")) == {"p1": "no_date"}


def test_two_pauses_at_once_stop_one_clock() -> None:
    pauses = (waiting("2026-11-20 15:30"), waiting("2026-11-20 16:00", id="p2"))
    assert minutes(measure(ticket(pauses=pauses), P3, london("2026-11-20 17:00"))) == (120, 90, 30)


def test_a_pause_does_not_outlive_the_resolution() -> None:
    facts = ticket(
        pauses=(waiting("2026-11-20 15:30"),),
        resolutions=fixed("2026-11-20 16:00"),
        reopenings=(f.Reopening(id="o1", at=london("2026-11-23 09:00")),),
    )
    clocks = measure(facts, P3, london("2026-11-23 10:00"))
    assert (*minutes(clocks), clocks.settled // 60) == (180, 30, 90, 60)


@pytest.mark.parametrize(
    ("first", "seconds"),
    [
        ({"messages": (said("m1", "2026-11-20 15:20", automatic=True),)}, None),
        ({"messages": (said("m1", "2026-11-20 15:20", f.Side.SYSTEM),)}, None),
        ({"messages": (said("m1", "2026-11-20 15:20", public=False),)}, None),
        ({"messages": (said("m1", "2026-11-20 15:20", f.Side.CUSTOMER),)}, None),
        ({"messages": (said("m1", "2026-11-20 15:20"),)}, 20 * 60),
        ({"callbacks": (f.CallBack(id="k1", at=london("2026-11-23 09:05")),)}, 125 * 60),
        ({"phone_answered_live": True}, 0),
    ],
)
def test_only_a_human_word_that_the_requester_can_see_is_an_answer(
    first: dict[str, object], seconds: int | None
) -> None:
    clocks = measure(ticket(**first), P3, london("2026-11-23 12:00"))
    assert (clocks.answered.seconds if clocks.answered else None) == seconds


def test_a_question_stops_the_clock_from_its_own_moment_and_the_answer_starts_it() -> None:
    asked, answered = london("2026-11-20 15:30"), london("2026-11-20 16:00")
    pause = waiting("2026-11-20 15:30")
    assert standstill(ticket(pauses=(pause,)), asked) == Standstill(None)
    later = ticket(pauses=(pause,), messages=(said("m2", "2026-11-20 16:00", f.Side.CUSTOMER),))
    assert standstill(later, london("2026-11-20 15:59")) == Standstill(None)
    assert standstill(later, answered) is None


@pytest.mark.parametrize(("stops", "expected"), [(False, None), (True, Standstill(None))])
def test_the_clock_stands_for_a_third_party_only_by_contract(stops: bool, expected: Standstill | None) -> None:
    pause = waiting("2026-11-20 16:00", reason=f.PauseReason.THIRD_PARTY)
    assert standstill(ticket(pauses=(pause,), third_party_stops=stops), london("2026-11-23 10:00")) == expected


def test_an_agreed_date_moves_the_deadline_before_it_has_come() -> None:
    until = london("2026-11-23 10:00")
    facts = ticket(pauses=(waiting("2026-11-20 16:00", reason=f.PauseReason.AGREED_DATE, until=until),))
    at = london("2026-11-20 16:00")
    assert standstill(facts, at) == Standstill(until)
    assert standstill(facts, until) is None
    before = restore_due(OFFICE, measure(facts, P3, at), 240, resumes_at=until)
    after = london("2026-11-23 11:00")
    assert before == restore_due(OFFICE, measure(facts, P3, after), 240) == london("2026-11-23 13:00")


def test_a_void_or_ended_pause_is_no_standstill() -> None:
    now = london("2026-11-23 12:00")
    assert standstill(ticket(pauses=(waiting("2026-11-20 16:00", question_id=None),)), now) is None
    assert standstill(ticket(pauses=(waiting("2026-11-20 16:00", "2026-11-20 16:30"),)), now) is None
    fixed_since = ticket(pauses=(waiting("2026-11-20 15:30"),), resolutions=fixed("2026-11-20 16:00"))
    assert standstill(fixed_since, now) is None


def test_the_deadline_steps_over_pauses_and_settled_times() -> None:
    facts = ticket(
        pauses=(waiting("2026-11-20 15:30", "2026-11-20 16:00"),),
        resolutions=fixed("2026-11-20 16:30"),
        reopenings=(f.Reopening(id="o1", at=london("2026-11-23 09:30")),),
    )
    clocks = measure(facts, P3, london("2026-11-23 10:00"))
    assert restore_due(OFFICE, clocks, 240) == london("2026-11-23 12:30")
    assert restore_due(OFFICE, clocks, 30) == london("2026-11-20 15:30")


def test_without_a_start_or_an_end_there_are_no_clocks() -> None:
    for facts in (ticket(reported_at=None), ticket(state=f.State.RESOLVED)):
        with pytest.raises(NoTimes):
            measure(facts, P3, london("2026-11-23 12:00"))


def test_a_priority_round_the_clock_is_measured_round_the_clock() -> None:
    p1 = dataclasses.replace(P3, around_the_clock=True)
    assert measure(ticket(), p1, london("2026-11-21 15:00")).elapsed == 86_400


def clocks_of(facts: f.TicketFacts, now: dt.datetime) -> tuple[f.Target, Clocks]:
    target = facts.targets["P3"]
    try:
        return target, measure(facts, target, now)
    except NoTimes:
        reject()


@settings(max_examples=150, deadline=None)
@given(tickets())
def test_the_parts_of_the_clock_make_up_the_whole_wait(case: tuple[f.TicketFacts, dt.datetime]) -> None:
    facts, now = case
    target, clocks = clocks_of(facts, now)
    hours = hours_for(facts, target)
    assert clocks.provider + clocks.paused + clocks.settled == clocks.elapsed
    assert clocks.elapsed == open_seconds(hours, clocks.start, clocks.end)
    assert clocks.provider == provider_seconds(facts, target, now)
    assert 0 <= clocks.waited <= clocks.paused
    assert 0 <= clocks.silence.seconds <= clocks.elapsed <= clocks.elapsed_wall
    spells = [(p.start, p.end) for p in effective_pauses(facts, now)]
    whole = [(clocks.start, clocks.end)]
    assert measured(hours, within(spells, clocks.start, clocks.end)) == measured(hours, whole) - measured(
        hours, without(whole, spells)
    )


@settings(max_examples=100, deadline=None)
@given(tickets())
def test_at_its_deadline_the_clock_stands_at_the_promise(case: tuple[f.TicketFacts, dt.datetime]) -> None:
    given, now = case
    target = dataclasses.replace(given.targets["P3"], restore_minutes=given.targets["P3"].restore_minutes or 240)
    facts = dataclasses.replace(
        f.as_of(given, now),
        reported_at=given.opened_at,
        state=f.State.OPEN,
        reopenings=(*given.reopenings, f.Reopening(id="again", at=now + dt.timedelta(seconds=1))),
        pauses=tuple(dataclasses.replace(p, ended_at=min(p.ended_at or now, now)) for p in given.pauses),
    )
    now += dt.timedelta(seconds=1)
    clocks = measure(facts, target, now)
    goal = target.restore_minutes or 0
    try:
        due = restore_due(hours_for(facts, target), clocks, goal)
    except NeverOpen:
        assert clocks.provider < goal * 60
        return
    if due >= now:
        assert measure(facts, target, due).provider == goal * 60
    else:
        assert clocks.provider >= goal * 60


spells = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40)).map(
        lambda pair: (FRIDAY + dt.timedelta(minutes=pair[0]), FRIDAY + dt.timedelta(minutes=pair[1]))
    ),
    max_size=5,
)


@settings(max_examples=150, deadline=None)
@given(spells, spells)
def test_spells_are_joined_and_cut_as_sets_of_minutes(
    some: list[tuple[dt.datetime, dt.datetime]], holes: list[tuple[dt.datetime, dt.datetime]]
) -> None:
    assert minutes_in(joined(some)) == minutes_in(some)
    assert minutes_in(without(some, holes)) == minutes_in(some) - minutes_in(holes)
    edge = FRIDAY + dt.timedelta(minutes=20)
    assert minutes_in(within(some, FRIDAY, edge)) == {m for m in minutes_in(some) if m < edge}


def minutes_in(some: list[tuple[dt.datetime, dt.datetime]]) -> set[dt.datetime]:
    every = (FRIDAY + dt.timedelta(minutes=step) for step in range(41))
    return {moment for moment in every if any(start <= moment < end for start, end in some)}


@settings(max_examples=60, deadline=None)
@given(tickets(), st.data())
def test_a_void_pause_changes_no_clock(case: tuple[f.TicketFacts, dt.datetime], data: st.DataObject) -> None:
    facts, now = case
    target, clocks = clocks_of(facts, now)
    pause = data.draw(events(facts.opened_at, "void")["pauses"])
    void = dataclasses.replace(pause, question_visible=False)
    assert measure(dataclasses.replace(facts, pauses=(*facts.pauses, void)), target, now) == clocks


def test_a_message_of_the_same_second_as_the_question_is_not_its_answer() -> None:
    same = said("m2", "2026-11-20 16:00", f.Side.CUSTOMER)
    facts = ticket(messages=(same,), pauses=(waiting("2026-11-20 16:00"),))
    assert minutes(measure(facts, P3, london("2026-11-20 17:00"))) == (120, 60, 60)

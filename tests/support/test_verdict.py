"""What holds for the verdict on any ticket, and the edges that the forty labels leave out."""

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quietmonday.people.logic.calendar import WorkingHours
from quietmonday.support.logic import facts as f
from quietmonday.support.logic.headline import Group, count, group_of, headline
from quietmonday.support.logic.sentences import render
from quietmonday.support.logic.verdict import Value, Verdict, effective, quick
from tests.support.labels import ZONE, Label, labels, london
from tests.support.strategies import events, tickets

LABELS = {label.n: label for label in labels()}
Case = tuple[f.TicketFacts, dt.datetime]

QUICK = {
    "N": {Value.NO_VERDICT},
    "Q1": {Value.NOT_KNOWN},
    "Q2": {Value.NO},
    "Q2a": {Value.PARTLY},
    "Q3": {Value.PARTLY},
    "Q4": {Value.PARTLY},
    "Q5": {Value.TOO_EARLY},
    "Q6": {Value.YES},
}
EFFECTIVE = {
    "N": {Value.NO_VERDICT},
    "E1": {Value.NO},
    "E2": {Value.TOO_EARLY},
    "E3": {Value.PARTLY, Value.NO},
    "E4": {Value.PARTLY},
    "E4a": {Value.TOO_EARLY},
    "E5": {Value.YES},
    "E6": {Value.YES},
    "E7": {Value.NOT_KNOWN},
}


def both(facts: f.TicketFacts, now: dt.datetime) -> tuple[Verdict, Verdict]:
    return quick(facts, now), effective(facts, now)


@settings(max_examples=150, deadline=None)
@given(tickets())
def test_any_ticket_gets_exactly_one_rule_a_sentence_and_plain_parameters(case: Case) -> None:
    facts, now = case
    q, e = both(facts, now)
    assert q.value in QUICK[q.rule]
    assert e.value in EFFECTIVE[e.rule]
    for verdict in (q, e):
        assert json.loads(json.dumps(dict(verdict.params))) == dict(verdict.params)
        sentence = render(verdict.rule, verdict.params, ZONE, now=now)
        assert sentence.endswith(".")
        assert "None" not in sentence
        assert verdict.facts


@settings(max_examples=60, deadline=None)
@given(tickets(), st.data())
def test_what_happens_after_the_moment_changes_nothing(case: Case, data: st.DataObject) -> None:
    facts, now = case
    later = events(now + dt.timedelta(seconds=1), "later")
    name = data.draw(st.sampled_from(sorted(later)))
    event = data.draw(later[name])
    if name == "checks" and event.green_since is None:
        return  # a check that is red now is known now
    more: dict[str, Any] = {name: (*getattr(facts, name), event)}
    assert both(dataclasses.replace(facts, **more), now) == both(facts, now)


@settings(max_examples=40, deadline=None)
@given(tickets(), st.data())
def test_a_void_pause_changes_no_verdict(case: Case, data: st.DataObject) -> None:
    facts, now = case
    pause = data.draw(events(facts.opened_at, "void")["pauses"])
    void = dataclasses.replace(pause, question_id=None)
    assert both(dataclasses.replace(facts, pauses=(*facts.pauses, void)), now) == both(facts, now)


@settings(max_examples=40, deadline=None)
@given(tickets(), st.data())
def test_an_automatic_message_changes_no_verdict(case: Case, data: st.DataObject) -> None:
    facts, now = case
    message = data.draw(events(facts.opened_at, "auto")["messages"])
    robot = dataclasses.replace(message, automatic=True)
    assert both(dataclasses.replace(facts, messages=(*facts.messages, robot)), now) == both(facts, now)


@settings(max_examples=40, deadline=None)
@given(tickets(), st.data())
def test_a_dispute_stands_beside_the_verdict_and_never_changes_it(case: Case, data: st.DataObject) -> None:
    facts, now = case
    dispute = dataclasses.replace(data.draw(events(now, "note")["disputes"]), at=now)
    plain = both(dataclasses.replace(facts, disputes=()), now)
    disputed = both(dataclasses.replace(facts, disputes=(dispute,)), now)
    assert [verdict.disputes for verdict in disputed] == [(dispute.id,), (dispute.id,)]
    assert tuple(dataclasses.replace(verdict, disputes=()) for verdict in disputed) == plain


@settings(max_examples=40, deadline=None)
@given(tickets())
def test_the_order_of_rows_decides_nothing(case: Case) -> None:
    facts, now = case
    names = ["messages", "callbacks", "promises", "pauses", "reopenings", "repeats", "disputes"]
    names += ["resolutions", "feedback", "priorities"]
    turned: dict[str, Any] = {name: tuple(reversed(getattr(facts, name))) for name in names}
    ids = [event.id for name in names for event in getattr(facts, name)]
    if len(ids) == len(set(ids)):
        assert both(dataclasses.replace(facts, **turned), now) == both(facts, now)


@settings(max_examples=40, deadline=None)
@given(tickets())
def test_an_auto_close_is_never_effective(case: Case) -> None:
    facts, now = case
    closed = tuple(dataclasses.replace(each, auto_closed=True) for each in facts.resolutions)
    verdict = effective(dataclasses.replace(facts, resolutions=closed, state=f.State.OPEN), now)
    assert verdict.value is not Value.YES


@settings(max_examples=20, deadline=None)
@given(st.lists(tickets(), max_size=6))
def test_every_request_is_in_exactly_one_line_of_the_headline(cases: list[Case]) -> None:
    verdicts = [both(*case) for case in cases]
    counts = count(verdicts)
    assert sum(counts.values()) == len(cases)
    lines = headline(counts)
    shown = [int(params["n"]) for rule, params in lines if rule != "H.asked"]
    assert sum(shown) == len(cases)
    good = [(q, e) for q, e in verdicts if group_of(q, e) is Group.GOOD]
    assert good == [(q, e) for q, e in verdicts if q.value is e.value is Value.YES]
    text = " ".join(render(rule, params, ZONE) for rule, params in lines)
    if any(Value.NOT_KNOWN in (q.value, e.value) for q, e in verdicts):
        assert "All" not in text


def changed(n: int, **changes: Any) -> Label:
    label = LABELS[n]
    now = changes.pop("now", None)
    return dataclasses.replace(
        label, facts=dataclasses.replace(label.facts, **changes), now=london(now) if now else label.now
    )


@pytest.mark.parametrize(
    ("now", "rule"), [("2026-11-18 10:00", "Q5"), ("2026-11-18 10:01", "Q2"), ("2026-11-18 09:00", "Q5")]
)
def test_an_answer_is_late_only_after_its_last_second(now: str, rule: str) -> None:
    assert quick(LABELS[17].facts, london(now)).rule == rule


def test_a_status_change_alone_is_no_answer() -> None:
    fixed = (f.Resolution(id="r1", at=london("2026-11-18 09:20"), kind=f.ResolutionKind.FIXED),)
    silent = changed(17, resolutions=fixed)
    before, after = (quick(silent.facts, london(f"2026-11-18 {at}")) for at in ("09:50", "10:01"))
    assert (before.rule, before.params["case"]) == ("Q5", "answer_ahead")
    assert (after.rule, after.params["case"]) == ("Q2", "not_answered")


def test_before_the_moment_a_closed_ticket_was_still_judged() -> None:
    assert quick(LABELS[33].facts, london("2026-11-16 09:30")).rule == "Q5"
    assert quick(LABELS[33].facts, london("2026-11-17 09:00")).rule == "N"


@pytest.mark.parametrize("red", [None, "2026-11-19 13:40"])
def test_a_check_that_is_red_or_green_for_too_short_a_time_does_not_speak(red: str | None) -> None:
    check = f.Check(id="c1", name="mail check", green_since=red and london(red))
    assert effective(changed(2, checks=(check,)).facts, LABELS[2].now).rule == "E7"


def test_one_red_check_silences_the_green_ones() -> None:
    red = f.Check(id="c2", name="line check", green_since=None)
    assert effective(changed(2, checks=(*LABELS[2].facts.checks, red)).facts, LABELS[2].now).rule == "E7"


def test_an_earlier_yes_is_overridden_by_a_later_return() -> None:
    label = LABELS[38]
    assert effective(label.facts, london("2026-12-02 09:00")).value is Value.YES
    assert effective(label.facts, london("2026-12-03 09:00")).value is Value.NO


@pytest.mark.parametrize(("days", "rule"), [(30, "E1"), (31, "E5")])
def test_a_repeat_counts_for_thirty_days(days: int, rule: str) -> None:
    fixed_at = LABELS[38].facts.resolutions[0].at
    repeat = f.Repeat(id="s1", at=fixed_at + dt.timedelta(days=days))
    assert effective(changed(38, repeats=(repeat,)).facts, london("2027-01-04 09:00")).rule == rule


@pytest.mark.parametrize(("seconds", "rule"), [(0, "E1"), (1, "E2")])
def test_a_reopening_counts_for_fourteen_days(seconds: int, rule: str) -> None:
    back = LABELS[8].facts.resolutions[0].at + dt.timedelta(days=14, seconds=seconds)
    again = (f.Reopening(id="o1", at=back),)
    assert effective(changed(8, reopenings=again).facts, london("2026-12-07 09:00")).rule == rule


def test_the_latest_answer_of_the_requester_counts() -> None:
    changed_mind = f.Feedback(id="f2", at=london("2026-11-18 09:00"), answer=f.Answer.SOLVED, by="Priya")
    label = changed(16, feedback=(*LABELS[16].facts.feedback, changed_mind))
    assert effective(label.facts, label.now).params["person"] == "Priya"
    assert effective(label.facts, london("2026-11-24 09:00")).rule == "E5"


def test_a_workaround_without_a_date_says_so() -> None:
    open_ended = dataclasses.replace(LABELS[3].facts.resolutions[0], workaround_until=None)
    verdict = effective(changed(3, resolutions=(open_ended,)).facts, LABELS[3].now)
    assert (verdict.value, verdict.params) == (Value.PARTLY, {"case": "no_date"})


def test_a_permanent_fix_recorded_as_its_own_resolution_keeps_the_first_restore_time() -> None:
    later = f.Resolution(id="r2", at=london("2026-11-26 11:00"), kind=f.ResolutionKind.FIXED)
    label = changed(3, resolutions=(*LABELS[3].facts.resolutions, later))
    assert quick(label.facts, london("2026-11-27 09:00")).params["took"] == 50 * 60
    assert effective(label.facts, london("2026-11-27 09:00")).rule == "E7"


def test_a_calendar_that_never_opens_is_named_and_breaks_nothing() -> None:
    shut = changed(1, hours=WorkingHours.of(ZONE, {}))
    assert quick(shut.facts, shut.now).params["missing"] == ["hours"]
    assert effective(shut.facts, shut.now).rule == "E5"


def test_everything_that_is_missing_is_named() -> None:
    bare = changed(1, reported_at=None, supplier_connected=False, priorities=())
    verdict = quick(bare.facts, bare.now)
    assert render(verdict.rule, verdict.params, ZONE) == (
        "We do not have the times for this one: when it was reported, what the supplier did, how urgent it was."
    )


def test_a_promise_is_kept_by_any_human_word_in_time_but_not_by_its_own_message() -> None:
    label = LABELS[15]
    assert quick(label.facts, label.now).rule == "Q2a"
    call = f.CallBack(id="k1", at=london("2026-11-17 11:00"))
    assert quick(changed(15, callbacks=(call,)).facts, label.now).rule == "Q6"
    late = f.CallBack(id="k1", at=london("2026-11-17 11:01"))
    assert quick(changed(15, callbacks=(late,)).facts, label.now).rule == "Q2a"
    moved_too_late = dataclasses.replace(label.facts.promises[0], superseded_at=london("2026-11-17 11:30"))
    assert quick(changed(15, promises=(moved_too_late,)).facts, label.now).rule == "Q2a"


def test_an_own_goal_is_named_in_a_no() -> None:
    targets = {name: dataclasses.replace(t, agreed=False) for name, t in LABELS[10].facts.targets.items()}
    verdict = quick(changed(10, targets=targets).facts, LABELS[10].now)
    assert render(verdict.rule, verdict.params, ZONE) == (
        "Your own goal was Mon 16 Nov, 10:00; answered 30 min later. Nothing is agreed with Fennimore."
    )


def test_a_priority_changed_after_the_fix_does_not_judge_it() -> None:
    late = f.PriorityChange(id="y2", priority="P4", since=london("2026-11-17 09:00"))
    label = changed(11, priorities=(*LABELS[11].facts.priorities, late))
    verdict = quick(label.facts, label.now)
    assert (verdict.rule, verdict.params["as"]) == ("Q2", {"P3": "missed", "P4": "met"})


def test_the_message_that_makes_a_promise_does_not_keep_it_even_if_it_is_stored_a_moment_later() -> None:
    promise = dataclasses.replace(LABELS[15].facts.promises[0], made_at=london("2026-11-17 09:09"))
    assert quick(changed(15, promises=(promise,)).facts, LABELS[15].now).rule == "Q2a"


@pytest.mark.parametrize(("answered", "rule"), [("2026-11-17 15:50", "Q6"), ("2026-11-17 15:51", "Q3")])
def test_waiting_counts_from_more_than_twice_the_promise(answered: str, rule: str) -> None:
    # 10 min before the question, 50 after the answer, 880 of waiting: 940 in all, which is twice 470.
    facts = LABELS[13].facts
    reply = dataclasses.replace(facts.messages[1], at=london(answered))
    fixed = dataclasses.replace(facts.resolutions[0], at=reply.at + dt.timedelta(minutes=50))
    target = dataclasses.replace(facts.targets["P3"], restore_minutes=470)
    label = changed(
        13,
        messages=(facts.messages[0], reply),
        resolutions=(fixed,),
        targets={"P3": target},
        now="2026-11-23 13:40",
    )
    assert quick(label.facts, label.now).rule == rule


def test_a_broken_word_weighs_more_than_waiting_and_waiting_more_than_silence() -> None:
    label = LABELS[13]
    silent = {"P3": dataclasses.replace(label.facts.targets["P3"], update_minutes=20)}
    assert quick(changed(13, targets=silent).facts, label.now).rule == "Q3"
    promise = f.Promise(id="w1", made_at=london("2026-11-16 09:11"), due_at=london("2026-11-16 12:00"), message_id="m1")
    assert quick(changed(13, promises=(promise,)).facts, label.now).rule == "Q2a"


def test_a_workaround_is_late_only_after_its_date() -> None:
    label = LABELS[4]
    assert effective(label.facts, london("2026-11-26 17:00")).value is Value.PARTLY
    assert effective(label.facts, london("2026-11-26 17:01")).value is Value.NO


def test_solved_for_the_workaround_is_believed_for_the_permanent_fix_only_after_three_days() -> None:
    early = dataclasses.replace(LABELS[5].facts.feedback[0], at=london("2026-11-18 15:00"))
    label = changed(5, feedback=(early,))
    assert effective(label.facts, london("2026-11-27 09:00")).rule == "E4a"
    assert effective(label.facts, london("2026-12-01 11:00")).rule == "E5"

"""Was it quick? Rules Q1 to Q6 of guides/scorecard.md 1.3, in that order; the first that matches decides."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from collections.abc import Callable

from quietmonday.people.logic.calendar import NeverOpen, open_seconds
from quietmonday.support.logic.clocks import (
    Clocks,
    hours_for,
    measure_known,
    response_due,
    restore_due,
    words,
)
from quietmonday.support.logic.course import Course, course_of
from quietmonday.support.logic.facts import PauseReason, PriorityChange, Promise, Target, TicketFacts, as_of
from quietmonday.support.logic.judged import Param, Value, Verdict, moment, no_verdict, verdict


class Outcome(enum.StrEnum):
    """How one promise of a target came out."""

    MET = "met"
    MISSED = "missed"
    AHEAD = "ahead"  # neither kept nor late yet
    NONE = "none"  # nothing was promised


@dataclasses.dataclass(frozen=True, slots=True)
class Judged:
    """One ticket measured against one target. The due moments are None where nothing is promised."""

    known: TicketFacts
    now: dt.datetime
    course: Course
    target: Target
    clocks: Clocks
    response: Outcome
    restore: Outcome
    response_due: dt.datetime | None
    restore_due: dt.datetime | None

    @property
    def met(self) -> Outcome:
        """Return how the target as a whole came out."""
        both = (self.response, self.restore)
        return next((o for o in (Outcome.MISSED, Outcome.AHEAD, Outcome.MET) if o in both), Outcome.NONE)


def quick(facts: TicketFacts, now: dt.datetime) -> Verdict:
    """Return the verdict "was it quick?" as of `now`: exactly one rule for any facts."""
    return quick_known(as_of(facts, now), now)


def quick_known(known: TicketFacts, now: dt.datetime) -> Verdict:
    """Return the same for what `facts.as_of` returned."""
    if (nothing := no_verdict(known)) is not None:
        return nothing
    course = course_of(known)
    missing = _missing(known, course)
    if missing:
        return _q1(known, missing)
    change = _priority_in_force(known, course)
    try:
        judged = _judged(known, course, known.targets[change.priority], now)
    except NeverOpen:
        return _q1(known, ["hours"])
    rules = _RULES
    if not known.words_logged:
        judged, unsaid = _by_the_log(judged)
        if unsaid:
            return _q1(known, unsaid)
        rules = _RULES_OF_A_LOG
    found = next(found for rule in rules if (found := rule(judged)) is not None)
    return _with_earlier_priorities(judged, found, change)


def _missing(known: TicketFacts, course: Course) -> list[str]:
    """Return what stands in the way of any judgement, as words of `sentences.WORDS`."""
    missing = []
    if known.reported_at is None:
        missing.append("start_time")
    if not known.supplier_connected:
        missing.append("supplier_log")
    ended_without_time = course.ended_at is None and not course.is_open
    if ended_without_time or not all(resolution.timed for resolution in known.resolutions):
        missing.append("end_time")
    if not known.priorities:
        missing.append("priority")
    else:
        target = known.targets.get(_priority_in_force(known, course).priority)
        if target is None or (target.response_minutes is None and target.restore_minutes is None):
            missing.append("target")
    return missing


def _priority_in_force(known: TicketFacts, course: Course) -> PriorityChange:
    """Return the last priority given before the end: what is changed after the fix no longer judges it."""
    before = [c for c in known.priorities if course.ended_at is None or c.since <= course.ended_at]
    return before[-1] if before else known.priorities[0]


def _judged(known: TicketFacts, course: Course, target: Target, now: dt.datetime) -> Judged:
    clocks = measure_known(known, course, target, now)
    hours = hours_for(known, target)
    answer_due = fix_due = None
    response = restore = Outcome.NONE
    if target.response_minutes is not None:
        answer_due = response_due(hours, clocks, target.response_minutes)
        spent = clocks.answered.seconds if clocks.answered else open_seconds(hours, clocks.start, now)
        response = _outcome(clocks.answered is not None, spent, target.response_minutes)
    if target.restore_minutes is not None:
        fix_due = restore_due(hours, clocks, target.restore_minutes)
        restore = _outcome(not clocks.is_open, clocks.provider, target.restore_minutes)
    return Judged(known, now, course, target, clocks, response, restore, answer_due, fix_due)


def _by_the_log(judged: Judged) -> tuple[Judged, list[str]]:
    """Take back what a log of calls cannot prove; return what then stands in the way of a verdict.

    It may hold no answer though one was given, and a stop though nobody was asked: neither counts against anybody. What
    it does prove stays: a fix after its deadline is late, whatever was said before.
    """
    if judged.response is not Outcome.NONE and judged.clocks.answered is None:
        judged = dataclasses.replace(judged, response=Outcome.NONE)
        if judged.restore is not Outcome.MISSED and not judged.clocks.is_open:
            return judged, ["answer_time"]
    if judged.restore is Outcome.MISSED and _met_if_asked(judged):
        return judged, ["question"]
    return judged, []


def _met_if_asked(judged: Judged) -> bool:
    """Whether the fix would have been in time if the customer had been asked each time the log says that it waited."""
    known = judged.known
    unproven = [p for p in known.pauses if p.reason is PauseReason.WAITING_ON_CUSTOMER and p.question_id is None]
    if not unproven:
        return False
    asked = tuple(
        dataclasses.replace(pause, question_id=pause.id, question_visible=True, asked_at=pause.started_at)
        if pause in unproven
        else pause
        for pause in known.pauses
    )
    kind = dataclasses.replace(known, pauses=asked)
    return _judged(kind, judged.course, judged.target, judged.now).restore is not Outcome.MISSED


def _outcome(done: bool, spent: int, minutes: int) -> Outcome:
    if spent > minutes * 60:
        return Outcome.MISSED
    return Outcome.MET if done else Outcome.AHEAD


def _with_earlier_priorities(judged: Judged, found: Verdict, change: PriorityChange) -> Verdict:
    """Keep the verdict of every priority it had, each from the original start ("met as P3, missed as P2")."""
    names = dict.fromkeys(c.priority for c in judged.known.priorities)
    if len(names) < 2:
        return found
    outcomes: dict[str, str] = {}
    for name in names:
        target = judged.known.targets.get(name)
        if name == change.priority:
            outcomes[name] = judged.met.value
        elif target is not None:
            try:
                outcomes[name] = _judged(judged.known, judged.course, target, judged.now).met.value
            except NeverOpen:
                outcomes[name] = Outcome.NONE.value
    met = [name for name, outcome in outcomes.items() if outcome == Outcome.MET]
    missed = [name for name, outcome in outcomes.items() if outcome == Outcome.MISSED]
    params: dict[str, Param] = {**found.params, "as": outcomes}
    if met and missed:
        earlier = found.params.get("notes", [])
        notes = [*earlier, "priorities"] if isinstance(earlier, list) else ["priorities"]
        params |= {"met_as": met, "missed_as": missed, "notes": notes}
    used = (*found.facts, *(c.id for c in judged.known.priorities))
    return dataclasses.replace(found, params=params, facts=tuple(dict.fromkeys(used)))


def _q1(known: TicketFacts, missing: list[str]) -> Verdict:
    return verdict(known, Value.NOT_KNOWN, "Q1", {"missing": missing}, [known.id])


def _q2(judged: Judged) -> Verdict | None:
    """The response was missed or the deadline of the fix has passed, open or not."""
    clocks, target = judged.clocks, judged.target
    answer_id = clocks.answered.id if clocks.answered else None
    never_answered = judged.response is Outcome.MISSED and clocks.answered is None
    if judged.restore is Outcome.MISSED and not never_answered:
        case = "not_restored" if clocks.is_open else "restored_late"
        if not clocks.is_open and judged.course.standing and judged.course.standing.auto_closed:
            case = "closed_late"
        over = clocks.provider - (target.restore_minutes or 0) * 60
        due, used = judged.restore_due, [_end_id(judged), *(pause.id for pause in clocks.pauses)]
    elif judged.response is Outcome.MISSED:
        case = "not_answered" if clocks.answered is None else "answered_late"
        over = clocks.answered.seconds - (target.response_minutes or 0) * 60 if clocks.answered else 0
        due, used = judged.response_due, [answer_id]
    else:
        return None
    params: dict[str, Param] = {"case": case, "supplier": judged.known.supplier_name}
    if over:
        params["over"] = over
    if due is not None:
        params["due"] = moment(due)
    if not target.agreed:
        params["case"] = f"{case}.own"
    return verdict(judged.known, Value.NO, "Q2", params, [judged.known.id, *used])


def _q2a(judged: Judged) -> Verdict | None:
    """A promised next word did not come by its time."""
    said = words(judged.known)
    for promise in judged.known.promises:
        if _is_broken(judged, promise, said):
            params: dict[str, Param] = {"due": moment(promise.due_at)}
            return verdict(judged.known, Value.PARTLY, "Q2a", params, [promise.id])
    return None


def _is_broken(judged: Judged, promise: Promise, said: list[tuple[dt.datetime, str]]) -> bool:
    due = promise.due_at
    if due >= judged.now or due >= (judged.course.ended_at or judged.now):
        return False
    if any(start <= due < end for start, end in judged.course.settled):
        return False
    signs = [at for at in (promise.kept_at, promise.superseded_at) if at is not None]
    signs += [at for at, id_ in said if at > promise.made_at and id_ != promise.message_id]
    return not any(at <= due for at in signs)


def _q3(judged: Judged) -> Verdict | None:
    """In time by the supplier's clock, but twice the promise and more for waiting on the customer."""
    clocks, minutes = judged.clocks, judged.target.restore_minutes
    if clocks.is_open or minutes is None or not clocks.waited:
        return None
    if clocks.provider + clocks.waited <= 2 * minutes * 60:
        return None
    params: dict[str, Param] = {
        "supplier": judged.known.supplier_name,
        "requester": judged.known.requester_name,
        "took": clocks.provider,
        "waited": clocks.waited,
        "elapsed": clocks.elapsed,
    }
    used = [judged.known.id, _end_id(judged), *(p.id for p in clocks.pauses if p.is_waiting_on_customer)]
    return verdict(judged.known, Value.PARTLY, "Q3", _own(judged, params), used)


def _q4(judged: Judged) -> Verdict | None:
    """In time, but silent for longer than the update goal."""
    if judged.clocks.is_open or not _is_silent_too_long(judged):
        return None
    params: dict[str, Param] = {"gap": judged.clocks.silence.seconds, "supplier": judged.known.supplier_name}
    if judged.course.standing and judged.course.standing.auto_closed:
        params["case"] = "auto_closed"
    used = [judged.known.id, _end_id(judged), *_words_around(judged)]
    return verdict(judged.known, Value.PARTLY, "Q4", _own(judged, params), used)


def _q5(judged: Judged) -> Verdict | None:
    """Open with the deadline ahead; or settled at once, while the promised answer may still come."""
    clocks = judged.clocks
    if not clocks.is_open and judged.response is not Outcome.AHEAD:
        return None
    params: dict[str, Param] = {"supplier": judged.known.supplier_name}
    used: list[str | None] = [judged.known.id]
    if not clocks.is_open:
        params["case"] = "answer_ahead"
        due = judged.response_due
    elif clocks.waiting_since is not None:
        params |= {
            "case": "waiting",
            "requester": judged.known.requester_name,
            "since": moment(clocks.waiting_since),
        }
        due = None
        used += [pause.id for pause in clocks.pauses if pause.is_waiting_on_customer]
    else:
        answer_due = judged.response_due if judged.response is Outcome.AHEAD else None
        due = judged.restore_due or answer_due
        params["case"] = "due" if due else "no_due"
        if _is_silent_too_long(judged):
            params |= {"case": f"{params['case']}.silent", "gap": clocks.silence.seconds}
            used += _words_around(judged)
    if due is not None:
        params["due"] = moment(due)
    return verdict(judged.known, Value.TOO_EARLY, "Q5", _own(judged, params), used)


def _q6(judged: Judged) -> Verdict | None:
    """Everything promised was kept."""
    clocks, target = judged.clocks, judged.target
    params: dict[str, Param] = {
        "supplier": judged.known.supplier_name,
        "requester": judged.known.requester_name,
        "took": clocks.elapsed - clocks.settled,
    }
    if judged.course.standing and judged.course.standing.auto_closed:
        how = "auto_closed"
    elif clocks.settled:
        how = "reopened"
        params["took"] = clocks.provider
    elif clocks.paused and clocks.paused == clocks.waited:
        how, params["paused"] = "waited", clocks.paused
    elif clocks.paused:
        how, params["paused"] = "stopped", clocks.paused
    else:
        how = "plain"
    if judged.known.phone_answered_live:
        params["case"] = f"live.{how}"
    elif clocks.answered:
        params |= {"case": f"answered.{how}", "answered": clocks.answered.seconds}
    else:
        params["case"] = f"silent.{how}"
    measure_of = "promise" if target.agreed else "own"
    if target.restore_minutes is not None:
        params |= {"target": target.restore_minutes * 60, "notes": [measure_of]}
    elif target.response_minutes is not None:
        params |= {"target": target.response_minutes * 60, "notes": [f"{measure_of}.answer"]}
    answer = clocks.answered.id if clocks.answered else None
    used = [judged.known.id, answer, _end_id(judged), *(pause.id for pause in clocks.pauses)]
    return verdict(judged.known, Value.YES, "Q6", params, used)


_RULES: tuple[Callable[[Judged], Verdict | None], ...] = (_q2, _q2a, _q3, _q4, _q5, _q6)
# Without Q4: nobody logged the words between, so that silence is not known.
_RULES_OF_A_LOG: tuple[Callable[[Judged], Verdict | None], ...] = (_q2, _q2a, _q3, _q5, _q6)


def _own(judged: Judged, params: dict[str, Param]) -> dict[str, Param]:
    """Say that nothing was agreed, where a sentence rests on the business's own goal."""
    return params if judged.target.agreed else {**params, "notes": ["own_goal"]}


def _is_silent_too_long(judged: Judged) -> bool:
    goal = judged.target.update_minutes
    return goal is not None and judged.clocks.silence.seconds > goal * 60


def _words_around(judged: Judged) -> list[str]:
    edges = (judged.clocks.silence.since, judged.clocks.silence.until)
    return [id_ for at, id_ in words(judged.known) if at in edges]


def _end_id(judged: Judged) -> str | None:
    ended = judged.course.ended_at
    return next((r.id for r in judged.known.resolutions if r.at == ended), None)

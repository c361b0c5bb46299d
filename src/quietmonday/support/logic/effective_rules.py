"""Did it work, and does it stay fixed? Rules E1 to E7 of guides/scorecard.md 1.3; the first match decides."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

from quietmonday.people.logic.calendar import NeverOpen, WorkingHours, after_open_days
from quietmonday.support.logic.course import Course, course_of
from quietmonday.support.logic.facts import (
    Answer,
    Feedback,
    Resolution,
    ResolutionKind,
    TicketFacts,
    as_of,
)
from quietmonday.support.logic.judged import Param, Value, Verdict, moment, no_verdict, verdict

REOPENED_WITHIN = dt.timedelta(days=14)
REPEATED_WITHIN = dt.timedelta(days=30)
QUIET_DAYS = 3  # business days without a reopening before "solved" is believed


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """`last_word`: the latest answer of the requester; `fresh_word`: the same, unless it came back since."""

    known: TicketFacts
    now: dt.datetime
    course: Course
    last_word: Feedback | None
    fresh_word: Feedback | None
    fixed_at: dt.datetime | None


def effective(facts: TicketFacts, now: dt.datetime) -> Verdict:
    """Return the verdict "did it work, and stay fixed?" as of `now`: exactly one rule for any facts."""
    return effective_known(as_of(facts, now), now)


def effective_known(known: TicketFacts, now: dt.datetime) -> Verdict:
    """Return the same for what `facts.as_of` returned."""
    if (nothing := no_verdict(known)) is not None:
        return nothing
    course = course_of(known)
    last = known.feedback[-1] if known.feedback else None
    came_back = max((reopening.at for reopening in known.reopenings), default=None)
    fresh = last if last and (came_back is None or last.at > came_back) else None
    fixed_at = _settled_at(course.standing, now) if course.standing else course.ended_at
    outcome = Outcome(known, now, course, last, fresh, fixed_at)
    return next(found for rule in _RULES if (found := rule(outcome)) is not None)


def _e1_not_solved(outcome: Outcome) -> Verdict | None:
    word = outcome.last_word
    if word is None or word.answer is not Answer.NOT_SOLVED:
        return None
    return _verdict(outcome, Value.NO, "E1", {"case": "not_solved", **_person(outcome, word)}, [word.id])


def _e1_reopened(outcome: Outcome) -> Verdict | None:
    for reopening in reversed(outcome.known.reopenings):
        if found := _came_back(outcome, "reopened", reopening.id, reopening.at, REOPENED_WITHIN):
            return found
    return None


def _e1_repeated(outcome: Outcome) -> Verdict | None:
    for repeat in outcome.known.repeats:
        if found := _came_back(outcome, "repeated", repeat.id, repeat.at, REPEATED_WITHIN):
            return found
    return None


def _came_back(outcome: Outcome, case: str, id_: str, at: dt.datetime, limit: dt.timedelta) -> Verdict | None:
    """Judge a return at `at` by the last settlement before it."""
    before = [(_settled_at(r, at), r.id) for r in outcome.known.resolutions if r.at <= at]
    if not before:
        return None
    settled_at, resolution_id = max(before)
    if at - settled_at > limit:
        return None
    after = int((at - settled_at).total_seconds())
    params: dict[str, Param] = {"case": case, "at": moment(at), "after": after}
    return _verdict(outcome, Value.NO, "E1", params, [resolution_id, id_])


def _settled_at(resolution: Resolution, by: dt.datetime) -> dt.datetime:
    """Return when it was last mended before `by`: a workaround's permanent fix counts, once it has come."""
    fix = resolution.permanent_fix_at
    return max(resolution.at, fix) if fix is not None and fix <= by else resolution.at


def _e2_open(outcome: Outcome) -> Verdict | None:
    if not outcome.course.is_open:
        return None
    return _verdict(outcome, Value.TOO_EARLY, "E2", {}, [outcome.known.id])


def _e3_workaround(outcome: Outcome) -> Verdict | None:
    standing = outcome.course.standing
    if standing is None or standing.kind is not ResolutionKind.WORKAROUND or standing.permanent_fix_at:
        return None
    until = standing.workaround_until
    if until is None:
        return _verdict(outcome, Value.PARTLY, "E3", {"case": "no_date"}, [standing.id])
    params: dict[str, Param] = {"until": moment(until)}
    if outcome.now > until:
        return _verdict(outcome, Value.NO, "E3", {"case": "overdue", **params}, [standing.id])
    return _verdict(outcome, Value.PARTLY, "E3", {"case": "until", **params}, [standing.id])


def _e4_partly(outcome: Outcome) -> Verdict | None:
    word = outcome.fresh_word
    if word is None or word.answer is not Answer.PARTLY:
        return None
    return _verdict(outcome, Value.PARTLY, "E4", _person(outcome, word), [word.id])


def _e7_auto_closed(outcome: Outcome) -> Verdict | None:
    """Nobody fixed it, so that not even "solved" says that the supplier's work did it."""
    standing, word = outcome.course.standing, outcome.fresh_word
    if standing is None or not standing.auto_closed:
        return None
    if word is None:
        params: dict[str, Param] = {"case": "auto_closed", "requester": outcome.known.requester_name}
        return _verdict(outcome, Value.NOT_KNOWN, "E7", params, [standing.id])
    params = {"case": "auto_closed.solved", **_person(outcome, word)}
    return _verdict(outcome, Value.NOT_KNOWN, "E7", params, [standing.id, word.id])


def _e4a_e5_solved(outcome: Outcome) -> Verdict | None:
    word = outcome.fresh_word
    if word is None or word.answer is not Answer.SOLVED:
        return None
    quiet = _quiet_from(outcome.known.hours, max(word.at, outcome.fixed_at or word.at))
    params = _person(outcome, word)
    if outcome.now >= quiet:
        return _verdict(outcome, Value.YES, "E5", params, [word.id])
    params |= {"at": moment(word.at), "until": moment(quiet)}
    return _verdict(outcome, Value.TOO_EARLY, "E4a", params, [word.id])


def _e6_check(outcome: Outcome) -> Verdict | None:
    """Every check that covers the symptom must have been green: one that is red contradicts the others."""
    fixed_at = outcome.fixed_at
    if fixed_at is None or not outcome.known.checks:
        return None
    for check in outcome.known.checks:
        if check.green_since is None:
            return None
        if outcome.now < _quiet_from(outcome.known.hours, max(check.green_since, fixed_at)):
            return None
    checks = outcome.known.checks
    return _verdict(outcome, Value.YES, "E6", {"check": checks[0].name}, [check.id for check in checks])


def _e7_silent(outcome: Outcome) -> Verdict | None:
    name = outcome.known.requester_name
    params: dict[str, Param] = {"case": "silent", "requester": name} if name else {"case": "nobody"}
    return _verdict(outcome, Value.NOT_KNOWN, "E7", params, [outcome.known.id])


_RULES: tuple[Callable[[Outcome], Verdict | None], ...] = (
    _e1_not_solved,
    _e1_reopened,
    _e1_repeated,
    _e2_open,
    _e3_workaround,
    _e4_partly,
    _e7_auto_closed,  # before E5 and E6: an auto-close is never effective
    _e4a_e5_solved,
    _e6_check,
    _e7_silent,
)


def _quiet_from(hours: WorkingHours, since: dt.datetime) -> dt.datetime:
    """Return when `QUIET_DAYS` business days have passed; plain days for a business that never opens."""
    try:
        return after_open_days(hours, since, QUIET_DAYS)
    except NeverOpen:
        return after_open_days(WorkingHours.around_the_clock(hours.zone), since, QUIET_DAYS)


def _person(outcome: Outcome, word: Feedback) -> dict[str, Param]:
    return {"person": word.by or outcome.known.requester_name}


def _verdict(outcome: Outcome, value: Value, rule: str, params: dict[str, Param], used: list[str]) -> Verdict:
    return verdict(outcome.known, value, rule, params, used)

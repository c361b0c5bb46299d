"""The two clocks of a ticket: how long the requester waited, and how much of it the supplier answers for.

Everything is worked out on reading from the list of events (guides/scorecard.md, "Clock rules"); nothing is
kept. Seconds are open seconds of the hours that apply to the target, unless a name says `wall`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools

from quietmonday.people.logic.calendar import WorkingHours, due_after, open_seconds
from quietmonday.support.logic.course import Course, course_of
from quietmonday.support.logic.facts import Message, Side, Target, TicketFacts, as_of
from quietmonday.support.logic.pauses import EffectivePause, pauses_of, third_party_spells
from quietmonday.support.logic.spells import Spell, joined, measured, within, without


class NoTimes(ValueError):
    """The ticket has no usable start, or it ended and nobody knows when."""


@dataclasses.dataclass(frozen=True, slots=True)
class Answered:
    """The first human word of the supplier that the requester could see; `seconds` since the start."""

    id: str
    at: dt.datetime
    seconds: int


@dataclasses.dataclass(frozen=True, slots=True)
class Silence:
    """The longest time without a word while one was due, in open seconds, and where it lies."""

    seconds: int
    since: dt.datetime
    until: dt.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Clocks:
    """All times of one ticket at one moment. provider + paused + settled == elapsed, to the second.

    `elapsed_wall` and `elapsed` subtract nothing. `paused`: pauses that really stop the clock; `waited`:
    the part of it that waited for the customer. `third_party`: waited for others, whether or not that stops
    the clock. `settled`: resolved and later reopened. `waiting_since`: the customer owes an answer at this
    very moment.
    """

    start: dt.datetime
    end: dt.datetime
    is_open: bool
    elapsed_wall: int
    elapsed: int
    provider: int
    paused: int
    waited: int
    third_party: int
    settled: int
    answered: Answered | None
    silence: Silence
    waiting_since: dt.datetime | None
    pauses: tuple[EffectivePause, ...]
    running: tuple[Spell, ...]


def measure(facts: TicketFacts, target: Target | None, now: dt.datetime) -> Clocks:
    """Return the clocks of a ticket at `now`, by the hours of `target` (None: the working hours).

    Raises NoTimes if the start, or the end of an ended ticket, is not known.
    """
    known = as_of(facts, now)
    return measure_known(known, course_of(known), target, now)


def measure_known(known: TicketFacts, course: Course, target: Target | None, now: dt.datetime) -> Clocks:
    """Return the same as `measure` for what `facts.as_of` and `course.course_of` returned."""
    hours = hours_for(known, target)
    pauses = pauses_of(known, now)
    start, end, stops, settled = _life(known, course, pauses, now)
    elapsed = open_seconds(hours, start, end)
    if not settled and not known.pauses:  # most requests: nothing ever stood
        return Clocks(
            start=start,
            end=end,
            is_open=course.is_open,
            elapsed_wall=int((end - start).total_seconds()),
            elapsed=elapsed,
            provider=elapsed,
            paused=0,
            waited=0,
            third_party=0,
            settled=0,
            answered=_answered(known, hours, start),
            silence=_longest_silence(known, course, hours, (start, end), ()),
            waiting_since=None,
            pauses=(),
            running=((start, end),) if end > start else (),
        )
    waits = [(p.start, p.end) for p in pauses if p.is_waiting_on_customer]
    running = without([(start, end)], [*stops, *settled])
    return Clocks(
        start=start,
        end=end,
        is_open=course.is_open,
        elapsed_wall=int((end - start).total_seconds()),
        elapsed=elapsed,
        provider=measured(hours, running),
        paused=measured(hours, stops),
        waited=measured(hours, without(within(waits, start, end), settled)),
        third_party=measured(hours, without(within(third_party_spells(known, now), start, end), settled)),
        settled=measured(hours, settled),
        answered=_answered(known, hours, start),
        silence=_longest_silence(known, course, hours, (start, end), pauses),
        waiting_since=_waiting_since(course, pauses, now),
        pauses=pauses,
        running=tuple(running),
    )


def provider_seconds(facts: TicketFacts, target: Target | None, now: dt.datetime) -> int:
    """Return only `Clocks.provider` of `measure`: for lists, at a sixth of the work. Raises NoTimes."""
    known = as_of(facts, now)
    start, end, stops, settled = _life(known, course_of(known), pauses_of(known, now), now)
    return measured(hours_for(known, target), without([(start, end)], [*stops, *settled]))


def hours_for(facts: TicketFacts, target: Target | None) -> WorkingHours:
    """Return the hours by which `target` is judged."""
    if target is not None and target.around_the_clock:
        return WorkingHours.around_the_clock(facts.hours.zone)
    return facts.hours


def response_due(hours: WorkingHours, clocks: Clocks, minutes: int) -> dt.datetime:
    """Return when the first answer is due (UTC). Raises NeverOpen.

    No pause moves it: a pause needs a question, and a question is an answer.
    """
    return due_after(hours, clocks.start, minutes * 60)


def restore_due(
    hours: WorkingHours, clocks: Clocks, minutes: int, *, resumes_at: dt.datetime | None = None
) -> dt.datetime:
    """Return when it must be working again (UTC), pauses and settled times stepped over. Raises NeverOpen.

    `resumes_at`: until when the clock stands, if it does (`pauses.standstill`). While nobody knows how long it stands,
    the answer is "if it ran on from now": show that it stands instead.
    """
    left = minutes * 60
    for start, end in clocks.running:
        ran = open_seconds(hours, start, end)
        if ran >= left:
            return due_after(hours, start, left)
        left -= ran
    return due_after(hours, max(clocks.end, resumes_at) if resumes_at else clocks.end, left)


def is_word(message: Message) -> bool:
    """Return whether `message` is a word of a person at the supplier that the requester can see, at a known time."""
    return message.side is Side.SUPPLIER and message.public and not message.automatic and message.timed


def words(known: TicketFacts) -> list[tuple[dt.datetime, str]]:
    """Return (when, id) of every human word to the requester: messages and logged call-backs, in order."""
    said = [(message.at, message.id) for message in known.messages if is_word(message)]
    return sorted(said + [(call.at, call.id) for call in known.callbacks])


def _life(
    known: TicketFacts, course: Course, pauses: tuple[EffectivePause, ...], now: dt.datetime
) -> tuple[dt.datetime, dt.datetime, list[Spell], list[Spell]]:
    """When it began and ended (or now), when the clock stood, and when it was settled."""
    if known.reported_at is None:
        raise NoTimes("nobody knows when it was reported")
    if course.ended_at is None and not course.is_open:
        raise NoTimes("nobody knows when it ended")
    start = known.reported_at
    end = max(start, course.ended_at or now)
    settled = within(course.settled, start, end)
    return start, end, without(within(((p.start, p.end) for p in pauses), start, end), settled), settled


def _answered(known: TicketFacts, hours: WorkingHours, start: dt.datetime) -> Answered | None:
    if known.phone_answered_live:
        return Answered(known.id, start, 0)
    first = min(words(known), default=None)
    return Answered(first[1], first[0], open_seconds(hours, start, first[0])) if first else None


def _longest_silence(
    known: TicketFacts, course: Course, hours: WorkingHours, life: Spell, pauses: tuple[EffectivePause, ...]
) -> Silence:
    """Nobody owes a word while the customer is asked, until an agreed date, or while it is settled.

    Waiting for a third party is no excuse, even where the contract stops the clock: the requester still
    waits.
    """
    start, end = life
    excused = joined([*course.settled, *((p.start, p.end) for p in pauses if not p.is_third_party)])
    turns = {at for at, _id in words(known)} | {moment for spell in course.settled for moment in spell}
    points = [start, *sorted(at for at in turns if start < at < end), end]
    gaps = [
        Silence(
            measured(hours, without([(since, until)], excused)) if excused else open_seconds(hours, since, until),
            since,
            until,
        )
        for since, until in itertools.pairwise(points)
    ]
    return max(gaps, key=lambda gap: gap.seconds)


def _waiting_since(course: Course, pauses: tuple[EffectivePause, ...], now: dt.datetime) -> dt.datetime | None:
    still = [p.start for p in pauses if course.is_open and p.is_waiting_on_customer and p.end >= now > p.start]
    return min(still, default=None)

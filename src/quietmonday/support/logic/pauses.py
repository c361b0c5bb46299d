"""Which pauses stop the clock, from when to when, and which are void."""

from __future__ import annotations

import dataclasses
import datetime as dt

from quietmonday.support.logic.facts import Message, Pause, PauseReason, Side, TicketFacts, as_of
from quietmonday.support.logic.spells import Spell


@dataclasses.dataclass(frozen=True, slots=True)
class EffectivePause:
    """A time in which the supplier's clock stands."""

    id: str
    reason: PauseReason
    start: dt.datetime
    end: dt.datetime

    @property
    def is_waiting_on_customer(self) -> bool:
        return self.reason is PauseReason.WAITING_ON_CUSTOMER

    @property
    def is_third_party(self) -> bool:
        return self.reason is PauseReason.THIRD_PARTY


def effective_pauses(facts: TicketFacts, now: dt.datetime) -> tuple[EffectivePause, ...]:
    """Return the pauses that stop the supplier's clock at `now`, cut to the time in which they do.

    A pause needs a question that the customer could see, and begins no earlier than that question. Waiting
    for the customer ends with the customer's next own message, however late staff notice it. A third party
    stops the clock only if the contract says so. An agreed date stops it until that date.
    """
    return pauses_of(as_of(facts, now), now)


def pauses_of(known: TicketFacts, now: dt.datetime) -> tuple[EffectivePause, ...]:
    """Return the same as `effective_pauses` for what `facts.as_of` returned."""
    stopping = (
        EffectivePause(pause.id, pause.reason, *spell)
        for pause in known.pauses
        if (pause.reason is not PauseReason.THIRD_PARTY or known.third_party_stops)
        and (spell := _spell(known, pause, now))
    )
    return tuple(stopping)


def void_pauses(facts: TicketFacts, now: dt.datetime) -> dict[str, str]:
    """Return the ids of pauses that count for nothing, with the reason, for the audit of pauses.

    Reasons: "no_question" (paused without asking), "no_date" (a later date was agreed, but which?), "empty"
    (the answer had already come, or it ended as it began). A third party without a contract is not void,
    only mute.
    """
    known = as_of(facts, now)
    return {pause.id: _why_void(pause) or "empty" for pause in known.pauses if _spell(known, pause, now) is None}


@dataclasses.dataclass(frozen=True, slots=True)
class Standstill:
    """The supplier's clock stands now. `until`: when it runs on by itself; None: when somebody answers."""

    until: dt.datetime | None


def standstill(facts: TicketFacts, now: dt.datetime) -> Standstill | None:
    """Return how the supplier's clock stands from `now` on; None while it runs.

    It counts from the moment of the question, before any time has passed, and not from the answer on.
    """
    known = as_of(facts, now)
    untils = []
    for pause in known.pauses:
        if _why_void(pause) or pause.asked_at is None or max(pause.started_at, pause.asked_at) > now:
            continue
        if pause.reason is PauseReason.THIRD_PARTY and not known.third_party_stops:
            continue
        end = min(_ends(known, pause, max(pause.started_at, pause.asked_at)), default=None)
        if end is None or end > now:
            untils.append(end)
    if not untils:
        return None
    return Standstill(None if None in untils else max(end for end in untils if end is not None))


def third_party_spells(known: TicketFacts, now: dt.datetime) -> list[Spell]:
    """Return when the supplier visibly waited for others, whether or not that stops the clock.

    `known` is what `facts.as_of` returned.
    """
    return [
        spell
        for pause in known.pauses
        if pause.reason is PauseReason.THIRD_PARTY and (spell := _spell(known, pause, now))
    ]


def _spell(known: TicketFacts, pause: Pause, now: dt.datetime) -> Spell | None:
    if _why_void(pause) or pause.asked_at is None:
        return None
    start = max(pause.started_at, pause.asked_at)
    end = min([now, *_ends(known, pause, start)])
    return (start, end) if end > start else None


def _ends(known: TicketFacts, pause: Pause, start: dt.datetime) -> list[dt.datetime]:
    """What ends a pause that began at `start`, whatever comes first."""
    ends = [resolution.at for resolution in known.resolutions if resolution.at >= start]
    if pause.ended_at is not None:
        ends.append(pause.ended_at)
    if pause.reason is PauseReason.AGREED_DATE and pause.until is not None:
        ends.append(pause.until)
    if pause.reason is PauseReason.WAITING_ON_CUSTOMER and pause.asked_at is not None:
        ends += [message.at for message in known.messages if _answers(message, pause.asked_at)]
    return ends


def _why_void(pause: Pause) -> str | None:
    if pause.question_id is None or not pause.question_visible or pause.asked_at is None:
        return "no_question"
    if pause.reason is PauseReason.AGREED_DATE and pause.until is None:
        return "no_date"
    return None


def _answers(message: Message, asked_at: dt.datetime) -> bool:
    return message.side is Side.CUSTOMER and not message.automatic and message.at > asked_at

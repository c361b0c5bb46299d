"""What stands below a message: that it asked and stopped the clock, that it answered, what it promised."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict

from quietmonday.support.logic.facts import Message, PauseReason, Side, TicketFacts
from quietmonday.support.logic.pauses import effective_pauses


@dataclasses.dataclass(frozen=True, slots=True)
class Flag:
    """`kind`: asked, waits_third_party, agreed_date, answered, promised, silent_pause.

    `stops`: whether the supplier's clock stood. `seconds`: of an answer, since the question. `at`: a date or a promise.
    `kept`: of a promise, None while it runs.
    """

    kind: str
    stops: bool = False
    seconds: int = 0
    at: dt.datetime | None = None
    kept: bool | None = None


def flags_by_message(facts: TicketFacts, now: dt.datetime) -> dict[str, list[Flag]]:
    """Return the flags by the id of their message."""
    stopping = {pause.id for pause in effective_pauses(facts, now)}
    flags: dict[str, list[Flag]] = defaultdict(list)
    for pause in facts.pauses:
        if pause.question_id is None or pause.asked_at is None:
            continue
        if pause.reason is PauseReason.WAITING_ON_CUSTOMER:
            flags[pause.question_id].append(Flag("asked", stops=pause.id in stopping))
            answer = _answer_to(facts, pause.asked_at)
            if answer is not None:
                seconds = int((answer.at - pause.asked_at).total_seconds())
                flags[answer.id].append(Flag("answered", stops=pause.id in stopping, seconds=seconds))
        elif pause.reason is PauseReason.THIRD_PARTY:
            flags[pause.question_id].append(Flag("waits_third_party", stops=pause.id in stopping))
        else:
            flags[pause.question_id].append(Flag("agreed_date", stops=pause.id in stopping, at=pause.until))
    for promise in facts.promises:
        said = next((m for m in facts.messages if m.side is Side.SUPPLIER and m.at == promise.made_at), None)
        if said is not None:
            flags[said.id].append(Flag("promised", at=promise.due_at, kept=_kept(promise.kept_at, promise.due_at, now)))
    return flags


def silent_pauses(facts: TicketFacts) -> list[dt.datetime]:
    """Return when the supplier set the request to waiting without asking anything: those stop no clock."""
    return [pause.started_at for pause in facts.pauses if pause.question_id is None]


def lone_promises(facts: TicketFacts) -> list[tuple[dt.datetime, dt.datetime]]:
    """Return (made, due) of promises that came without a message."""
    said = {message.at for message in facts.messages if message.side is Side.SUPPLIER}
    return [(promise.made_at, promise.due_at) for promise in facts.promises if promise.made_at not in said]


def _answer_to(facts: TicketFacts, asked_at: dt.datetime) -> Message | None:
    answers = [
        message
        for message in facts.messages
        if message.side is Side.CUSTOMER and not message.automatic and message.at > asked_at
    ]
    return min(answers, key=lambda message: message.at, default=None)


def _kept(kept_at: dt.datetime | None, due_at: dt.datetime, now: dt.datetime) -> bool | None:
    if kept_at is not None:
        return kept_at <= due_at
    return False if now > due_at else None

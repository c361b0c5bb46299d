"""What a verdict is: a value, the rule that gave it, and language-neutral parameters for its sentence."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from collections.abc import Iterable, Mapping

from quietmonday.support.logic.facts import State, TicketFacts

PLANNED = "P"
"""The rule of work that came by its schedule: nobody asked for help, so nobody judges it."""

Param = str | int | bool | list[str] | dict[str, str]


class Value(enum.StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    TOO_EARLY = "too_early"
    NOT_KNOWN = "not_known"
    NO_VERDICT = "no_verdict"  # cancelled, duplicate, spam or planned: listed, never counted


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """`params` hold text, whole seconds (int) and ISO 8601 moments in UTC, fit for JSON.

    `facts`: ids of what the rule used. `disputes`: ids of the supplier's notes; they stand beside a verdict
    and never change it.
    """

    value: Value
    rule: str
    params: Mapping[str, Param]
    facts: tuple[str, ...]
    disputes: tuple[str, ...] = ()

    @property
    def disputed(self) -> bool:
        return bool(self.disputes)


def verdict(
    known: TicketFacts, value: Value, rule: str, params: Mapping[str, Param], used: Iterable[str | None]
) -> Verdict:
    """Return a verdict on `known`; ids that are None or come twice are dropped, their order is kept."""
    ids = dict.fromkeys(each for each in used if each is not None)
    return Verdict(value, rule, params, tuple(ids), tuple(dispute.id for dispute in known.disputes))


def no_verdict(known: TicketFacts) -> Verdict | None:
    """Return the verdict of a request that nobody judges (rule N, or P: planned), or None if it is to be judged."""
    if known.state not in (State.OPEN, State.RESOLVED):
        return verdict(known, Value.NO_VERDICT, "N", {"case": known.state.value}, [known.id])
    return verdict(known, Value.NO_VERDICT, PLANNED, {}, [known.id]) if known.planned else None


def moment(at: dt.datetime) -> str:
    """Return `at` as it stands in parameters: ISO 8601, UTC, whole seconds."""
    return at.astimezone(dt.UTC).replace(microsecond=0).isoformat()

"""Reads the forty labelled tickets into the facts that the rules take."""

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import yaml

from quietmonday.people.logic.calendar import WorkingHours, interval, to_utc
from quietmonday.support.logic import facts as f

ZONE = "Europe/London"
OFFICE = WorkingHours.of(
    ZONE,
    {day: [interval("09:00", "17:00")] for day in range(5)},
    frozenset({dt.date(2026, 12, 25), dt.date(2026, 12, 28)}),
)
KINDS = {
    "messages": f.Message,
    "callbacks": f.CallBack,
    "promises": f.Promise,
    "pauses": f.Pause,
    "resolutions": f.Resolution,
    "reopenings": f.Reopening,
    "repeats": f.Repeat,
    "feedback": f.Feedback,
    "disputes": f.Dispute,
    "checks": f.Check,
    "priorities": f.PriorityChange,
}
ENUMS = {"side": f.Side, "reason": f.PauseReason, "kind": f.ResolutionKind, "answer": f.Answer}
MOMENTS = {
    *("at", "made_at", "due_at", "kept_at", "superseded_at", "started_at", "ended_at", "asked_at", "until"),
    *("workaround_until", "permanent_fix_at", "green_since", "since"),
}


@dataclasses.dataclass(frozen=True)
class Label:
    n: int
    about: str
    facts: f.TicketFacts
    now: dt.datetime
    quick: tuple[str, str, str]
    effective: tuple[str, str, str]
    disputed: bool


def labels() -> list[Label]:
    """Return the labelled tickets in order."""
    table = yaml.safe_load((Path(__file__).parent / "labelled_tickets.yaml").read_text(encoding="utf-8"))
    return [_label(row, table["targets"]) for row in table["tickets"]]


def london(text: str) -> dt.datetime:
    """Return the moment at which the wall in London says `text`; an offset in it decides by itself."""
    moment = dt.datetime.fromisoformat(text)
    return to_utc(moment, ZONE) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def _label(row: dict[str, Any], targets: dict[str, Any]) -> Label:
    reported = row["reported"] and london(row["reported"])
    opened = london(row["opened"]) if "opened" in row else reported
    events = {name: tuple(kind(**_fields(e)) for e in row.get(name, [])) for name, kind in KINDS.items()}
    events["priorities"] = events["priorities"] or (f.PriorityChange(id="y1", priority="P3", since=opened),)
    agreed = row.get("agreed", True)
    facts = f.TicketFacts(
        id=f"t{row['n']}",
        reported_at=reported,
        opened_at=opened,
        hours=OFFICE,
        targets={name: _target(target, agreed) for name, target in targets.items()},
        state=f.State(row.get("state", "open")),
        closed_at=london(row["closed"]) if "closed" in row else None,
        supplier_name="Fennimore",
        requester_name=row["requester"],
        phone_answered_live=row.get("phone_answered_live", False),
        supplier_connected=row.get("supplier_connected", True),
        third_party_stops=row.get("third_party_stops", False),
        **events,
    )
    now, quick, effective = london(row["now"]), tuple(row["quick"]), tuple(row["effective"])
    return Label(row["n"], row["about"], facts, now, quick, effective, row.get("disputed", False))


def _fields(event: dict[str, Any]) -> dict[str, Any]:
    return {
        name: london(value) if name in MOMENTS else ENUMS[name](value) if name in ENUMS else value
        for name, value in event.items()
    }


def _target(target: dict[str, Any], agreed: bool) -> f.Target:
    return f.Target(
        response_minutes=target["response"],
        restore_minutes=target["restore"],
        update_minutes=target["update"],
        agreed=agreed,
        around_the_clock=target.get("around_the_clock", False),
    )

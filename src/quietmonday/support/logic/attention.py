"""Why a request stands where it stands in the queue: one reason a row, the most pressing one."""

from __future__ import annotations

import dataclasses
import datetime as dt

HOT_WITHIN = dt.timedelta(hours=2)


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """What of a ticket decides its place; moments are aware. `paused_silently`: waiting without a question."""

    state: str
    move: str
    next_word_by: dt.datetime | None
    respond_by: dt.datetime | None
    restore_by: dt.datetime | None
    workaround_until: dt.date | None
    paused_silently: bool = False
    snoozed_until: dt.datetime | None = None  # by those who look


@dataclasses.dataclass(frozen=True, slots=True)
class Why:
    """`mark` of kit ("" for none), `rule`, and what it measures: `seconds` late or left, `days` past, a `date`."""

    mark: str
    rule: str
    seconds: int = 0
    days: int = 0
    date: dt.date | None = None


def is_hot(attention_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Return whether somebody must look now: something is due within two hours, or past."""
    return attention_at is not None and attention_at <= now + HOT_WITHIN


def why_here(standing: Standing, now: dt.datetime, today: dt.date) -> Why:
    """Return the most pressing reason. `today` is the local date of the business."""
    if standing.state == "resolved":
        return _settled(standing, today)
    if standing.state != "open":
        return Why("nay", "set_aside")
    rules = (("answer", standing.respond_by), ("word", standing.next_word_by), ("fix", standing.restore_by))
    due = [(at, what) for what, at in rules if at is not None]
    if due:
        at, what = min(due, key=lambda each: each[0])
        left = int((at - now).total_seconds())
        if left < 0:
            return Why("no", f"{what}_late", seconds=-left)
        if at <= now + HOT_WITHIN:
            return Why("soon", f"{what}_due", seconds=left)
    if standing.snoozed_until is not None and standing.snoozed_until > now:
        return Why("", "snoozed", seconds=int((standing.snoozed_until - now).total_seconds()))
    if standing.paused_silently:
        return Why("soon", "paused_silently")
    if standing.snoozed_until is not None:
        return Why("soon", "back")
    if standing.move in {"customer", "third_party", "agreed_date"}:
        return Why("", "waits")
    return Why("", "on_time" if due else "nothing_promised")


def _settled(standing: Standing, today: dt.date) -> Why:
    if standing.move == "supplier":
        return Why("soon", "wrote_after")
    if standing.workaround_until is None:
        return Why("", "settled")
    past = (today - standing.workaround_until).days
    if past > 0:
        return Why("half", "workaround_past", days=past)
    return Why("half", "workaround", date=standing.workaround_until)

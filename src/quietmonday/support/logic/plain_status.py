"""How a request stands, for whoever asked: in their words, and what they may do."""

from __future__ import annotations

import dataclasses
import datetime as dt


@dataclasses.dataclass(frozen=True, slots=True)
class Status:
    """`mark` of kit ("" for none), `rule`, and by when something was promised, if it was; `asks`: it waits for them."""

    mark: str
    rule: str
    by: dt.datetime | None = None
    asks: bool = False


def status_of(
    *,
    state: str,
    move: str,
    answer: str,
    asked: bool,
    held: bool,
    next_word_by: dt.datetime | None,
    respond_by: dt.datetime | None,
) -> Status:
    """Return how a request stands. `answer`: what was said of the outcome; `asked`: whether somebody still waits for
    it; `held`: it works by a workaround."""
    if state == "open":
        return {
            "customer": Status("soon", "waits_for_you", asks=True),
            "third_party": Status("early", "waits_for_others", by=next_word_by),
            "agreed_date": Status("early", "put_off", by=next_word_by),
        }.get(move) or Status("early", "with_supplier", by=next_word_by or respond_by)
    if state != "resolved":
        return Status("nay", "set_aside")
    if move == "supplier":
        return Status("early", "with_supplier_again")
    if not answer:
        rule = "held" if held else "working_again"
        return Status("half" if held else "yes", rule, asks=asked)
    return {
        "solved": Status("yes", "solved"),
        "partly": Status("half", "partly"),
        "not_solved": Status("no", "not_solved"),
    }[answer]

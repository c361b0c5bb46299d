"""What happened to each request, in plain values: opened, answered, a third message, settled, asked whether solved."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from collections.abc import Iterator

from bench.sizes import STEADY_A_WEEK, STEADY_WEEKS, Size
from bench.words import OFTEN, RARE, sentence, text

RECENT = dt.timedelta(days=45)
_WEEK = dt.timedelta(weeks=1)


@dataclasses.dataclass(frozen=True, slots=True)
class Settled:
    """How a request ended. `fixed_at`: the permanent fix of a workaround; `answer`: the requester's, "" for none."""

    at: dt.datetime
    kind: str
    until: dt.date | None
    fixed_at: dt.datetime | None
    answer: str
    answered_at: dt.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Story:
    """One request. `business`, `requester`, `technician` are positions in the firms' lists."""

    number: int
    business: int
    requester: int
    technician: int
    priority: int
    source: str
    can_work: str
    subject: str
    texts: tuple[str, str, str]
    opened: dt.datetime
    answered: dt.datetime
    third: dt.datetime
    third_by_customer: bool
    settled: Settled | None


def stories(size: Size, *, begin: dt.datetime, end: dt.datetime, seed: int = 1) -> Iterator[Story]:
    """Yield `size.tickets` stories from `begin` to `end`, in the order in which they were opened."""
    chosen = random.Random(seed)
    step = (end - begin) / (size.tickets + 1)
    for number in range(1, size.tickets + 1):
        opened = begin + step * number
        yield _story(chosen, size, number, opened, _business(chosen, size, opened, step, end), end)


def _business(chosen: random.Random, size: Size, opened: dt.datetime, step: dt.timedelta, end: dt.datetime) -> int:
    """The first business gets every nth of the last weeks, whatever the size; before, all get the same."""
    if opened < end - STEADY_WEEKS * _WEEK or size.businesses == 1:
        return chosen.randrange(size.businesses)
    turns = (end - opened) * STEADY_A_WEEK // _WEEK
    turns_before = (end - opened + step) * STEADY_A_WEEK // _WEEK
    return 0 if turns != turns_before else chosen.randrange(1, size.businesses)


def _story(
    chosen: random.Random, size: Size, number: int, opened: dt.datetime, business: int, end: dt.datetime
) -> Story:
    answered = opened + dt.timedelta(minutes=chosen.choice((5, 20, 45, 90, 240, 540)) * (0.5 + chosen.random()))
    third = answered + dt.timedelta(hours=chosen.uniform(1, 40))
    if third >= end:  # what came in last: everything fits into the time there was
        answered, third = opened + (end - opened) * 0.3, opened + (end - opened) * 0.6
    return Story(
        number=number,
        business=business,
        requester=chosen.randrange(size.staff),
        technician=chosen.randrange(size.technicians),
        priority=chosen.choices((1, 2, 3, 4), (3, 12, 65, 20))[0],
        source=chosen.choices(("email", "web", "phone"), (6, 2, 2))[0],
        can_work=chosen.choices(("", "yes", "partly", "no"), (50, 30, 15, 5))[0],
        subject=sentence(chosen, 7).capitalize(),
        texts=(
            text(chosen, with_word=RARE if number % 1000 == 17 else ""),
            text(chosen, with_word=OFTEN if chosen.random() < 0.1 else ""),
            text(chosen),
        ),
        opened=opened,
        answered=answered,
        third=third,
        third_by_customer=chosen.random() < 0.5,
        settled=_settled(chosen, opened, third, business, end),
    )


def _settled(
    chosen: random.Random, opened: dt.datetime, third: dt.datetime, business: int, end: dt.datetime
) -> Settled | None:
    """A fifth of the last 45 days is open, and a fiftieth of what is older (nothing, at the first business)."""
    recent = end - opened < RECENT
    open_share = 0.2 if recent else 0.02 if business else 0.0
    at = third + dt.timedelta(hours=chosen.uniform(0.2, 20))
    if chosen.random() < open_share or at >= end:
        return None
    kind = chosen.choices(("fixed", "workaround", "unknown"), (82, 12, 6))[0]
    held = dt.timedelta(days=chosen.randrange(3, 20))
    fixed_at = at + held * chosen.uniform(0.2, 1.2) if kind == "workaround" and chosen.random() < 0.95 else None
    answered_at = at + dt.timedelta(hours=chosen.uniform(0.1, 30))
    answer = chosen.choices(("", "solved", "partly", "not_solved"), (60, 34, 4, 2))[0]
    return Settled(
        at=at,
        kind=kind,
        until=(at + held).date() if kind == "workaround" else None,
        fixed_at=fixed_at if fixed_at is not None and fixed_at < end else None,
        answer=answer if answered_at < end else "",
        answered_at=answered_at,
    )

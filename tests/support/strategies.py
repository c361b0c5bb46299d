"""Generated tickets: any events, in any order, around both daylight changes and an ordinary week."""

import datetime as dt
import functools
from typing import Any

from hypothesis import strategies as st

from quietmonday.people.logic.calendar import WorkingHours
from quietmonday.support.logic import facts as f
from tests.support.labels import OFFICE, ZONE

ALWAYS = WorkingHours.around_the_clock(ZONE)
SHUT = WorkingHours.of(ZONE, {})
NIGHTS = WorkingHours.of(ZONE, dict.fromkeys(range(7), ((22 * 60, 30 * 60),)))
STARTS = [
    dt.datetime(2026, 3, 27, 15, tzinfo=dt.UTC),
    dt.datetime(2026, 10, 23, 15, tzinfo=dt.UTC),
    dt.datetime(2026, 11, 16, 9, tzinfo=dt.UTC),
]
TWENTY_DAYS = 20 * 24 * 60
minutes = st.one_of(st.integers(0, 600), st.integers(0, TWENTY_DAYS))
goals = st.one_of(st.integers(0, 2400), st.integers(0, 2400), st.none())


def at(base: dt.datetime) -> st.SearchStrategy[dt.datetime]:
    return minutes.map(lambda off: base + dt.timedelta(minutes=off))


@functools.cache
def events(base: dt.datetime, prefix: str = "") -> dict[str, st.SearchStrategy[Any]]:
    """Return a strategy for one event of each kind, none of them before `base`."""
    when, maybe = at(base), st.one_of(st.none(), at(base))
    ids = st.integers(0, 10**6).map(lambda n: f"{prefix}{n}")
    name = st.sampled_from(["Sam", "Maria", ""])
    build = st.builds
    return {
        "messages": build(
            f.Message,
            id=ids,
            at=when,
            side=st.sampled_from(f.Side),
            public=st.booleans(),
            automatic=st.booleans(),
        ),
        "callbacks": build(f.CallBack, id=ids, at=when, by=name),
        "promises": build(f.Promise, id=ids, made_at=when, due_at=at(base), kept_at=maybe, superseded_at=maybe),
        "pauses": build(
            f.Pause,
            id=ids,
            reason=st.sampled_from(f.PauseReason),
            started_at=when,
            question_id=st.one_of(st.none(), ids),
            question_visible=st.booleans(),
            asked_at=maybe,
            until=maybe,
            ended_at=maybe,
        ),
        "resolutions": build(
            f.Resolution,
            id=ids,
            at=when,
            kind=st.sampled_from(f.ResolutionKind),
            workaround_until=maybe,
            permanent_fix_at=maybe,
            auto_closed=st.booleans(),
        ),
        "reopenings": build(f.Reopening, id=ids, at=when),
        "repeats": build(f.Repeat, id=ids, at=when),
        "feedback": build(f.Feedback, id=ids, at=when, answer=st.sampled_from(f.Answer), by=name),
        "disputes": build(f.Dispute, id=ids, at=when, by=name, note=name),
        "checks": build(f.Check, id=ids, name=name, green_since=maybe),
        "priorities": build(
            f.PriorityChange, id=ids, priority=st.sampled_from(["P1", "P3", "P1", "P3", "P9"]), since=when
        ),
    }


targets = st.builds(
    f.Target,
    response_minutes=goals,
    restore_minutes=goals,
    update_minutes=goals,
    agreed=st.booleans(),
    around_the_clock=st.booleans(),
)


@st.composite
def tickets(draw: st.DrawFn) -> tuple[f.TicketFacts, dt.datetime]:
    """Return (facts, now): some events lie after `now`, some names are missing, some calendars never open."""
    base = draw(st.sampled_from(STARTS))
    several = {}
    for name, one in events(base).items():
        most = 4 if name == "messages" else 2
        several[name] = draw(st.lists(one, max_size=most).map(tuple))
    if draw(st.integers(0, 3)):
        several["priorities"] += (f.PriorityChange(id="first", priority="P3", since=base),)
    closed = draw(st.one_of(st.none(), at(base)))
    facts = f.TicketFacts(
        id="ticket",
        reported_at=draw(st.sampled_from([base] * 6 + [base + dt.timedelta(days=2), None])),
        opened_at=base,
        hours=draw(st.sampled_from([OFFICE, OFFICE, OFFICE, NIGHTS, ALWAYS, SHUT])),
        targets={"P1": draw(targets), "P3": draw(targets)},
        state=draw(st.sampled_from([f.State.OPEN] * 10 + list(f.State))),
        closed_at=closed,
        supplier_name=draw(st.sampled_from(["Fennimore", ""])),
        requester_name=draw(st.sampled_from(["Maria", "100 % %(x)s", ""])),
        phone_answered_live=draw(st.integers(0, 4)) == 4,
        supplier_connected=draw(st.integers(0, 7)) < 7,
        third_party_stops=draw(st.booleans()),
        **several,
    )
    return facts, base + dt.timedelta(minutes=draw(st.integers(0, 2 * TWENTY_DAYS)))

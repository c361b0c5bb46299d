"""The queue of a supplier's people: what is open at their clients, most urgent first, paged by key."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from django.db.models import CharField, Count, F, Q, QuerySet
from django.db.models.expressions import RawSQL

from quietmonday.people.access import Viewer
from quietmonday.people.logic.calendar import NeverOpen, zone_named
from quietmonday.support.access import tickets_supplied_by
from quietmonday.support.logic.attention import HOT_WITHIN, Standing, Why, is_hot, why_here
from quietmonday.support.logic.clocks import NoTimes, provider_seconds
from quietmonday.support.logic.cursors import cursor, read_cursor
from quietmonday.support.logic.facts import TicketFacts
from quietmonday.support.logic.facts_json import facts_from_json
from quietmonday.support.logic.pauses import standstill
from quietmonday.support.models import Move, Ticket, TicketState
from quietmonday.support.queries.searching import searched

ROWS = 25
VIEWS = ("mine", "all", "unheard", "waiting", "snoozed", "held")
_WAITING = (Move.CUSTOMER, Move.THIRD_PARTY, Move.AGREED_DATE)
# The word is written out, because SQLite does not match a parameter with the condition of a partial index.
_OPEN = Q(state=RawSQL("'open'", [], output_field=CharField()))
_STANDS = _OPEN | Q(attention_at__isnull=False)
# All that any view of the queue can show, in the words of the index `support_live`.
_LIVE = _STANDS | Q(workaround_until__isnull=False)
_READ = (
    *("id", "subject", "state", "move", "priority", "opened_at", "attention_at", "next_word_by", "respond_by"),
    *(
        "restore_by",
        "workaround_until",
        "snoozed_until",
        "snoozed_for",
        "business__name",
        "business__zone",
        "work_item__number",
        "requester__name",
    ),
    *("assignee__name", "verdict__inputs"),
)
_MOST_URGENT = (F("attention_at").asc(nulls_last=True), "opened_at", "id")
_NEWEST = ("-id",)


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """What the viewer asked to see. `view` of VIEWS; `move`: "", ours, theirs; `after`: cursor of the page before."""

    view: str = "mine"
    words: str = ""
    client: uuid.UUID | None = None
    move: str = ""
    after: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One line. `left`: open seconds of the promised time to working again; None where nothing is promised."""

    ticket: Ticket
    zone: str
    hot: bool
    why: Why
    mine: bool
    left: int | None
    stands: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Counts:
    """Of everything the viewer works on."""

    hot: int
    open: int
    clients: int
    mine: int
    unheard: int
    waiting: int
    snoozed: int
    held: int


@dataclasses.dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue; `after` is where the next one goes on, "" at the end."""

    rows: list[Row]
    counts: Counts
    after: str


def queue_of(viewer: Viewer, wanted: Wanted, now: dt.datetime) -> Queue:
    """Return the page of the queue: two queries."""
    ours = tickets_supplied_by(viewer)
    counts = _counts(viewer, ours, now)
    # The page is found by an index alone and joined then: SQLite would join all that fits before it sorts.
    found = Ticket.objects.filter(pk__in=_wanted(viewer, ours, wanted, now).values("pk")[: ROWS + 1])
    joined = found.select_related("business", "work_item", "requester", "assignee", "verdict").only(*_READ)
    rows = list(joined.order_by(*(_NEWEST if wanted.words else _MOST_URGENT)))
    more = len(rows) > ROWS
    rows = rows[:ROWS]
    return Queue(
        rows=[_row(viewer, ticket, now) for ticket in rows],
        counts=counts,
        after=_cursor(rows[-1], wanted) if more else "",
    )


def queue_listed(viewer: Viewer, wanted: Wanted, now: dt.datetime) -> QuerySet[Ticket]:
    """Return everything of a view of the queue, in its order."""
    whole = dataclasses.replace(wanted, after="")
    return _wanted(viewer, tickets_supplied_by(viewer), whole, now)


def _counts(viewer: Viewer, ours: QuerySet[Ticket], now: dt.datetime) -> Counts:
    is_open = Q(state=TicketState.OPEN)
    numbers = ours.filter(_LIVE).aggregate(
        hot=Count("pk", filter=Q(attention_at__lte=now + HOT_WITHIN)),
        open=Count("pk", filter=is_open),
        clients=Count("business", filter=is_open, distinct=True),
        mine=Count("pk", filter=_mine(viewer, now)),
        unheard=Count("pk", filter=is_open & Q(respond_by__isnull=False)),
        waiting=Count("pk", filter=is_open & Q(move__in=_WAITING)),
        snoozed=Count("pk", filter=is_open & _asleep(viewer, now)),
        held=Count("pk", filter=Q(workaround_until__lt=_today(now))),
    )
    return Counts(**numbers)


def _mine(viewer: Viewer, now: dt.datetime) -> Q:
    """My move: the supplier's, handed to me or to nobody in particular, and not snoozed by us."""
    handed = Q(assignee=None) | Q(assignee__in=list(viewer.persons))
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=now) | ~Q(snoozed_for__in=list(viewer.sees.suppliers))
    return _STANDS & Q(move=Move.SUPPLIER) & handed & awake


def _asleep(viewer: Viewer, now: dt.datetime) -> Q:
    """Snoozed by us. What is due within two hours is not: see `logic.snoozing`."""
    return Q(snoozed_until__gt=now, snoozed_for__in=list(viewer.sees.suppliers))


def _wanted(viewer: Viewer, ours: QuerySet[Ticket], wanted: Wanted, now: dt.datetime) -> QuerySet[Ticket]:
    if wanted.client is not None:
        ours = ours.filter(business=wanted.client)
    if wanted.move:
        ours = ours.filter(move__in=[Move.SUPPLIER] if wanted.move == "ours" else _WAITING)
    if wanted.words:
        return _newest_first(searched(viewer, ours, wanted.words), wanted.after)
    ours = ours.filter(_LIVE)
    narrowed = {
        "mine": ours.filter(_mine(viewer, now)),
        "all": ours.filter(_STANDS),
        "unheard": ours.filter(_OPEN, respond_by__isnull=False),
        "waiting": ours.filter(_OPEN, move__in=_WAITING),
        "snoozed": ours.filter(_OPEN, _asleep(viewer, now)),
        "held": ours.filter(workaround_until__lt=_today(now)),
    }[wanted.view]
    return _most_urgent_first(narrowed, wanted.after)


def _most_urgent_first(tickets: QuerySet[Ticket], after: str) -> QuerySet[Ticket]:
    tickets = tickets.order_by(*_MOST_URGENT)
    key = read_cursor(after, "nmu")
    if key is None:
        return tickets
    attention, opened, ref = key
    later = Q(opened_at__gt=opened) | Q(opened_at=opened, id__gt=ref)
    if attention is None:
        return tickets.filter(later, attention_at=None)
    return tickets.filter(Q(attention_at__gt=attention) | Q(attention_at=None) | (Q(attention_at=attention) & later))


def _newest_first(tickets: QuerySet[Ticket], after: str) -> QuerySet[Ticket]:
    key = read_cursor(after, "u")
    return tickets.filter(id__lt=key[0]).order_by(*_NEWEST) if key else tickets.order_by(*_NEWEST)


def _cursor(last: Ticket, wanted: Wanted) -> str:
    return cursor(last.id) if wanted.words else cursor(last.attention_at, last.opened_at, last.id)


def _row(viewer: Viewer, ticket: Ticket, now: dt.datetime) -> Row:
    zone = ticket.business.zone
    verdict = getattr(ticket, "verdict", None)
    facts = facts_from_json(verdict.inputs) if verdict and ticket.state == TicketState.OPEN else None
    left, stands = _our_clock(ticket, facts, now)
    standing = Standing(
        state=ticket.state,
        move=ticket.move,
        next_word_by=ticket.next_word_by,
        respond_by=ticket.respond_by,
        restore_by=ticket.restore_by,
        workaround_until=ticket.workaround_until,
        paused_silently=ticket.move in _WAITING and facts is not None and _silently(facts),
        snoozed_until=ticket.snoozed_until if ticket.snoozed_for_id in viewer.sees.suppliers else None,
    )
    return Row(
        ticket=ticket,
        zone=zone,
        hot=is_hot(ticket.attention_at, now),
        why=why_here(standing, now, now.astimezone(zone_named(zone)).date()),
        mine=ticket.move == Move.SUPPLIER and ticket.assignee_id in viewer.persons,
        left=left,
        stands=stands,
    )


def _our_clock(ticket: Ticket, facts: TicketFacts | None, now: dt.datetime) -> tuple[int | None, bool]:
    """Open seconds left to working again, and whether the clock stands."""
    target = facts.targets.get(str(ticket.priority)) if facts else None
    if facts is None or target is None or target.restore_minutes is None:
        return None, False
    try:
        ran = provider_seconds(facts, target, now)
    except (NoTimes, NeverOpen):
        return None, False
    return target.restore_minutes * 60 - ran, standstill(facts, now) is not None


def _silently(facts: TicketFacts) -> bool:
    return any(pause.question_id is None and pause.ended_at is None for pause in facts.pauses)


def _today(now: dt.datetime) -> dt.date:
    # Clients in several zones share one count; a day's difference at midnight is not worth a query each.
    return now.date()

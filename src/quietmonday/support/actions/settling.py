"""How a ticket ends, and how it comes back."""

import datetime as dt

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.kit.text import clean_text
from quietmonday.outbox.actions import put
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.actions.known_faults import end_with_ticket, show_again
from quietmonday.support.actions.verdicts import refresh
from quietmonday.support.actions.waiting import end_pause, end_promise
from quietmonday.support.actions.waking import asleep_again
from quietmonday.support.models import (
    FeedbackQuestion,
    Pause,
    Promise,
    Reopening,
    Repeat,
    Resolution,
    SetAside,
    Ticket,
    TicketState,
)
from quietmonday.support.queries.tickets import locked
from quietmonday.work.actions.items import close_item

RESOLUTIONS = ("fixed", "workaround", "unknown")
FEEDBACK_DAYS = 14


class CannotSettle(ValueError):
    """The ticket does not stand where this verb needs it."""


@transaction.atomic
def resolve(
    *,
    ticket: Ticket,
    kind: str,
    actor: Actor,
    now: dt.datetime,
    note: str = "",
    workaround_until: dt.date | None = None,
    automatic: bool = False,
) -> Resolution:
    """Say that it works again: `fixed` for good, held by a `workaround` until a date, or `unknown` why.

    Asks the requester, once, whether it is solved. Raises CannotSettle when it is settled already or the
    workaround has no date to come.
    """
    ticket = locked(ticket.id)
    if ticket.state != TicketState.OPEN:
        raise CannotSettle("it is settled already: open it again first")
    if kind not in RESOLUTIONS:
        raise CannotSettle("say whether it is fixed for good, held by a workaround, or you do not know")
    if kind == "workaround" and (workaround_until is None or workaround_until < now.date()):
        raise CannotSettle("a workaround needs the date of its permanent fix, today or later")
    resolution = Resolution.objects.create(
        business=ticket.business,
        ticket=ticket,
        kind=kind,
        at=now,
        by_name=actor.name,
        note=clean_text(note),
        workaround_until=workaround_until if kind == "workaround" else None,
        automatic=automatic,
    )
    end_pause(ticket=ticket, at=now)
    end_promise(ticket=ticket, at=now)
    _stand(ticket, TicketState.RESOLVED, resolved_at=now)
    end_with_ticket(ticket=ticket, by_name=actor.name, now=now)
    write_entry(
        ticket=ticket,
        verb="resolved",
        actor=actor,
        payload={
            "kind": kind,
            "note": resolution.note,
            "until": workaround_until.isoformat() if workaround_until else None,
            "automatic": automatic,
        },
        occurred_at=now,
        now=now,
    )
    put(topic="support.settled", ids={"resolution": str(resolution.id)}, now=now, business_id=ticket.business_id)
    if ticket.requester_id:
        question = FeedbackQuestion.objects.create(
            business=ticket.business,
            ticket=ticket,
            resolution=resolution,
            person_id=ticket.requester_id,
            asked_at=now,
            closes_at=now + dt.timedelta(days=FEEDBACK_DAYS),
        )
        put(topic="support.ask_feedback", ids={"question": str(question.id)}, now=now, business_id=ticket.business_id)
    refresh(ticket=ticket, now=now)
    return resolution


@transaction.atomic
def fix_permanently(*, ticket: Ticket, actor: Actor, now: dt.datetime) -> Resolution:
    """The workaround of a settled ticket gives way to the permanent fix. Raises CannotSettle without one."""
    ticket = locked(ticket.id)
    held = Resolution.objects.filter(ticket=ticket, kind="workaround", fixed_at=None).order_by("-at").first()
    if held is None or ticket.state != TicketState.RESOLVED:
        raise CannotSettle("no workaround holds this request")
    held.fixed_at, held.fixed_by_name = now, actor.name
    held.save(update_fields=["fixed_at", "fixed_by_name"])
    refresh(ticket=ticket, now=now)
    write_entry(ticket=ticket, verb="fixed_permanently", actor=actor, payload={}, occurred_at=now, now=now)
    return held


@transaction.atomic
def reopen(*, ticket: Ticket, actor: Actor, now: dt.datetime, note: str = "") -> Reopening:
    """It was not settled after all: the ticket is open again, its start unchanged."""
    ticket = locked(ticket.id)
    if ticket.state == TicketState.OPEN:
        raise CannotSettle("it is open")
    if ticket.part_of_id:
        raise CannotSettle("it is part of another request: take it out of that first")
    reopening = Reopening.objects.create(
        business=ticket.business, ticket=ticket, at=now, by_name=actor.name, note=clean_text(note)
    )
    _stand(ticket, TicketState.OPEN, resolved_at=None)
    refresh(ticket=ticket, now=now)
    put(topic="support.reopened", ids={"ticket": str(ticket.id)}, now=now, business_id=ticket.business_id)
    write_entry(ticket=ticket, verb="reopened", actor=actor, payload={"note": reopening.note}, occurred_at=now, now=now)
    return reopening


@transaction.atomic
def set_aside(*, ticket: Ticket, state: str, actor: Actor, now: dt.datetime, note: str = "") -> SetAside:
    """It is no call for help: cancelled, duplicate or spam. It gets no verdict and stays listed."""
    if state not in {TicketState.CANCELLED, TicketState.DUPLICATE, TicketState.SPAM}:
        raise CannotSettle("say whether it is cancelled, a duplicate or spam")
    ticket = locked(ticket.id)
    if ticket.state != TicketState.OPEN:
        raise CannotSettle("it is settled already")
    end_pause(ticket=ticket, at=now)
    end_promise(ticket=ticket, at=now, kept=None)
    _stand(ticket, state, resolved_at=None, closed_at=now)
    end_with_ticket(ticket=ticket, by_name=actor.name, now=now)
    aside = SetAside.objects.create(
        business=ticket.business, ticket=ticket, state=state, at=now, by_name=actor.name, note=clean_text(note)
    )
    refresh(ticket=ticket, now=now)
    write_entry(
        ticket=ticket,
        verb="set_aside",
        actor=actor,
        payload={"as": state, "note": aside.note},
        occurred_at=now,
        now=now,
    )
    return aside


@transaction.atomic
def undo_aside(*, aside: SetAside, actor: Actor, now: dt.datetime) -> None:
    """It was set aside by a slip: it is open again as if it had not been, its promise and its pause as they were.

    No reopening: nobody had said that it was settled. The journal tells of both. Raises CannotSettle if it was opened,
    or set aside anew, since.
    """
    ticket = locked(aside.ticket_id)
    last = SetAside.objects.filter(ticket=ticket).order_by("at", "id").last()
    if last is None or last.pk != aside.pk or ticket.state != last.state or ticket.part_of_id:
        raise CannotSettle("it was changed since")
    for ended in (Promise, Pause):
        row = ended._default_manager.filter(ticket=ticket).order_by("-ended_at", "-pk").first()
        if row is not None and row.ended_at == last.at:
            row.ended_at = None
            if isinstance(row, Promise):
                row.kept = None
            row.save()
    state, at = last.state, last.at
    last.delete()
    _stand(ticket, TicketState.OPEN, resolved_at=None)
    asleep_again(ticket=ticket, ended_at=at, now=now)
    show_again(ticket=ticket, ended_at=at)
    refresh(ticket=ticket, now=now)
    write_entry(ticket=ticket, verb="aside_undone", actor=actor, payload={"as": state}, occurred_at=now, now=now)


@transaction.atomic
def link_repeat(*, earlier: Ticket, later: Ticket, actor: Actor, now: dt.datetime) -> Repeat:
    """Say that `later` is the same problem as `earlier`, which then was not fixed for good."""
    earlier = locked(earlier.id)
    if later.opened_at < earlier.opened_at:
        raise CannotSettle("the earlier request comes first")
    repeat, new = Repeat.objects.get_or_create(
        earlier=earlier, later=later, defaults={"business": earlier.business, "linked_at": now, "by_name": actor.name}
    )
    if new:
        write_entry(
            ticket=earlier,
            verb="repeated",
            actor=actor,
            payload={"later": str(later.id)},
            occurred_at=now,
            now=now,
        )
        refresh(ticket=earlier, now=now)
    return repeat


def _stand(
    ticket: Ticket, state: str, *, resolved_at: dt.datetime | None, closed_at: dt.datetime | None = None
) -> None:
    ticket.state = state
    ticket.resolved_at = resolved_at
    ticket.save(update_fields=["state", "resolved_at"])
    close_item(item=ticket.work_item, closed_at=closed_at or resolved_at)

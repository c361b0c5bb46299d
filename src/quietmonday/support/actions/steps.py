"""The checklist of a ticket. What a step of one supplier says stays out of the shared chain, as a note does."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from quietmonday.kit.actors import Actor
from quietmonday.kit.text import clean_line
from quietmonday.people.models import Supplier
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.logic.ticket_templates import LONGEST_STEP, MOST_STEPS
from quietmonday.support.models import Step, Ticket
from quietmonday.support.queries.tickets import locked


class TooManySteps(ValueError):
    """A checklist that nobody would work through."""


@transaction.atomic
def add_steps(
    *, ticket: Ticket, texts: Sequence[str], supplier: Supplier | None, actor: Actor, now: dt.datetime
) -> list[Step]:
    """Add steps at the end of the checklist; of `supplier` only its own people see them. Raises TooManySteps."""
    ticket = locked(ticket.id)
    before = Step.objects.filter(ticket=ticket)
    if before.count() + len(texts) > MOST_STEPS:
        raise TooManySteps(f"at most {MOST_STEPS} steps")
    last = before.aggregate(last=Max("position"))["last"] or 0
    added = Step.objects.bulk_create(
        Step(
            business=ticket.business,
            ticket=ticket,
            supplier=supplier,
            position=position,
            text=clean_line(text, LONGEST_STEP) or "…",
        )
        for position, text in enumerate(texts, last + 1)
    )
    if added:
        _mark(ticket)
        _entry(ticket, "steps_added", supplier.id if supplier else None, [step.text for step in added], actor, now)
    return added


@transaction.atomic
def tick_step(*, step: Step, actor: Actor, now: dt.datetime) -> bool:
    """Somebody has done it. False if it was ticked before: who was first stays."""
    return _set(step, at=now, by=actor.name, verb="step_ticked", actor=actor, now=now)


@transaction.atomic
def untick_step(*, step: Step, actor: Actor, now: dt.datetime) -> bool:
    """It is not done after all. False if it was not ticked."""
    return _set(step, at=None, by="", verb="step_unticked", actor=actor, now=now)


@transaction.atomic
def move_step(*, step: Step, by: int, actor: Actor, now: dt.datetime) -> bool:
    """Move a step up (`by` -1) or down (1) by one place; False at the end of the list."""
    ticket = locked(step.ticket_id)
    steps = list(Step.objects.filter(ticket=ticket))
    here = next((place for place, each in enumerate(steps) if each.pk == step.pk), None)
    if here is None or not 0 <= here + by < len(steps):
        return False
    steps.insert(here + by, steps.pop(here))
    for position, each in enumerate(steps, 1):
        each.position = position
    Step.objects.bulk_update(steps, ["position"])
    _told(ticket, "step_moved", step, actor, now)
    return True


@transaction.atomic
def remove_step(*, step: Step, actor: Actor, now: dt.datetime) -> bool:
    """Take a step off the list; the journal keeps that it was there. False if it is gone already."""
    ticket = locked(step.ticket_id)
    removed, _by_table = Step.objects.filter(pk=step.pk).delete()
    if not removed:
        return False
    _mark(ticket)
    _told(ticket, "step_removed", step, actor, now)
    return True


def _set(step: Step, *, at: dt.datetime | None, by: str, verb: str, actor: Actor, now: dt.datetime) -> bool:
    ticket = locked(step.ticket_id)
    row = Step.objects.filter(pk=step.pk).first()
    if row is None or (row.ticked_at is None) == (at is None):
        return False
    row.ticked_at, row.ticked_by = at, by
    row.save(update_fields=["ticked_at", "ticked_by"])
    _told(ticket, verb, row, actor, now)
    return True


def _told(ticket: Ticket, verb: str, step: Step, actor: Actor, now: dt.datetime) -> None:
    _entry(ticket, verb, step.supplier_id, [step.text], actor, now)


def _entry(
    ticket: Ticket, verb: str, supplier: uuid.UUID | None, texts: list[str], actor: Actor, now: dt.datetime
) -> None:
    """A shared step is told in its words; of one that is a supplier's own, its people alone are shown that there is
    one."""
    own = supplier is not None
    payload: dict[str, Any] = {"steps": len(texts), **({"supplier": str(supplier)} if own else {"text": texts})}
    write_entry(
        ticket=ticket, verb=f"own_{verb}" if own else verb, actor=actor, payload=payload, occurred_at=now, now=now
    )


def _mark(ticket: Ticket) -> None:
    """Say on the ticket whether it has a checklist."""
    ticket.has_steps = Step.objects.filter(ticket=ticket).exists()
    ticket.save(update_fields=["has_steps"])

"""Which of many requests somebody may change at once, and in whose name each."""

from __future__ import annotations

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Collection

from django.http import Http404

from quietmonday.kit.actors import Actor
from quietmonday.people.access import Viewer
from quietmonday.people.models import Person
from quietmonday.support.models import BulkEdit, Ticket, TicketEngagement


@dataclasses.dataclass(frozen=True, slots=True)
class Worked:
    """A request on which somebody works: for which supplier, as whom, and which chains tell of it."""

    id: uuid.UUID
    business_id: uuid.UUID
    number: int
    subject: str
    supplier_id: uuid.UUID
    engagement_ids: tuple[uuid.UUID, ...]
    actor: Actor


def tickets_worked_on(viewer: Viewer, refs: Collection[uuid.UUID]) -> list[Worked]:
    """Return those of `refs` on which the viewer works as a supplier, in their order; two queries.

    What is not theirs to change is left out like what does not exist: whoever asks cannot tell which it is.
    """
    parties: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    rows = TicketEngagement.objects.filter(ticket__in=refs, ended_at=None).order_by("since", "id")
    for ticket, engagement in rows.values_list("ticket_id", "engagement_id"):
        parties[ticket].append(engagement)
    ours = {
        ticket: next(viewer.engagement_supplier[each] for each in engagements if each in viewer.engagements)
        for ticket, engagements in parties.items()
        if any(each in viewer.engagements for each in engagements)
    }
    found = Ticket.objects.filter(pk__in=list(ours)).values_list("pk", "business_id", "work_item__number", "subject")
    known = {row[0]: row for row in found}
    return [
        Worked(
            *known[ref],
            supplier_id=ours[ref],
            engagement_ids=tuple(parties[ref]),
            actor=_actor(viewer, ours[ref]),
        )
        for ref in dict.fromkeys(refs)
        if ref in known
    ]


def editor(viewer: Viewer) -> Person:
    """Return as whom the viewer changes many requests at once; Http404 for who works for no supplier."""
    person = Person.objects.filter(pk__in=list(viewer.persons), supplier__in=viewer.suppliers).order_by("pk").first()
    if person is None:
        raise Http404
    return person


def bulk_edit_for(viewer: Viewer, ref: uuid.UUID) -> BulkEdit:
    """Return an edit that the viewer made; Http404 for every other."""
    edit = BulkEdit.objects.filter(pk=ref, person__in=list(viewer.persons)).first()
    if edit is None:
        raise Http404
    return edit


def _actor(viewer: Viewer, supplier: uuid.UUID) -> Actor:
    person = viewer.person_at[supplier]
    return Actor(id=person, name=viewer.signed(viewer.persons[person]))

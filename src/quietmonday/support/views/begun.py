"""Words that stand in the message box when a page opens: a text kept ready, or a reply that was withdrawn."""

from __future__ import annotations

import uuid

from quietmonday.people.access import Viewer, ViewerRequest
from quietmonday.support.access import canned_replies_of, scheduled_visible_to, supplier_side
from quietmonday.support.logic.canned import NEXT_WORD, filled, first_name
from quietmonday.support.models import Ticket
from quietmonday.support.queries.canned import names_read


def words_begun(request: ViewerRequest, ticket: Ticket) -> dict[str, str]:
    """Return what the address asks for: `?canned=` a text kept ready, `?again=` a reply that was withdrawn; else {}."""
    canned, again = _uuid(request.GET.get("canned", "")), _uuid(request.GET.get("again", ""))
    supplier = supplier_side(request.viewer, ticket) if canned or again else None
    if supplier is None:
        return {}
    if canned:
        row = canned_replies_of(request.viewer).filter(pk=canned, supplier=supplier).first()
        return {"text": put_into(row.text, request.viewer, ticket, supplier), "canned": str(canned)} if row else {}
    if again:
        late = scheduled_visible_to(request.viewer).filter(pk=again, ticket=ticket, withdrawn_at__isnull=False).first()
        return {"text": late.text} if late and late.supplier_id == supplier else {}
    return {}


def put_into(text: str, viewer: Viewer, ticket: Ticket, supplier: uuid.UUID) -> str:
    """Return a text kept ready as it would be sent about `ticket`: everything known is put in, once.

    The next word has no value before it is promised: its name stays, and sending asks for the time.
    """
    person = viewer.person_at.get(supplier)
    requester = ticket.requester.name if ticket.requester else ""
    values = {
        "requester": requester or ticket.business.name,
        "first_name": first_name(requester) or ticket.business.name,
        "number": str(ticket.work_item.number),
        "subject": ticket.subject,
        "business": ticket.business.name,
        "technician": viewer.persons.get(person, "") if person else "",
        "supplier": viewer.place_names[supplier],
        NEXT_WORD: f"{{{{ {names_read()[NEXT_WORD]} }}}}",
    }
    return filled(text, values)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None

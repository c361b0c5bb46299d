"""Who sees and who touches a ticket: the only door for views.

| who | sees | may |
|---|---|---|
| owner, stand-in of the business | every ticket of it, public messages | write, reopen, say it is no request |
| staff | the tickets they asked for, public messages | write, reopen, say whether it was solved |
| technician, manager of a supplier whose open engagement it concerns | it, public messages, own notes | work on it |
| member of a supplier that was let read its past | it as it stood then: public messages, own notes | nothing |
| anybody else | nothing: the same 404 as "absent" | nothing |
"""

import datetime as dt
import uuid

from django.core.exceptions import PermissionDenied
from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull
from django.http import Http404

from quietmonday.kit.actors import Actor
from quietmonday.kit.signing import signed_by_us
from quietmonday.people.access import Viewer, holding
from quietmonday.people.models import Business, Engagement, HistoryGrant, Membership, Person, Role, Supplier
from quietmonday.post.models import InboxItem, Mailbox, SilencedSender
from quietmonday.support.models import Attachment, FeedbackQuestion, Message, SheetImport, Ticket, TicketEngagement


def tickets_visible_to(viewer: Viewer) -> QuerySet[Ticket]:
    """Return the tickets the viewer may see."""
    seen = Q(pk__in=[])
    if viewer.leads:
        seen |= Q(business__in=viewer.leads)
    if viewer.staff_of:
        seen |= Q(business__in=viewer.staff_of, requester__in=list(viewer.persons))
    if viewer.engagements:
        seen |= Q(_concerns(viewer))
    return Ticket.objects.filter(seen)


def tickets_supplied_by(viewer: Viewer) -> QuerySet[Ticket]:
    """Return the tickets on which the viewer works for a supplier."""
    return Ticket.objects.filter(_concerns(viewer))


def _concerns(viewer: Viewer) -> IsNull:
    """Whether a ticket concerns an open engagement of the viewer's suppliers.

    Written so that both engines look up the parties of one ticket, which are few, whatever the history. An EXISTS makes
    PostgreSQL read all parties there are into a hash; without COALESCE, SQLite tries every engagement of the viewer in
    turn by the index that begins with it: fifty searches a ticket.
    """
    parties = TicketEngagement.objects.alias(of=Coalesce("engagement_id", "engagement_id"))
    ours = parties.filter(ticket=OuterRef("pk"), of__in=list(viewer.engagements))
    return IsNull(Subquery(ours.values("engagement")[:1]), False)


def ticket_for(viewer: Viewer, ref: uuid.UUID) -> Ticket:
    """Return the ticket with its people, number and verdict in one query; Http404 for outsiders and when absent."""
    ticket = (
        tickets_visible_to(viewer)
        .select_related("business", "work_item", "requester", "assignee", "verdict")
        .filter(pk=ref)
        .first()
    )
    if ticket is None:
        raise Http404
    return ticket


def ticket_worked_by(viewer: Viewer, ref: uuid.UUID) -> Ticket:
    """Return the ticket if the viewer works on it for a supplier; Http404 unseen, PermissionDenied seen only."""
    ticket = ticket_for(viewer, ref)
    if not works_on(viewer, ticket):
        raise PermissionDenied
    return ticket


def ticket_asked_by(viewer: Viewer, ref: uuid.UUID) -> Ticket:
    """Return the ticket if the viewer asked for it or leads its business; else as `ticket_worked_by`."""
    ticket = ticket_for(viewer, ref)
    if not asked_for(viewer, ticket):
        raise PermissionDenied
    return ticket


def works_on(viewer: Viewer, ticket: Ticket) -> bool:
    """Return whether the viewer sees the ticket as a supplier of it."""
    return supplier_side(viewer, ticket) is not None


def supplier_side(viewer: Viewer, ticket: Ticket) -> uuid.UUID | None:
    """Return the supplier for which the viewer works on the ticket, the first concerned if several; else None."""
    if not viewer.supplies(ticket.business_id):
        return None
    parties = TicketEngagement.objects.filter(ticket=ticket, engagement__in=list(viewer.engagements))
    first = parties.order_by("since", "id").values_list("engagement_id", flat=True).first()
    return viewer.engagement_supplier[first] if first else None


def voice_of(viewer: Viewer, ticket: Ticket, supplier: uuid.UUID | None) -> tuple[Person, Actor]:
    """Return as whom the viewer speaks on a visible ticket: a person of `supplier`, or (None) of the business."""
    ref = viewer.person_at.get(supplier) if supplier else viewer.person_at.get(ticket.business_id)
    if ref is None:
        raise PermissionDenied
    person = Person.objects.get(pk=ref)
    return person, Actor(id=person.id, name=person.name)


def asked_for(viewer: Viewer, ticket: Ticket) -> bool:
    """Return whether the viewer is on the asking side: requester, owner or stand-in."""
    return ticket.business_id in viewer.leads or (
        ticket.business_id in viewer.staff_of and ticket.requester_id in viewer.persons
    )


def messages_visible_to(viewer: Viewer, ticket: Ticket) -> QuerySet[Message]:
    """Return the messages of a visible ticket: public ones, and notes of the viewer's own supplier."""
    return Message.objects.filter(Q(public=True) | Q(supplier__in=viewer.suppliers), ticket=ticket)


def past_tickets_visible_to(viewer: Viewer) -> QuerySet[Ticket]:
    """Return the tickets whose past a business lets the viewer's suppliers read, each with `until`: up to when.

    people.logic.history says the rule in words of its own; a test compares the two.
    """
    held = HistoryGrant.objects.filter(reader__in=viewer.suppliers, ended_at=None)
    tickets = Ticket.objects.filter(business__in=held.values("business"))
    grants = "engagement__history_grants__"
    parties = (
        TicketEngagement.objects.filter(
            Q(**{f"{grants}since": None}) | Q(**{f"{grants}since__lte": OuterRef("opened_at")}),
            **{
                f"{grants}reader__in": viewer.suppliers,
                f"{grants}ended_at": None,
                f"{grants}until__gt": OuterRef("opened_at"),
            },
            since__lt=F(f"{grants}until"),
            ticket=OuterRef("pk"),
        )
        .order_by()
        .values("ticket")
        .annotate(last=Max(f"{grants}until"))
        .values("last")
    )
    return tickets.annotate(until=Subquery(parties)).filter(until__isnull=False)


def past_ticket_for(viewer: Viewer, ref: uuid.UUID) -> tuple[Ticket, dt.datetime]:
    """Return a ticket whose past the viewer may read, and up to when; Http404 for outsiders and when absent."""
    ticket = past_tickets_visible_to(viewer).select_related("business", "work_item", "requester").filter(pk=ref).first()
    if ticket is None:
        raise Http404
    return ticket, ticket.__dict__["until"]


def past_messages_visible_to(viewer: Viewer, ticket: Ticket, until: dt.datetime) -> QuerySet[Message]:
    """Return what was on the record before `until`: public messages, and notes of the viewer's own supplier."""
    return messages_visible_to(viewer, ticket).filter(recorded_at__lt=until)


def attachment_for(viewer: Viewer, ref: uuid.UUID) -> Attachment:
    """Return the attachment if its message is visible to the viewer; Http404 otherwise."""
    attachment = Attachment.objects.select_related("file__business", "message__ticket").filter(pk=ref).first()
    if attachment is None:
        raise Http404
    if not _messages_read_by(viewer, attachment.message.ticket_id).filter(pk=attachment.message_id).exists():
        raise Http404
    return attachment


def _messages_read_by(viewer: Viewer, ref: uuid.UUID) -> QuerySet[Message]:
    """The messages of a ticket that the viewer sees, or whose past it may read; Http404 if neither."""
    try:
        return messages_visible_to(viewer, ticket_for(viewer, ref))
    except Http404:
        past = past_tickets_visible_to(viewer).filter(pk=ref).first()
        if past is None:
            raise
        return past_messages_visible_to(viewer, past, past.__dict__["until"])


def ticket_by_number(viewer: Viewer, business: uuid.UUID, number: int) -> Ticket | None:
    """Return a visible ticket of the business by the number that people say; None for outsiders and when absent."""
    return tickets_visible_to(viewer).filter(business=business, work_item__number=number).first()


def ticket_of_origin(viewer: Viewer, business: uuid.UUID, origin: str) -> Ticket:
    """Return the visible ticket that this origin caused; Http404 otherwise."""
    ticket = tickets_visible_to(viewer).filter(business=business, work_item__origin=origin).first()
    if ticket is None:
        raise Http404
    return ticket


def question_asked_of(viewer: Viewer, ref: uuid.UUID) -> tuple[Ticket, FeedbackQuestion]:
    """Return the ticket and the latest question whether it is solved, if it is the viewer who was asked.

    Http404 unseen; PermissionDenied for anybody else and when nothing was asked.
    """
    ticket = ticket_for(viewer, ref)
    question = (
        FeedbackQuestion.objects.filter(ticket=ticket, person__in=list(viewer.persons)).order_by("asked_at").last()
    )
    if question is None:
        raise PermissionDenied
    return ticket, question


def business_reported_by(viewer: Viewer, ref: uuid.UUID) -> Business:
    """Return the business if the viewer is a member of it and so may ask for help there; Http404 otherwise."""
    if ref not in viewer.leads | viewer.staff_of:
        raise Http404
    return Business.objects.get(pk=ref)


def business_served_by(viewer: Viewer, ref: uuid.UUID) -> Business:
    """Return the business if the viewer works for it and so may log what its people said; Http404 otherwise."""
    if not viewer.supplies(ref):
        raise Http404
    return Business.objects.get(pk=ref)


def person_reporting(viewer: Viewer, business: Business) -> Person:
    """Return as whom the viewer asks for help at its own business."""
    return Person.objects.get(pk=viewer.person_at[business.id])


def engagements_open_at(business: Business, now: dt.datetime) -> list[Engagement]:
    """Return who supplies the business at `now`, oldest first."""
    rows = Engagement.objects.filter(holding(now), business=business)
    return list(rows.select_related("supplier", "business", "calendar", "owner").order_by("starts_at", "id"))


def engagements_served(viewer: Viewer, business: Business) -> list[Engagement]:
    """Return the open engagements through which the viewer works for the business, oldest first."""
    rows = Engagement.objects.filter(pk__in=viewer.supplies(business.id))
    return list(rows.select_related("supplier", "business", "calendar", "owner").order_by("starts_at", "id"))


def requesters_known_to(viewer: Viewer, business: Business) -> list[Person]:
    """Return whom of the business the viewer's suppliers have met: its owner, its stand-in, who asked before."""
    asked = tickets_supplied_by(viewer).filter(business=business, requester__isnull=False).values("requester")
    named = Engagement.objects.filter(pk__in=viewer.supplies(business.id))
    known = Q(pk__in=asked) | Q(pk__in=named.values("owner")) | Q(pk__in=named.values("stand_in"))
    return sorted(Person.objects.filter(known, business=business), key=lambda person: person.name.casefold())


def feedback_question(ref: uuid.UUID, mac: str) -> FeedbackQuestion:
    """Return the question that a signed link names; Http404 for any other link. No sign-in: the link is the key."""
    if not signed_by_us(mac, "feedback", str(ref)):
        raise Http404
    question = (
        FeedbackQuestion.objects.select_related("ticket__work_item", "business", "person", "resolution")
        .filter(pk=ref)
        .first()
    )
    if question is None:
        raise Http404
    return question


def inbox_visible_to(viewer: Viewer) -> QuerySet[InboxItem]:
    """Return what came in that the viewer may see, in any state.

    Owner and stand-in: what is their business's. Members of a supplier: what came to it, of no business yet or of a
    client's they still serve. Administrators: all.
    """
    if viewer.administrator:
        return InboxItem.objects.all()
    served = Q(business=None) | Q(business__in=set(viewer.engagements.values()))
    return InboxItem.objects.filter(Q(business__in=viewer.leads) | (Q(supplier__in=viewer.suppliers) & served))


def inbox_item_for(viewer: Viewer, ref: uuid.UUID) -> InboxItem:
    """Return an item with its bytes if the viewer may see it and we have them; Http404 otherwise."""
    rows = inbox_visible_to(viewer).select_related("raw", "business", "supplier")
    item = rows.filter(pk=ref, raw__isnull=False).first()
    if item is None:
        raise Http404
    return item


def engagements_of_item(viewer: Viewer, item: InboxItem, now: dt.datetime) -> list[Engagement]:
    """Return for which engagements the viewer may say that a kept mail is a request, by business.

    Those of the supplier to whose mailbox it came (of the one business, if it is of one): owner and stand-in their own,
    members of the supplier all that they serve. Empty for whoever sees the mail only.
    """
    rows = Engagement.objects.filter(holding(now), supplier=item.supplier_id)
    if item.business_id:
        rows = rows.filter(business=item.business_id)
    ours = rows.filter(Q(business__in=viewer.leads) | Q(pk__in=list(viewer.engagements)))
    return list(ours.select_related("business", "supplier", "calendar").order_by("business__name", "id"))


def decides_about_sender(viewer: Viewer, item: InboxItem) -> bool:
    """Return whether it is the viewer who says whose mail this is: owner and stand-in for a mailbox of their business,
    members of the supplier for a mailbox of all its clients."""
    if item.business_id:
        return item.business_id in viewer.leads
    return item.supplier_id in viewer.suppliers


def item_decided_by(viewer: Viewer, ref: uuid.UUID) -> InboxItem:
    """Return an item that asks who its sender is, if the viewer decides; Http404 unseen, PermissionDenied seen only."""
    item = inbox_item_for(viewer, ref)
    if not decides_about_sender(viewer, item):
        raise PermissionDenied
    return item


def asked_persons(viewer: Viewer, business: Business, named: str) -> list[Person]:
    """Return as whose request the viewer may put a mail on record: all of one's own business, by name; a supplier
    whom it has met there, and whoever bears the name that the mail is signed with."""
    if business.id in viewer.leads:
        return list(Person.objects.filter(business=business).order_by("name", "id"))
    met = requesters_known_to(viewer, business)
    bears = Person.objects.filter(business=business, name__iexact=named).exclude(pk__in=[each.pk for each in met])
    return sorted([*met, *(bears if named else ())], key=lambda person: person.name.casefold())


def persons_given_addresses_by(viewer: Viewer, business: Business, persons: list[Person]) -> list[Person]:
    """Return which of `persons` the viewer may give one more address.

    An owner all; a stand-in nobody who is an owner, a supplier no owner and no stand-in: whoever may give somebody an
    address of its own can write in their name.
    """
    if viewer.roles.get(business.id) == Role.OWNER:
        return persons
    above = [Role.OWNER] if business.id in viewer.leads else [Role.OWNER, Role.STAND_IN]
    rows = Membership.objects.filter(business=business, role__in=above, ends_at=None)
    shut = set(rows.values_list("person_id", flat=True))
    return [person for person in persons if person.id not in shut]


def silenced_by(viewer: Viewer) -> QuerySet[SilencedSender]:
    """Return the senders that are kept silently where the viewer decides, newest first."""
    own = Q(business__in=viewer.leads) | Q(business=None, supplier__in=viewer.suppliers)
    return SilencedSender.objects.filter(own, ended_at=None).select_related("business").order_by("-since", "-id")


def silenced_for(viewer: Viewer, ref: uuid.UUID) -> SilencedSender:
    """Return one of them; Http404 otherwise."""
    silenced = silenced_by(viewer).filter(pk=ref).first()
    if silenced is None:
        raise Http404
    return silenced


def suppliers_connected_by(viewer: Viewer) -> list[Supplier]:
    """Return for which suppliers the viewer may connect a mailbox: all (administrator), or those it manages."""
    rows = Supplier.objects.all() if viewer.administrator else Supplier.objects.filter(pk__in=viewer.manages)
    return list(rows.order_by("name", "id"))


def clients_connected_by(viewer: Viewer, now: dt.datetime) -> list[Engagement]:
    """Return the open engagements of those suppliers: for whom a mailbox may be read."""
    rows = Engagement.objects.filter(holding(now)).select_related("business", "supplier")
    if not viewer.administrator:
        rows = rows.filter(supplier__in=viewer.manages)
    return list(rows.order_by("business__name", "id"))


def mailboxes_of(viewer: Viewer) -> list[Mailbox]:
    """Return the mailboxes that are read now and that the viewer looks after."""
    rows = Mailbox.objects.filter(ended_at=None).select_related("business", "supplier")
    if not viewer.administrator:
        rows = rows.filter(supplier__in=viewer.manages)
    return list(rows.order_by("address", "id"))


def mailbox_for(viewer: Viewer, ref: uuid.UUID) -> Mailbox:
    """Return a mailbox that is read now and that the viewer looks after; Http404 otherwise."""
    found = next((mailbox for mailbox in mailboxes_of(viewer) if mailbox.id == ref), None)
    if found is None:
        raise Http404
    return found


def engagements_imported_by(viewer: Viewer, now: dt.datetime) -> list[Engagement]:
    """Return for which engagements the viewer may hand in mail files: all (administrator), or of the own business."""
    rows = Engagement.objects.filter(holding(now)).select_related("business", "supplier")
    if not viewer.administrator:
        rows = rows.filter(business__in=viewer.leads)
    return list(rows.order_by("business__name", "supplier__name", "id"))


def sheet_imports_of(viewer: Viewer) -> list[SheetImport]:
    """Return the newest logs handed in for the viewer's business (administrator: for any), of ended engagements too."""
    return list(
        _sheet_imports(viewer).select_related("business", "engagement__supplier").order_by("-handed_in_at", "-id")[:50]
    )


def _sheet_imports(viewer: Viewer) -> QuerySet[SheetImport]:
    rows = SheetImport.objects.all()
    return rows if viewer.administrator else rows.filter(business__in=viewer.leads)


def sheet_import_for(viewer: Viewer, ref: uuid.UUID) -> SheetImport:
    """Return one of them; Http404 otherwise."""
    rows = _sheet_imports(viewer).filter(pk=ref)
    found = rows.select_related("business", "engagement__supplier", "engagement__business", "file__business").first()
    if found is None:
        raise Http404
    return found


def engagement_imported_by(viewer: Viewer, ref: uuid.UUID, now: dt.datetime) -> Engagement:
    """Return one of them; Http404 otherwise."""
    found = next((each for each in engagements_imported_by(viewer, now) if each.id == ref), None)
    if found is None:
        raise Http404
    return found

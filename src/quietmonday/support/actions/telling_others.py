"""Mails to those who neither ask nor decide: somebody is named, it is settled, a supplier is called in."""

from __future__ import annotations

import datetime as dt
import uuid
from email.utils import make_msgid

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from quietmonday.kit.sentences import gettext_noop
from quietmonday.outbox.actions import enqueue_mail
from quietmonday.people.access import holding
from quietmonday.people.models import Membership, Person, Role
from quietmonday.people.queries import first_address_of
from quietmonday.support.actions.telling import Way, mail_about, ticket_told_of, who_may_answer
from quietmonday.support.models import CallIn, Message, Resolution, Ticket, TicketEngagement, Watcher
from quietmonday.support.queries.correspondents import departed
from quietmonday.support.queries.routes import AUTOMATIC, OURS, who_works_on
from quietmonday.support.queries.watchers import who_watches


def tell_named(*, message_id: uuid.UUID, person_id: uuid.UUID, now: dt.datetime) -> None:
    """Tell somebody that a message names them; of a note, where no answer by mail can go astray to the client."""
    message = Message.objects.get(pk=message_id)
    person = Person.objects.get(pk=person_id).kept()
    ticket = ticket_told_of(message.ticket_id)
    if message.erased_at is not None or person.id in departed([person.id], now):
        return
    with transaction.atomic():
        if not message.public:
            _of_a_note(ticket, message, person, now)
            return
        watching = [row for row in who_watches(ticket, now) if row.person_id == person.id]
        way = _way(ticket, watching, now)
        mail_about(ticket, message, person, "named", gettext_noop("You are named: %(subject)s"), now, way=way)


def tell_settled(*, resolution_id: uuid.UUID, now: dt.datetime) -> None:
    """Tell who hears of the ticket, and who reported it, that it is said to work again. Its requester is asked."""
    resolution = Resolution.objects.get(pk=resolution_id)
    ticket = ticket_told_of(resolution.ticket_id)
    reporter = ticket.reported_by
    gone = departed([reporter.id], now) if reporter else set()
    asked = {ticket.requester_id}
    message = Message.objects.filter(ticket=ticket).earliest("recorded_at", "id")
    subject = gettext_noop("Said to work again: %(subject)s")
    watching = [row for row in who_watches(ticket, now) if row.person_id not in asked]
    answer = who_may_answer(ticket, watching, now)
    extra = {"resolution": resolution}
    with transaction.atomic():
        kind = f"settled{resolution.id.hex}"
        if reporter and reporter.id not in gone | asked:
            mail_about(ticket, message, reporter, kind, subject, now, template="settled", extra=extra)
            asked.add(reporter.id)
        for row in watching:
            if row.person_id not in asked:
                way = Way(watcher=row, answered=row.person_id in answer)
                mail_about(ticket, message, row.person, kind, subject, now, template="settled", extra=extra, way=way)


def tell_called_in(*, party_id: uuid.UUID, now: dt.datetime) -> None:
    """Tell a supplier that the business has called it in."""
    party = TicketEngagement.objects.select_related("engagement").get(pk=party_id)
    if party.ended_at is not None:
        return
    ticket = ticket_told_of(party.ticket_id)
    message = Message.objects.filter(ticket=ticket).earliest("recorded_at", "id")
    with transaction.atomic():
        for person in who_works_on(ticket, now, only=party.engagement_id):
            kind = f"called{party.since:%Y%m%d%H%M%S}"
            subject = gettext_noop("You are called in: %(subject)s")
            extra = {"by": party.by_name, "all": party.sees_from is None}
            mail_about(ticket, message, person, kind, subject, now, template="called_in", extra=extra)


def tell_would_call_in(*, call_in_id: uuid.UUID, now: dt.datetime) -> None:
    """Tell owner and stand-in that a supplier would have another one look at a ticket."""
    row = CallIn.objects.select_related("supplier").get(pk=call_in_id)
    if row.answered_at is not None:
        return
    ticket = ticket_told_of(row.ticket_id)
    message = Message.objects.filter(ticket=ticket).earliest("recorded_at", "id")
    leads = Membership.objects.filter(
        holding(now), business=ticket.business_id, role__in=[Role.OWNER, Role.STAND_IN], person__isnull=False
    )
    persons = {lead.person_id: lead.person for lead in leads.select_related("person") if lead.person}
    subject = gettext_noop("Shall another supplier look at it? %(subject)s")
    extra = {"call_in": row, "people": settings.ADDRESS + reverse("support:people", args=[ticket.id])}
    with transaction.atomic():
        for person in persons.values():
            kind = f"callin{row.id.hex}"
            mail_about(ticket, message, person, kind, subject, now, template="would_call_in", extra=extra)


def _way(ticket: Ticket, watching: list[Watcher], now: dt.datetime) -> Way:
    if not watching:
        return Way()
    row = watching[0]
    return Way(watcher=row, answered=row.person_id in who_may_answer(ticket, watching, now))


def _of_a_note(ticket: Ticket, message: Message, person: Person, now: dt.datetime) -> None:
    """From the installation's own address, with an id that threads nowhere: an answer to it would be public."""
    address = first_address_of(person)
    if address is None or person.supplier_id != message.supplier_id:
        return
    with translation.override(ticket.business.language):
        subject = _("You are named in a note: %(subject)s") % {"subject": ticket.subject}
        text = render_to_string(
            "support/mail/named_in_note.txt",
            {
                "ticket": ticket,
                "number": ticket.work_item.number,
                "message": message,
                "address": settings.ADDRESS + reverse("support:ticket", args=[ticket.id]),
            },
        )
        enqueue_mail(
            key=f"ticket:{message.id}:note:{person.id}",
            recipient=address,
            sender=settings.DEFAULT_FROM_EMAIL,
            subject=f"{subject} [{ticket.work_item.number}]",
            text=text,
            headers=OURS | AUTOMATIC,
            message_id=make_msgid("note", domain=settings.HOST),
            now=now,
            business_id=ticket.business_id,
        )

"""Mails about a ticket: who is told what, with an address at which the answer threads."""

import datetime as dt
import re
import uuid
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from quietmonday.kit.faults import reached
from quietmonday.kit.sentences import gettext_noop
from quietmonday.kit.signing import sign
from quietmonday.outbox.actions import enqueue_mail
from quietmonday.outbox.queries import mails_made_to
from quietmonday.people.models import Address, Person
from quietmonday.people.queries import first_address_of
from quietmonday.support.actions.intake import reply_key
from quietmonday.support.models import FeedbackQuestion, Message, Side, Ticket
from quietmonday.support.queries.correspondents import departed
from quietmonday.support.queries.routes import AUTOMATIC, OURS, route, who_works_on

RECEIPTS_AN_HOUR, RECEIPTS_A_DAY = 1, 10


def tell_opened(*, ticket_id: uuid.UUID, now: dt.datetime) -> None:
    """Send the requester a receipt (capped), and tell those who work on the ticket."""
    ticket = _ticket(ticket_id)
    message = Message.objects.filter(ticket=ticket).earliest("recorded_at", "id")
    if not _live(message):
        return
    with transaction.atomic():
        _receipt(ticket, message, now)
        for person in who_works_on(ticket, now):
            _mail(ticket, message, person, "opened", gettext_noop("New request: %(subject)s"), now)
        reached("support.tell.before_commit")


def tell_said(*, message_id: uuid.UUID, now: dt.datetime) -> None:
    """Tell the other side of a public message."""
    message = Message.objects.get(pk=message_id)
    ticket = _ticket(message.ticket_id)
    if not message.public or not _live(message):
        return
    if message.side == Side.SUPPLIER:
        persons = [ticket.requester] if ticket.requester else []
    else:
        persons = who_works_on(ticket, now)
    with transaction.atomic():
        for person in persons:
            if person.id != message.author_id and person.id not in departed([person.id], now):
                _mail(ticket, message, person, "said", gettext_noop("Re: %(subject)s"), now)


def tell_reopened(*, ticket_id: uuid.UUID, now: dt.datetime) -> None:
    """Tell those who work on the ticket that it is open again."""
    ticket = _ticket(ticket_id)
    message = Message.objects.filter(ticket=ticket, public=True).latest("recorded_at", "id")
    times = ticket.reopenings.count()
    with transaction.atomic():
        for person in who_works_on(ticket, now):
            subject = gettext_noop("Not settled: %(subject)s")
            _mail(ticket, message, person, f"reopened{times}", subject, now)


def ask_whether_solved(*, question_id: uuid.UUID, now: dt.datetime) -> None:
    """Ask the requester by a signed link whether it is solved."""
    question = FeedbackQuestion.objects.select_related("resolution", "person").get(pk=question_id)
    ticket = _ticket(question.ticket_id)
    if question.person_id in departed([question.person_id], now):
        return
    message = Message.objects.filter(ticket=ticket).earliest("recorded_at", "id")
    with transaction.atomic():
        _mail(
            ticket,
            message,
            question.person,
            f"solved{question.id.hex}",
            gettext_noop("Is it working again? %(subject)s"),
            now,
            template="ask_solved",
            extra={
                "link": settings.ADDRESS + feedback_path(question),
                "resolution": question.resolution,
                "closes_at": question.closes_at,
            },
        )


def feedback_path(question: FeedbackQuestion) -> str:
    """Return the signed path of a feedback question; it fits this question and this purpose only."""
    return reverse("support:feedback", args=[question.id, sign("feedback", str(question.id))])


def _ticket(ticket_id: uuid.UUID) -> Ticket:
    return Ticket.objects.select_related("business", "work_item", "requester", "assignee").get(pk=ticket_id)


def _live(message: Message) -> bool:
    """A mail out of an imported file is history: nobody is told of it."""
    return message.inbox_item is None or message.inbox_item.source != "file"


def _receipt(ticket: Ticket, message: Message, now: dt.datetime) -> None:
    """An automatic receipt: to people we know, and not more often than a person can bear."""
    if ticket.requester is None:
        return
    address = first_address_of(ticket.requester)
    if address is None or _said_before(message, now):
        return
    # Two requests of one person at once: the second counts after the first has written its receipt.
    list(Address.objects.select_for_update().filter(email=address).values_list("pk", flat=True))
    hour, day = dt.timedelta(hours=1), dt.timedelta(days=1)
    if mails_made_to(address, key_prefix="receipt:", since=now - hour) >= RECEIPTS_AN_HOUR:
        return
    if mails_made_to(address, key_prefix="receipt:", since=now - day) >= RECEIPTS_A_DAY:
        return
    subject = gettext_noop("We have it: %(subject)s")
    _mail(ticket, message, ticket.requester, "receipt", subject, now, key_prefix="receipt")


def _said_before(message: Message, now: dt.datetime) -> bool:
    """Whether its author wrote the same of late, but for figures: a desk that answers every receipt of ours with a
    receipt of its own does, and a slow one would go round for ever within the caps."""
    before = Message.objects.filter(author=message.author_id, recorded_at__gte=now - _REPEATS, recorded_at__lte=now)
    texts = before.exclude(pk=message.pk).order_by("-recorded_at").values_list("text", flat=True)[:_MOST_BEFORE]
    ours = _without_figures(message.text)
    return message.author_id is not None and any(_without_figures(text) == ours for text in texts)


_REPEATS, _MOST_BEFORE = dt.timedelta(days=7), 25


def _without_figures(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text[:2_000]).casefold()


def _mail(
    ticket: Ticket,
    message: Message,
    person: Person,
    kind: str,
    subject: str,
    now: dt.datetime,
    *,
    template: str = "",
    extra: dict[str, Any] | None = None,
    key_prefix: str = "ticket",
) -> None:
    """Write one mail in the language of the business. `subject` is a message id that names the request's subject."""
    address = first_address_of(person)
    if address is None:
        return
    with translation.override(ticket.business.language):
        about = _(subject) % {"subject": ticket.subject}
        display = _("%(name)s (Quiet Monday)") % {
            "name": message.author_name if kind == "said" else ticket.business.name
        }
        way = route(ticket=ticket, message=message, kind=kind, recipient=address, display=display, key=reply_key())
        text = render_to_string(
            f"support/mail/{template or kind.rstrip('0123456789')}.txt",
            {
                "ticket": ticket,
                "number": ticket.work_item.number,
                "message": message,
                "person": person,
                "address": settings.ADDRESS + reverse("support:ticket", args=[ticket.id]),
                "can_answer": bool(way.reply_to),
                "zone": ticket.business.zone,
                "now": now,
                **(extra or {}),
            },
        )
        headers = {**(OURS if kind == "said" else AUTOMATIC), **({"Reply-To": way.reply_to} if way.reply_to else {})}
        enqueue_mail(
            key=f"{key_prefix}:{message.id}:{kind}:{person.id}",
            recipient=address,
            sender=way.sender,
            subject=f"{about} [{ticket.work_item.number}]",
            text=text,
            headers=headers,
            message_id=way.message_id,
            now=now,
            business_id=ticket.business_id,
        )

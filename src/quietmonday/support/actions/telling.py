"""Mails about a ticket: who is told what, with an address at which the answer threads."""

import dataclasses
import datetime as dt
import re
import uuid
from collections.abc import Sequence
from email.utils import make_msgid
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
from quietmonday.support.access import STOP_WATCHING
from quietmonday.support.actions.intake import reply_key
from quietmonday.support.logic.later import HELD
from quietmonday.support.models import (
    AlsoAffected,
    FeedbackQuestion,
    KnownFault,
    Message,
    ScheduledReply,
    Side,
    Ticket,
    TicketState,
    Watcher,
)
from quietmonday.support.queries.correspondents import correspondents, departed
from quietmonday.support.queries.later import still_there
from quietmonday.support.queries.routes import AUTOMATIC, OURS, route, who_asks, who_works_on
from quietmonday.support.queries.watchers import who_watches

RECEIPTS_AN_HOUR, RECEIPTS_A_DAY = 1, 10
SPOKEN = ("said", "named")
"""Kinds of mail in which somebody speaks; all others are made by a machine."""


@dataclasses.dataclass(frozen=True, slots=True)
class Way:
    """How somebody is told who neither asks nor works on the ticket. `answered`: their answer by mail would count."""

    watcher: Watcher | None = None
    answered: bool = True


def tell_opened(*, ticket_id: uuid.UUID, now: dt.datetime) -> None:
    """Send who asks a receipt (capped), and tell those who work on the ticket.

    What was settled in the same call is no news: whoever asked is asked whether it is solved, and nobody need act.
    """
    ticket = ticket_told_of(ticket_id)
    message = Message.objects.filter(ticket=ticket).earliest("recorded_at", "id")
    if not _live(message) or (ticket.source == "phone" and ticket.state == TicketState.RESOLVED):
        return
    with transaction.atomic():
        for person in who_asks(ticket, now):
            _receipt(ticket, message, person, now)
        for person in who_works_on(ticket, now):
            mail_about(ticket, message, person, "opened", gettext_noop("New request: %(subject)s"), now)
        reached("support.tell.before_commit")


def tell_said(*, message_id: uuid.UUID, now: dt.datetime) -> None:
    """Tell the other side of a public message."""
    message = Message.objects.get(pk=message_id)
    ticket = ticket_told_of(message.ticket_id)
    if not message.public or not _live(message):
        return
    by_supplier = message.side == Side.SUPPLIER
    told = {person.id: person for person in (who_asks if by_supplier else who_works_on)(ticket, now)}
    named = {uuid.UUID(ref) for _written, ref in message.mentioned}  # they get a mail of their own
    watching = [
        row
        for row in who_watches(ticket, now)
        if row.person_id not in told and (by_supplier or row.person.supplier_id is not None)
    ]
    answer = who_may_answer(ticket, watching, now)
    with transaction.atomic():
        subject = gettext_noop("Re: %(subject)s")
        for person in told.values():
            if person.id not in {message.author_id, *named}:
                mail_about(ticket, message, person, "said", subject, now)
        for row in watching:
            if row.person_id not in {message.author_id, *named}:
                way = Way(watcher=row, answered=row.person_id in answer)
                mail_about(ticket, message, row.person, "said", subject, now, way=way)


def tell_reopened(*, ticket_id: uuid.UUID, now: dt.datetime) -> None:
    """Tell those who work on the ticket that it is open again."""
    ticket = ticket_told_of(ticket_id)
    message = Message.objects.filter(ticket=ticket, public=True).latest("recorded_at", "id")
    times = ticket.reopenings.count()
    subject = gettext_noop("Not settled: %(subject)s")
    told = {person.id: person for person in who_works_on(ticket, now)}
    watching = [row for row in who_watches(ticket, now) if row.person_id not in told]
    answer = who_may_answer(ticket, watching, now)
    with transaction.atomic():
        for person in told.values():
            mail_about(ticket, message, person, f"reopened{times}", subject, now)
        for row in watching:
            way = Way(watcher=row, answered=row.person_id in answer)
            mail_about(ticket, message, row.person, f"reopened{times}", subject, now, way=way)


def who_may_answer(ticket: Ticket, watching: Sequence[Watcher], now: dt.datetime) -> set[uuid.UUID]:
    """Return whose answer by mail would count, if anybody hears of the ticket: a reader only reads."""
    return {found.person.id for found in correspondents(ticket, now).values()} if watching else set()


def stop_path(watcher: Watcher) -> str:
    """Return the signed path at which somebody stops hearing of a ticket: for this watcher and this purpose only."""
    return reverse("support:stop_watching", args=[watcher.id, sign(STOP_WATCHING, str(watcher.id))])


def tell_held(*, reply_id: uuid.UUID, now: dt.datetime) -> None:
    """Tell the writer of a reply that it was not sent, and why; if they have left, those who work on the ticket."""
    reply = ScheduledReply.objects.select_related("author").get(pk=reply_id)
    if reply.held_at is None:  # somebody saw it and acted before we told
        return
    ticket = ticket_told_of(reply.ticket_id)
    writer = [reply.author] if still_there(reply, ticket, now) else []
    message = Message.objects.filter(ticket=ticket).latest("recorded_at", "id")
    kind = f"held{reply.pk.hex}{reply.held_at:%Y%m%d%H%M%S}"
    with transaction.atomic():
        for person in writer or who_works_on(ticket, now):
            if person.supplier_id == reply.supplier_id:  # no other supplier knows of it
                subject = gettext_noop("Not sent: %(subject)s")
                extra = {"reply": reply, "why": HELD[reply.held_because]}
                mail_about(ticket, message, person, kind, subject, now, template="held", extra=extra)


def ask_whether_solved(*, question_id: uuid.UUID, now: dt.datetime) -> None:
    """Ask the requester by a signed link whether it is solved."""
    question = FeedbackQuestion.objects.select_related("resolution", "person").get(pk=question_id)
    ticket = ticket_told_of(question.ticket_id)
    if question.person_id in departed([question.person_id], now):
        return
    message = Message.objects.filter(ticket=ticket).earliest("recorded_at", "id")
    with transaction.atomic():
        mail_about(
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


@transaction.atomic
def tell_fault_over(*, ticket_id: uuid.UUID, now: dt.datetime) -> None:
    """Tell those who have a known fault too that it is said to be over. They read its one line, never the request."""
    ticket = ticket_told_of(ticket_id)
    fault = KnownFault.objects.filter(ticket=ticket, ended_at__isnull=False).order_by("-ended_at", "-id").first()
    if fault is None or ticket.state != TicketState.RESOLVED:
        return
    rows = AlsoAffected.objects.filter(ticket=ticket).exclude(person=ticket.requester_id).select_related("person")
    gone = departed([row.person_id for row in rows], now)
    for person in {row.person_id: row.person for row in rows if row.person_id not in gone}.values():
        address = first_address_of(person)
        if address is None:
            continue
        with translation.override(ticket.business.language):
            context = {
                "person": person,
                "fault": fault,
                "address": f"{settings.ADDRESS}{reverse('support:report')}?for={ticket.business_id}",
            }
            enqueue_mail(
                key=f"fault:{fault.id}:{person.id}",
                recipient=address,
                sender=settings.DEFAULT_FROM_EMAIL,
                subject=_("Working again: %(what)s") % {"what": fault.title},
                text=render_to_string("support/mail/fault_over.txt", context),
                headers=AUTOMATIC,
                message_id=make_msgid("fault", domain=settings.HOST),
                now=now,
                business_id=ticket.business_id,
            )


def feedback_path(question: FeedbackQuestion) -> str:
    """Return the signed path of a feedback question; it fits this question and this purpose only."""
    return reverse("support:feedback", args=[question.id, sign("feedback", str(question.id))])


def ticket_told_of(ticket_id: uuid.UUID) -> Ticket:
    rows = Ticket.objects.select_related("business", "work_item", "requester", "reported_by", "assignee")
    return rows.get(pk=ticket_id)


def _live(message: Message) -> bool:
    """A mail out of an imported file is history: nobody is told of it."""
    return message.inbox_item is None or message.inbox_item.source != "file"


def _receipt(ticket: Ticket, message: Message, person: Person, now: dt.datetime) -> None:
    """An automatic receipt: to people we know, and not more often than a person can bear."""
    address = first_address_of(person)
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
    mail_about(ticket, message, person, "receipt", subject, now, key_prefix="receipt")


def _said_before(message: Message, now: dt.datetime) -> bool:
    """Whether its author wrote the same of late, but for figures: a desk that answers every receipt of ours with a
    receipt of its own does, and a slow one would go round for ever within the caps. A request that somebody split off
    says what was said before, and nobody answers anybody."""
    if message.copy_of_id is not None:
        return False
    before = Message.objects.filter(author=message.author_id, recorded_at__gte=now - _REPEATS, recorded_at__lte=now)
    texts = before.exclude(pk=message.pk).order_by("-recorded_at").values_list("text", flat=True)[:_MOST_BEFORE]
    ours = _without_figures(message.text)
    return message.author_id is not None and any(_without_figures(text) == ours for text in texts)


_REPEATS, _MOST_BEFORE = dt.timedelta(days=7), 25


def _without_figures(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text[:2_000]).casefold()


def mail_about(
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
    way: Way = Way(),
) -> None:
    """Write one mail in the language of the business. `subject` is a message id that names the request's subject."""
    address = first_address_of(person)
    if address is None:
        return
    with translation.override(ticket.business.language):
        about = _(subject) % {"subject": ticket.subject}
        display = _("%(name)s (Quiet Monday)") % {
            "name": message.author_name if kind in SPOKEN else ticket.business.name
        }
        to = route(ticket=ticket, message=message, kind=kind, recipient=address, display=display, key=reply_key())
        reply_to = to.reply_to if way.answered else ""
        text = render_to_string(
            f"support/mail/{template or kind.rstrip('0123456789')}.txt",
            {
                "ticket": ticket,
                "number": ticket.work_item.number,
                "message": message,
                "person": person,
                "address": settings.ADDRESS + reverse("support:ticket", args=[ticket.id]),
                "can_answer": bool(reply_to),
                "stop": settings.ADDRESS + stop_path(way.watcher) if way.watcher else "",
                "zone": ticket.business.zone,
                "now": now,
                **(extra or {}),
            },
        )
        headers = {**(OURS if kind in SPOKEN else AUTOMATIC), **({"Reply-To": reply_to} if reply_to else {})}
        enqueue_mail(
            key=f"{key_prefix}:{message.id}:{kind}:{person.id}",
            recipient=address,
            sender=to.sender,
            subject=f"{about} [{ticket.work_item.number}]",
            text=text,
            headers=headers,
            message_id=to.message_id,
            now=now,
            business_id=ticket.business_id,
        )

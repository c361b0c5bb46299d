"""What requests and post hold about one person, for their subject export."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from quietmonday.people.models import Address, Person
from quietmonday.people.queries.subjects import Held, Table
from quietmonday.post.actions.files import place_of
from quietmonday.post.models import InboxItem, RawBytes
from quietmonday.support.models import (
    AlsoAffected,
    Attachment,
    CannedReply,
    CopySuggestion,
    Feedback,
    Message,
    SavedView,
    ScheduledReply,
    Snooze,
    Ticket,
    Watcher,
)


def held_in_support(person: Person) -> Held:
    """Return what they asked, wrote, answered and sent.

    Of somebody at a supplier only when they wrote on which request: what it says belongs to the record of a business,
    which the supplier may see no longer.
    """
    written = Message.objects.filter(author=person).select_related("ticket__work_item").order_by("occurred_at", "id")
    views = Table("views", _("how you look at lists of requests"), _views(person))
    if person.business_id is None:
        hears = Watcher.objects.filter(person=person).select_related("ticket__work_item").order_by("since", "id")
        return Held(
            [
                Table("messages", _("when you wrote on which request; what you wrote is the clients'"), _when(written)),
                Table("heard", _("of which requests you heard"), (_heard(each) for each in hears)),
                Table("texts", _("texts that you alone keep ready"), _texts(person)),
                Table("later", _("when you wrote a reply to be sent later, and snoozed a request"), _later(person)),
                views,
            ]
        )
    asked = Ticket.objects.filter(requester=person).select_related("work_item").order_by("opened_at", "id")
    answers = Feedback.objects.filter(person=person).select_related("ticket__work_item").order_by("at", "id")
    reported = Ticket.objects.filter(reported_by=person).select_related("work_item").order_by("opened_at", "id")
    hears = Watcher.objects.filter(person=person).select_related("ticket__work_item").order_by("since", "id")
    copied = CopySuggestion.objects.filter(person=person).select_related("ticket__work_item").order_by("at", "id")
    emails = Address.objects.filter(person=person).values_list("email", flat=True)
    mails = InboxItem.objects.filter(business=person.business_id, sender__in=emails).order_by("received_at", "id")
    return Held(
        [
            Table("requests", _("what you asked for"), (_asked(ticket) for ticket in asked.iterator(chunk_size=500))),
            Table("reported", _("what you reported for somebody"), (_asked(each) for each in reported)),
            Table("heard", _("of which requests you heard"), (_heard(each) for each in hears)),
            Table("in_copy", _("when somebody put you in copy of a mail"), (_copied(each) for each in copied)),
            Table("messages", _("what you wrote"), _said(written)),
            views,
            Table(
                "answers",
                _("whether you said it was solved"),
                (
                    {"request": each.ticket.work_item.number, "answer": each.answer, "text": each.text, "at": each.at}
                    for each in answers
                ),
            ),
            Table(
                "known_faults",
                _("faults that you said to have too"),
                (
                    {"request": each.ticket.work_item.number, "at": each.at}
                    for each in AlsoAffected.objects.filter(person=person)
                    .select_related("ticket__work_item")
                    .order_by("at", "id")
                ),
            ),
            Table(
                "mails",
                _("mails that came from your addresses"),
                (
                    {"subject": each.subject, "came": each.received_at, "became": each.state, "because": each.rule}
                    for each in mails.iterator(chunk_size=500)
                ),
            ),
        ],
        itertools.chain(_files(person), _raw(mails)),
    )


def _views(person: Person) -> Iterator[dict[str, Any]]:
    columns = ("place", "name", "shared", "filters", "sorts", "columns", "dense", "saved_at")
    yield from SavedView.objects.filter(person=person).order_by("saved_at", "pk").values(*columns)


def _asked(ticket: Ticket) -> dict[str, Any]:
    return {
        "request": ticket.work_item.number,
        "subject": ticket.subject,
        "asked": ticket.opened_at,
        "came_by": ticket.source,
        "state": ticket.state,
        "settled": ticket.resolved_at,
        "could_work": ticket.can_work,
    }


def _heard(row: Watcher) -> dict[str, Any]:
    return {
        "request": row.ticket.work_item.number,
        "why": row.why,
        "by": row.by_name,
        "from": row.since,
        "until": row.ended_at,
    }


def _copied(row: CopySuggestion) -> dict[str, Any]:
    return {"request": row.ticket.work_item.number, "by": row.by_name, "at": row.at, "taken": row.taken}


def _said(written: QuerySet[Message]) -> Iterator[dict[str, Any]]:
    for each in written.iterator(chunk_size=500):
        yield {
            "request": each.ticket.work_item.number,
            "at": each.occurred_at,
            "by": each.channel,
            "text": each.text,
            "quoted": each.quoted,
            "erased": each.erased_at,
        }


def _when(written: QuerySet[Message]) -> Iterator[dict[str, Any]]:
    for each in written.iterator(chunk_size=500):
        yield {"request": each.ticket.work_item.number, "at": each.occurred_at, "by": each.channel}


def _texts(person: Person) -> Iterator[dict[str, Any]]:
    for each in CannedReply.objects.filter(person=person).order_by("id").iterator(chunk_size=500):
        yield {"title": each.title, "text": each.text, "sent": each.used, "changed": each.changed_at}


def _later(person: Person) -> Iterator[dict[str, Any]]:
    replies = ScheduledReply.objects.filter(author=person).select_related("ticket__work_item").order_by("id")
    for reply in replies.iterator(chunk_size=500):
        yield {"request": reply.ticket.work_item.number, "wrote": reply.made_at, "to_be_sent": reply.send_at}
    snoozes = Snooze.objects.filter(person=person).select_related("ticket__work_item").order_by("id")
    for snooze in snoozes.iterator(chunk_size=500):
        yield {"request": snooze.ticket.work_item.number, "snoozed": snooze.at, "until": snooze.until}


def _files(person: Person) -> Iterator[tuple[str, Path]]:
    rows = Attachment.objects.filter(message__author=person, erased_at=None).select_related("file").order_by("id")
    for row in rows.iterator(chunk_size=500):
        yield row.name, place_of(row.file.business_id, row.file.sha256)


def _raw(mails: QuerySet[InboxItem]) -> Iterator[tuple[str, bytes]]:
    """Their mails as they came, one at a time: one may have 50 MB."""
    rows = RawBytes.objects.filter(item__in=mails.order_by().values("pk")).order_by("item")
    for item, data in rows.values_list("item__received_at", "data").iterator(chunk_size=1):
        yield f"mail {item:%Y-%m-%d %H.%M}.eml", bytes(data)

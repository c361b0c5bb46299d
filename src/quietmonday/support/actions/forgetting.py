"""A person goes out of requests, mails, verdicts, weeks and logs."""

from __future__ import annotations

import datetime as dt
import operator
import uuid
from collections.abc import Iterator
from functools import reduce
from typing import Any

from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Cast

from quietmonday.journal.actions import Event
from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.names import json_inside, without_names
from quietmonday.kit.records import write_changed
from quietmonday.people.actions.erasing import Forgotten, erase_person
from quietmonday.post.actions.erasing import erase_items
from quietmonday.post.models import InboxItem, Mailbox, SilencedSender
from quietmonday.support.actions.erasing import blank_messages
from quietmonday.support.actions.indexing import index_messages_again
from quietmonday.support.logic.facts_json import inputs_hash
from quietmonday.support.models import (
    Correction,
    Feedback,
    Message,
    SavedView,
    SheetRow,
    Statement,
    Undelivered,
    Verdict,
)
from quietmonday.support.queries.erasing import persons_over

AT_ONCE = 200  # rows in memory


def forget(who: Forgotten) -> list[Event]:
    """Take a person out of support's tables and out of the post; see `people.actions.erasing.erase_person`.

    A frozen week that names them keeps all its figures; the journal says what its rows hash to from now on.
    """
    person, business = who.person, who.person.business_id
    theirs = Message.objects.filter(author=person)
    theirs.update(author_name=who.instead)
    mails = InboxItem.objects.filter(
        Q(sender__in=who.emails) | Q(pk__in=theirs.values("inbox_item")), business=business
    )
    erase_items(items=list(mails.values_list("pk", flat=True)), now=who.now)
    if who.words:
        blank_messages(list(theirs.filter(erased_at=None)), by=who.actor.name, now=who.now)
        Feedback.objects.filter(person=person).exclude(text="").update(text="")
    Undelivered.objects.filter(business=business, address__in=who.emails).update(address=who.instead)
    Mailbox.objects.filter(paused_by__in=who.names).update(paused_by=who.instead)
    index_messages_again(messages=list(theirs.order_by("pk").values_list("pk", flat=True)))
    SilencedSender.objects.filter(business=business, email__in=who.emails).delete()
    SavedView.objects.filter(person__in=who.ids).delete()
    for model, columns in (
        (Verdict, ("inputs", "findings")),
        (Correction, ("before", "after")),
        (SheetRow, ("stated",)),
        (InboxItem, ("params",)),
    ):
        for _row in _renamed(model, columns, who):
            pass
    return [_restated(row, who) for row in _renamed(Statement, ("rows", "headline"), who)]


def let_go_of_persons(business: uuid.UUID, older_than: dt.datetime, why: str, now: dt.datetime) -> int:
    """Erase one of those who left before `older_than`, not what they wrote; return 1, or 0 when none is left.

    One in a transaction: each takes the heads of several chains, in an order that only holds within one erasure.
    """
    row = persons_over(business, older_than).first()
    if row is None:
        return 0
    erase_person(person=row, words=False, actor=SYSTEM, reason=why, now=now)
    return 1


def _renamed(model: type[models.Model], columns: tuple[str, ...], who: Forgotten) -> Iterator[Any]:
    """Yield the business's rows of a table whose JSON named the person, and does no longer."""
    texts = who.names | who.emails
    rows = model._base_manager.filter(business=who.person.business_id)
    told = {f"told_{column}": Cast(column, models.TextField()) for column in columns}
    inside = [json_inside(text, connection.vendor) for text in texts]
    named = reduce(operator.or_, (Q(**{f"{name}__contains": each}) for name in told for each in inside))
    refs = list(rows.annotate(**told).filter(named).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(refs), AT_ONCE):
        chunk = list(model._base_manager.filter(pk__in=refs[start : start + AT_ONCE]).order_by("pk"))
        for row in chunk:
            for column in columns:
                setattr(row, column, without_names(getattr(row, column), texts, who.instead))
        write_changed(chunk, columns)
        yield from chunk


def _restated(row: Statement, who: Forgotten) -> Event:
    return Event(
        verb="statement.name_erased",
        actor=who.actor,
        business_id=row.business_id,
        engagement_ids=[row.engagement_id],
        subject=("statement", row.pk),
        payload={"week": row.week, "kind": row.kind, "rows_hash": inputs_hash(row.rows)},
        occurred_at=who.now,
        recorded_at=who.now,
    )

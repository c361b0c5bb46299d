"""Texts kept ready: written, changed, thrown away. They belong to a supplier and no business: the installation's chain
says that there was one, and not what it says."""

import datetime as dt
import uuid

from django.db import transaction

from quietmonday.journal.actions import append
from quietmonday.kit.actors import Actor
from quietmonday.kit.text import clean_line, clean_text
from quietmonday.people.models import Person, Supplier
from quietmonday.support.logic.canned import MOST_TEXTS
from quietmonday.support.models import CannedReply


class TooManyTexts(ValueError):
    """Nobody finds anything among more than three hundred."""


@transaction.atomic
def keep_ready(
    *, supplier: uuid.UUID, person: Person | None, title: str, text: str, actor: Actor, now: dt.datetime
) -> CannedReply:
    """Keep a text for everybody at the supplier, or for `person` alone; return it. Raises TooManyTexts.

    `text` has been through `logic.canned.stored`.
    """
    firm = Supplier.objects.select_for_update().get(pk=supplier)
    if CannedReply.objects.filter(supplier=firm, person=person).count() >= MOST_TEXTS:
        raise TooManyTexts("throw one away first")
    row = CannedReply.objects.create(
        supplier=firm,
        person=person,
        title=clean_line(title, 120),
        text=clean_text(text),
        made_at=now,
        changed_at=now,
        changed_by_name=clean_line(actor.name, 320),
    )
    _told(row, "kept", actor, now)
    return row


@transaction.atomic
def change_text(
    *, row: CannedReply, person: Person | None, title: str, text: str, actor: Actor, now: dt.datetime
) -> CannedReply:
    """Change a text, and whose it is; return it. Raises TooManyTexts."""
    row = CannedReply.objects.select_for_update().get(pk=row.pk)
    whose = person.pk if person else None
    if (
        row.person_id != whose
        and CannedReply.objects.filter(supplier=row.supplier, person=person).count() >= MOST_TEXTS
    ):
        raise TooManyTexts("throw one away first")
    row.title, row.text, row.person = clean_line(title, 120), clean_text(text), person
    row.changed_at, row.changed_by_name = now, clean_line(actor.name, 320)
    row.save()
    _told(row, "changed", actor, now)
    return row


@transaction.atomic
def throw_away(*, row: CannedReply, actor: Actor, now: dt.datetime) -> None:
    """Delete a text; what was sent with it stays. Twice is once."""
    found = CannedReply.objects.select_for_update().filter(pk=row.pk).first()
    if found is not None:
        _told(found, "thrown_away", actor, now)
        found.delete()


def _told(row: CannedReply, what: str, actor: Actor, now: dt.datetime) -> None:
    append(
        verb=f"canned_reply.{what}",
        actor=actor,
        business_id=None,
        engagement_ids=[],
        subject=("canned_reply", row.pk),
        payload={"supplier": str(row.supplier_id), "shared": row.person_id is None},
        occurred_at=now,
        recorded_at=now,
    )

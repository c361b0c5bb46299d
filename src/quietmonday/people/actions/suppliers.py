"""Suppliers: added, renamed. They stand in the installation's chain: no business owns them."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from quietmonday.journal.actions import Event, append, append_many
from quietmonday.kit.actors import Actor
from quietmonday.kit.text import clean_line
from quietmonday.people.actions.businesses import known_zone, named
from quietmonday.people.models import Supplier


@transaction.atomic
def add_supplier(
    *, name: str, zone: str, actor: Actor, now: dt.datetime, phone: str = "", made_up: bool = False
) -> Supplier:
    """Return a new supplier. Raises Refused (no_name, zone)."""
    supplier, event = write_supplier(name=name, zone=zone, phone=phone, made_up=made_up, actor=actor, now=now)
    append_many([event])
    return supplier


def write_supplier(
    *, name: str, zone: str, phone: str, actor: Actor, now: dt.datetime, made_up: bool = False
) -> tuple[Supplier, Event]:
    """Write a supplier; return it with the event for the installation's chain."""
    supplier = Supplier.objects.create(
        name=named(name), zone=known_zone(zone), phone=clean_line(phone, 40), made_up=made_up, began_at=now
    )
    event = Event(
        verb="supplier.added",
        actor=actor,
        business_id=None,
        engagement_ids=(),
        subject=("supplier", supplier.pk),
        payload={"name": supplier.name, "phone": supplier.phone, **({"made_up": True} if made_up else {})},
        occurred_at=now,
        recorded_at=now,
    )
    return supplier, event


@transaction.atomic
def rename_supplier(*, supplier: Supplier, name: str, actor: Actor, now: dt.datetime) -> Supplier:
    """Return the supplier under its new name. Raises Refused (no_name)."""
    row = Supplier.objects.select_for_update().get(pk=supplier.pk)
    before, row.name = row.name, named(name)
    if row.name == before:
        return row
    row.save(update_fields=["name"])
    append(
        verb="supplier.renamed",
        actor=actor,
        business_id=None,
        engagement_ids=(),
        subject=("supplier", row.pk),
        payload={"before": before, "name": row.name},
        occurred_at=now,
        recorded_at=now,
    )
    return row

"""Businesses: added, renamed."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from quietmonday.journal.actions import Event, append, append_many
from quietmonday.kit.actors import Actor
from quietmonday.kit.text import clean_line
from quietmonday.people.actions.languages import known_language
from quietmonday.people.logic.calendar import zone_named
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Business


@transaction.atomic
def add_business(
    *, name: str, zone: str, actor: Actor, now: dt.datetime, language: str = "en-gb", made_up: bool = False
) -> Business:
    """Return a new business. `zone` is an IANA name. Raises Refused (no_name, zone, language)."""
    business, event = write_business(name=name, zone=zone, language=language, made_up=made_up, actor=actor, now=now)
    append_many([event])
    return business


def write_business(
    *, name: str, zone: str, language: str, actor: Actor, now: dt.datetime, made_up: bool = False
) -> tuple[Business, Event]:
    """Write a business; return it with the event for its private chain."""
    business = Business.objects.create(
        name=named(name),
        zone=known_zone(zone),
        language=known_language(language),
        made_up=made_up,
        began_at=now,
    )
    event = Event(
        verb="business.added",
        actor=actor,
        business_id=business.pk,
        engagement_ids=(),
        subject=("business", business.pk),
        payload={"name": business.name, "zone": business.zone, **({"made_up": True} if made_up else {})},
        occurred_at=now,
        recorded_at=now,
    )
    return business, event


@transaction.atomic
def rename_business(*, business: Business, name: str, actor: Actor, now: dt.datetime) -> Business:
    """Return the business under its new name. Raises Refused (no_name)."""
    row = Business.objects.select_for_update().get(pk=business.pk)
    before, row.name = row.name, named(name)
    if row.name == before:
        return row
    row.save(update_fields=["name"])
    append(
        verb="business.renamed",
        actor=actor,
        business_id=row.pk,
        engagement_ids=(),
        subject=("business", row.pk),
        payload={"before": before, "name": row.name},
        occurred_at=now,
        recorded_at=now,
    )
    return row


def named(text: str) -> str:
    """Return a name as one clean line of at most 200 characters. Raises Refused (no_name) if nothing is left."""
    name = clean_line(text, 200)
    if not name:
        raise Refused("no_name")
    return name


def known_zone(zone: str) -> str:
    """Return the IANA name. Raises Refused (zone) if there is no such zone."""
    try:
        zone_named(zone)
    except ValueError:
        raise Refused("zone") from None
    return zone

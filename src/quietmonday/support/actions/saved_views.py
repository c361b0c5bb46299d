"""Views with a name, and how somebody arranges a list for themselves.

A view is told in the journal, in words only once colleagues rely on it. Pins, and in which order somebody likes their
columns, are told nowhere: nobody else relies on them.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from quietmonday.journal.actions import append
from quietmonday.kit.actors import Actor
from quietmonday.kit.text import clean_line
from quietmonday.people.models import Person
from quietmonday.support.models import SavedView

MOST_VIEWS = 60  # of one person, of one list
MOST_PINS = 8  # each is counted whenever the list is shown
NAME_LENGTH = 80


class ViewRefused(ValueError):
    """A view cannot be so. `rule`: no_name, taken, too_many, too_many_pins, not_shared."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


@dataclasses.dataclass(frozen=True, slots=True)
class Look:
    """How a list is looked at, as an address says it."""

    filters: Mapping[str, Sequence[str]]
    sorts: Sequence[str] = ()
    columns: Sequence[str] = ()


@transaction.atomic
def save_view(
    *,
    person: Person,
    place: str,
    name: str,
    look: Look,
    shared: bool,
    may_share: bool,
    actor: Actor,
    now: dt.datetime,
) -> SavedView:
    """Save a look under a name and pin it for whoever saves it, while there is room. Raises ViewRefused."""
    Person.objects.select_for_update(of=("self",)).get(pk=person.pk)  # two windows of one person, one after the other
    own = SavedView.objects.filter(person=person, place=place).exclude(name="")
    name = _fitting_name(name, own)
    if own.count() >= MOST_VIEWS:
        raise ViewRefused("too_many")
    if shared and not may_share:
        raise ViewRefused("not_shared")
    view = SavedView.objects.create(
        person=person,
        business_id=person.business_id,
        supplier_id=person.supplier_id,
        place=place,
        name=name,
        shared=shared,
        saved_at=now,
        **_stored(look),
    )
    arranged = _arrangement(person, place, now)
    if len(arranged.pins) < MOST_PINS:
        arranged.pins = [*arranged.pins, str(view.pk)]
        arranged.save(update_fields=["pins"])
    _tell(view, "saved", actor, now)
    return view


@transaction.atomic
def change_view(
    *,
    view: SavedView,
    name: str,
    shared: bool,
    may_share: bool,
    actor: Actor,
    now: dt.datetime,
    look: Look | None = None,
) -> SavedView:
    """Give a view another name, share it or not, and another look if `look` is given. Raises ViewRefused."""
    row = SavedView.objects.select_for_update(of=("self",)).get(pk=view.pk)
    others = SavedView.objects.filter(person=row.person_id, place=row.place).exclude(name="").exclude(pk=row.pk)
    was = row.shared
    row.name = _fitting_name(name, others)
    if shared and not was and not may_share:
        raise ViewRefused("not_shared")
    row.shared, row.saved_at = shared, now
    for column, value in (_stored(look) if look else {}).items():
        setattr(row, column, value)
    row.save(update_fields=["name", "shared", "filters", "sorts", "columns", "saved_at"])
    _tell(row, "changed", actor, now, openly=was)
    return row


@transaction.atomic
def delete_view(*, view: SavedView, actor: Actor, now: dt.datetime) -> None:
    """Delete a view. Who had pinned it sees it no more; nothing else depends on it."""
    row = SavedView.objects.select_for_update(of=("self",)).filter(pk=view.pk).first()
    if row is not None:
        _tell(row, "deleted", actor, now)
        row.delete()


@transaction.atomic
def pin_view(*, person: Person, place: str, key: str, pinned: bool, now: dt.datetime) -> None:
    """Put a view above the list for this person, or take it away there. Raises ViewRefused (too_many_pins)."""
    arranged = _arrangement(person, place, now)
    pins = [pin for pin in arranged.pins if pin != key]
    if pinned:
        known = {str(ref) for ref in SavedView.objects.filter(pk__in=pins).values_list("pk", flat=True)}
        pins = [pin for pin in pins if pin in known]  # a view that is gone takes no room
        if len(pins) >= MOST_PINS:
            raise ViewRefused("too_many_pins")
        pins.append(key)
    arranged.pins = pins
    arranged.save(update_fields=["pins"])


@transaction.atomic
def begin_with(*, person: Person, place: str, key: str, now: dt.datetime) -> None:
    """Show this person the view `key` when they open the list; "": the usual one."""
    arranged = _arrangement(person, place, now)
    arranged.begins_with = key
    arranged.save(update_fields=["begins_with"])


@transaction.atomic
def arrange(
    *, person: Person, place: str, columns: Sequence[str], sorts: Sequence[str], dense: bool, now: dt.datetime
) -> None:
    """Keep which columns this person wants, in which order, and the order of the rows, where a view says nothing."""
    arranged = _arrangement(person, place, now)
    arranged.columns, arranged.sorts, arranged.dense = list(columns), list(sorts), dense
    arranged.saved_at = now
    arranged.save(update_fields=["columns", "sorts", "dense", "saved_at"])


def _arrangement(person: Person, place: str, now: dt.datetime) -> SavedView:
    """Return the person's own row without a name, locked, begun if there is none; the newest if two became one."""
    Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    rows = SavedView.objects.filter(person=person, place=place, name="").order_by("-saved_at", "-pk")
    return rows.first() or SavedView.objects.create(
        person=person, business_id=person.business_id, supplier_id=person.supplier_id, place=place, saved_at=now
    )


def _fitting_name(name: str, others: Any) -> str:
    name = clean_line(name, NAME_LENGTH).strip()
    if not name:
        raise ViewRefused("no_name")
    if others.filter(name=name).exists():
        raise ViewRefused("taken")
    return name


def _stored(look: Look) -> dict[str, Any]:
    return {
        "filters": {key: list(values) for key, values in look.filters.items()},
        "sorts": list(look.sorts),
        "columns": list(look.columns),
    }


def _tell(view: SavedView, verb: str, actor: Actor, now: dt.datetime, *, openly: bool = False) -> None:
    """Write the entry into the business's own chain, or the installation's for a supplier, which has none."""
    said: dict[str, Any] = {"list": view.place, "shared": view.shared}
    if view.shared or openly:
        said |= {"name": view.name, "filters": view.filters, "by_view_of": str(view.person_id)}
    append(
        verb=f"view.{verb}",
        actor=actor,
        business_id=view.business_id,
        engagement_ids=(),
        subject=("view", view.pk),
        payload=said,
        occurred_at=now,
        recorded_at=now,
    )

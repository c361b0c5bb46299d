"""What points at a person, who looks like whom, and who was merged into whom."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Count, Q, Value
from django.utils.functional import Promise
from django.utils.translation import ngettext_lazy

from quietmonday.people.logic.doubles import Known, likely_doubles
from quietmonday.people.models import KNOWN, Address, Engagement, Membership, Person, PersonMerge

MOST_COMPARED = 5000
"""People of one place beyond which nobody is told who looks like whom: they are looked through in memory."""


@dataclasses.dataclass(frozen=True)
class Reference:
    """A column of a table that points at a person."""

    model: type[models.Model]
    field: models.ForeignKey[Any, Any]

    @property
    def place(self) -> str:
        """Its permanent name: area.Model.field."""
        return f"{self.model._meta.label}.{self.field.name}"

    def pointing_at(self, person: uuid.UUID) -> models.QuerySet[Any]:
        """Return the rows that point at the person."""
        return self.model._base_manager.filter(**{self.field.name: person})


def person_references() -> list[Reference]:
    """Return every column of every area that points at a person, found from the tables themselves.

    A person's own row, and the merges, say who is whom: they stay.
    """
    return [
        Reference(model, field)
        for model in apps.get_models()
        if model not in (Person, PersonMerge)
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model is Person
    ]


_words: dict[str, Any] = {
    "people.Address.person": ngettext_lazy("%(n)d e-mail address", "%(n)d e-mail addresses", "n"),
    "people.Membership.person": ngettext_lazy("%(n)d role, held now or before", "%(n)d roles, held now or before", "n"),
    "people.Engagement.owner": ngettext_lazy("%(n)d relationship they own", "%(n)d relationships they own", "n"),
    "people.Engagement.stand_in": ngettext_lazy(
        "%(n)d relationship they stand in for", "%(n)d relationships they stand in for", "n"
    ),
    "people.Engagement.counterpart": ngettext_lazy(
        "%(n)d business they answer to", "%(n)d businesses they answer to", "n"
    ),
}


def register_words(place: str, words: Promise) -> None:
    """Say what `n` rows of a place are called on the page that tells what would move; an area does so when Django
    starts. `words`: an `ngettext_lazy` by "n"."""
    _words[place] = words


def what_would_move(merged: Person, kept: Person) -> list[str]:
    """Return in words what would move from one person to the other: one query."""
    counted = []
    for reference in person_references():
        rows = reference.pointing_at(merged.pk).order_by()
        if reference.model is Address:
            rows = rows.exclude(email__in=Address.objects.filter(person=kept).values("email"))
        named = Value(reference.place, output_field=models.CharField())  # "place" is a column of some of the tables
        by_name = rows.annotate(reference_name=named).values("reference_name").annotate(rows_there=Count("pk"))
        counted.append(by_name.values_list("reference_name", "rows_there"))
    counts = dict(counted[0].union(*counted[1:], all=True))
    return [str(words % {"n": counts[place]}) for place, words in _words.items() if counts.get(place)]


def words_known() -> frozenset[str]:
    """Return the places that have words."""
    return frozenset(_words)


def misfit(kept: Person, merged: Person, now: dt.datetime) -> str | None:
    """Return why the two cannot be made one, as a rule of `Refused`; None if they can."""
    if kept.pk == merged.pk:
        return "oneself"
    if (kept.business_id, kept.supplier_id) != (merged.business_id, merged.supplier_id):
        return "other_place"
    if kept.erased_at or merged.erased_at:
        return "erased"
    if kept.merged_into_id or merged.merged_into_id:
        return "merged_already"
    if _both_sign_in(kept, merged, now):
        return "two_logins"
    both = Q(owner=kept, stand_in=merged) | Q(owner=merged, stand_in=kept)
    return "both_named" if Engagement.objects.filter(both, ends_at=None).exists() else None


def _both_sign_in(one: Person, other: Person, now: dt.datetime) -> bool:
    """Return whether each has a role that holds, or will, with an account that the other has none with."""
    rows = Membership.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), person__in=[one, other])
    pairs = set(rows.values_list("person_id", "account_id"))
    persons, accounts = {person for person, _account in pairs}, {account for _person, account in pairs}
    return len(persons) > 1 and len(accounts) > 1


def doubles_at(places: Collection[uuid.UUID]) -> list[tuple[Person, Person]]:
    """Return pairs of people of these firms who may be one person, oldest first. Two queries."""
    rows = Person.objects.filter(KNOWN, Q(business__in=places) | Q(supplier__in=places)).order_by("since", "pk")
    persons = {row.pk: row for row in rows[: MOST_COMPARED + 1]}
    if len(persons) > MOST_COMPARED:
        return []
    emails: dict[uuid.UUID, list[str]] = defaultdict(list)
    theirs = Address.objects.filter(Q(person__business__in=places) | Q(person__supplier__in=places))
    for person, email in theirs.order_by("pk").values_list("person_id", "email"):
        emails[person].append(email)
    known = (
        Known(row.pk, place, row.name, tuple(emails[row.pk]))
        for row in persons.values()
        if (place := row.business_id or row.supplier_id)
    )
    return [(persons[one], persons[other]) for one, other in likely_doubles(known)]


def merges_into(person: Person) -> list[PersonMerge]:
    """Return the merges that hold, by which others became this person, oldest first."""
    rows = PersonMerge.objects.filter(kept=person, undone_at=None)
    return list(rows.select_related("merged").order_by("merged_at", "pk"))


def everyone_who_is(person: Person) -> list[Person]:
    """Return the person, and all who were merged into them, over any number of merges."""
    found, newest = [person], [person.pk]
    while newest:
        more = list(Person.objects.filter(merged_into__in=newest).order_by("since", "pk"))
        found += more
        newest = [row.pk for row in more]
    return found


def once_merged(persons: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return who of them is in a merge, also one that was undone: such a row is never removed."""
    rows = PersonMerge.objects.filter(Q(kept__in=persons) | Q(merged__in=persons)).values_list("kept_id", "merged_id")
    return {ref for pair in rows for ref in pair} & set(persons)

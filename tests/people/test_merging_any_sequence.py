"""Any sequence of merges and of undoing them leaves every row where it began, once all are undone."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quietmonday.people.actions.memberships import end_membership
from quietmonday.people.actions.merging import gather_merged, merge_persons, undo_merge
from quietmonday.people.actions.persons import add_person
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Address, Person, PersonMerge
from quietmonday.people.queries.merging import person_references
from quietmonday.support.actions.handing import assign
from tests.cast import Cast, Member, make_cast
from tests.people.acting import RUTH
from tests.people.test_merging import rows_of_everything
from tests.support.scene import TUESDAY, asked, wrote

pytestmark = pytest.mark.django_db

NOW = TUESDAY + dt.timedelta(days=3)
MOST = 5
STEPS = st.lists(
    st.tuples(st.sampled_from(["merge", "undo", "gather"]), st.integers(0, MOST), st.integers(0, MOST)), max_size=14
)


def make_people(cast: Cast) -> list[Person]:
    """Six entries of Oakhurst: with roles and without, with addresses of their own and shared ones, with requests."""
    end_membership(membership=cast.bill.membership, actor=RUTH, now=NOW)
    people = [cast.dele.person, cast.bill.person, cast.ruth.person]
    for number, emails in enumerate((["shared@x.example", "one@x.example"], ["two@x.example", "shared@x.example"], [])):
        people.append(add_person(place=cast.oakhurst, name=f"N {number}", emails=emails, actor=RUTH, now=TUESDAY))
    for person in people:
        member = Member(person, cast.dele.account, cast.dele.membership, "")
        ticket = asked(cast, f"Broken: {person.name}", by=member)
        wrote(ticket, member, "Still", at=NOW)
        assign(ticket=ticket, person=cast.sam.person, actor=RUTH, now=NOW)
    return people


def step(people: list[Person], verb: str, one: int, other: int) -> None:
    """Do it, or be refused."""
    merges = list(PersonMerge.objects.order_by("pk"))
    try:
        if verb == "merge":
            merge_persons(kept=people[one], merged=people[other], actor=RUTH, now=NOW)
        elif merges and verb == "undo":
            undo_merge(merge=merges[one % len(merges)], actor=RUTH, now=NOW)
        elif merges:
            gather_merged(merge_id=merges[one % len(merges)].pk, now=NOW)
    except Refused:
        return


def undo_all() -> None:
    """Undo the newest first: it stands on the others."""
    for merge in PersonMerge.objects.filter(undone_at=None).order_by("-pk"):
        undo_merge(merge=merge, actor=RUTH, now=NOW)


def faults() -> list[str]:
    """Return what must never be: a row that points at who was merged, and one person with two first addresses."""
    found = []
    for merged in Person.objects.exclude(merged_into=None):
        for reference in person_references():
            rows = reference.pointing_at(merged.pk)
            if reference.model is Address:
                kept = Address.objects.filter(person=merged.merged_into_id)
                rows = rows.exclude(email__in=kept.values("email"))
            found += [f"{reference.place} points at {merged}" for _row in rows]
    for person in Person.objects.filter(merged_into=None):
        addresses = Address.objects.filter(person=person)
        if addresses.exists() and addresses.filter(is_first=True).count() != 1:
            found.append(f"{person} has {addresses.filter(is_first=True).count()} first addresses")
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_sequence_ends_where_it_began(steps: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        people = make_people(make_cast(NOW))
        before = rows_of_everything()
        for verb, one, other in steps:
            step(people, verb, one, other)
            assert faults() == []
        undo_all()
        assert rows_of_everything() == before
        transaction.set_rollback(True)

"""A row of one business never points at a row of another, whichever way it is written."""

from collections.abc import Callable

import pytest
from django.db import transaction

from quietmonday.kit.records import CrossBusinessReference
from quietmonday.people.models import (
    Address,
    Business,
    Calendar,
    Engagement,
    Holiday,
    Membership,
    OpenInterval,
    Person,
    Role,
)
from tests.cast import SINCE, Cast


def foreign_calendar(cast: Cast) -> Calendar:
    return cast.tilden_engagement.calendar


WRITES: dict[str, Callable[[Cast], object]] = {
    "save of a new row": lambda cast: Membership(
        account=cast.jo.account, person=cast.jo.person, business=cast.oakhurst, role=Role.STAFF, starts_at=SINCE
    ).save(),
    "save of a new row by id only": lambda cast: Membership(
        account_id=cast.jo.account.pk,
        person_id=cast.jo.person.pk,
        business_id=cast.oakhurst.pk,
        role=Role.STAFF,
        starts_at=SINCE,
    ).save(),
    "create": lambda cast: Address.objects.create(person=cast.jo.person, business=cast.oakhurst, email="x@y.example"),
    "get_or_create": lambda cast: Address.objects.get_or_create(
        person=cast.jo.person, business=cast.oakhurst, email="x@y.example"
    ),
    "update_or_create": lambda cast: Engagement.objects.update_or_create(
        pk=cast.engagement.pk, defaults={"owner": cast.jo.person}
    ),
    "save of a changed reference": lambda cast: _changed(cast.engagement, owner=cast.jo.person).save(),
    "save of a changed reference by id": lambda cast: _changed(
        Engagement.objects.get(pk=cast.engagement.pk), owner_id=cast.jo.person.pk
    ).save(),
    "save of one column": lambda cast: _changed(cast.engagement, calendar=foreign_calendar(cast)).save(
        update_fields=["calendar"]
    ),
    "save of a changed business": lambda cast: _changed(cast.engagement, business=cast.tilden).save(),
    "moving a person that others point at": lambda cast: _moved(cast.ruth.person, cast.tilden).save(),
    "moving a freshly loaded one": lambda cast: _moved(Person.objects.get(pk=cast.ruth.person.pk), cast.tilden).save(
        update_fields=["business"]
    ),
    "moving in bulk": lambda cast: Person.objects.bulk_update(
        [_moved(Person.objects.get(pk=cast.ruth.person.pk), cast.tilden)], ["business"]
    ),
    "bulk_create": lambda cast: OpenInterval.objects.bulk_create(
        [
            OpenInterval(
                business=cast.oakhurst, calendar=foreign_calendar(cast), weekday=0, opens="09:00", closes="17:00"
            )
        ]
    ),
    "bulk_create that ignores conflicts": lambda cast: Holiday.objects.bulk_create(
        [Holiday(business=cast.oakhurst, calendar=foreign_calendar(cast), date="2026-12-24", name="x")],
        ignore_conflicts=True,
    ),
    "bulk_update": lambda cast: Engagement.objects.bulk_update(
        [_changed(cast.engagement, stand_in=cast.kim.person)], ["stand_in"]
    ),
    "update": lambda cast: Engagement.objects.filter(pk=cast.engagement.pk).update(owner=cast.jo.person),
    "update by id": lambda cast: Engagement.objects.filter(pk=cast.engagement.pk).update(owner_id=cast.jo.person.pk),
    "update of the business": lambda cast: Address.objects.filter(person=cast.ruth.person).update(business=cast.tilden),
    "related manager": lambda cast: foreign_calendar(cast).intervals.create(
        business=cast.oakhurst, weekday=6, opens="09:00", closes="10:00"
    ),
    "related manager's add": lambda cast: cast.jo.person.addresses.add(
        Address(business=cast.oakhurst, email="x@y.example"), bulk=False
    ),
    "reassigning rows through the other side": lambda cast: cast.jo.person.addresses.add(
        cast.ruth.person.addresses.get()
    ),
}


@pytest.mark.parametrize("way", WRITES)
def test_a_reference_across_businesses_is_refused(cast: Cast, way: str) -> None:
    before = _rows()
    with pytest.raises(CrossBusinessReference), transaction.atomic():
        WRITES[way](cast)
    assert _rows() == before


def test_references_within_a_business_and_to_suppliers_are_fine(cast: Cast) -> None:
    row = _changed(cast.engagement, owner=cast.maria.person, counterpart=cast.sam.person)
    row.save()
    Engagement.objects.filter(pk=row.pk).update(stand_in=None, levels_agreed=True)
    assert Engagement.objects.get(pk=row.pk).owner == cast.maria.person


def _changed(row: Engagement, **values: object) -> Engagement:
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _moved(person: Person, business: Business) -> Person:
    person.business = business
    return person


def _rows() -> list[object]:
    models = (Address, Engagement, Holiday, Membership, OpenInterval, Person)
    return [sorted(map(str, model.objects.values_list())) for model in models]

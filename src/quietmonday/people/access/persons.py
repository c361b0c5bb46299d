"""Whom a viewer may know of, whose record they may change, which roles they may give and end."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import Q, QuerySet
from django.http import Http404

from quietmonday.people.access.viewers import Viewer, holding
from quietmonday.people.models import (
    BUSINESS_ROLES,
    KNOWN,
    SUPPLIER_ROLES,
    Address,
    Business,
    Engagement,
    Membership,
    Person,
    PersonMerge,
    Role,
    Supplier,
)


def persons_visible_to(viewer: Viewer) -> QuerySet[Person]:
    """Return who the viewer may know of: oneself, the people of one's place, and the named contacts across the table.

    Owner, stand-in and reader see everybody at their business and the counterparts of its suppliers; a member of a
    supplier sees its people and the owners and stand-ins of its open engagements; staff see themselves. Who was erased
    is nobody to know of, and who was merged is somebody else.
    """
    persons = Person.objects.filter(KNOWN)
    if viewer.administrator:
        return persons
    sees = viewer.sees
    theirs = Engagement.objects.filter(pk__in=sees.engagements)
    ours = Engagement.objects.filter(business__in=sees.businesses, ends_at=None)
    return persons.filter(
        Q(pk__in=sees.persons)
        | Q(business__in=sees.businesses)
        | Q(supplier__in=sees.suppliers)
        | Q(pk__in=ours.filter(counterpart__isnull=False).values("counterpart"))
        | Q(pk__in=theirs.filter(owner__isnull=False).values("owner"))
        | Q(pk__in=theirs.filter(stand_in__isnull=False).values("stand_in"))
    )


def person_for(viewer: Viewer, ref: uuid.UUID) -> Person:
    """Return the person if the viewer may know of them, or whom they were merged into; Http404 otherwise."""
    persons = persons_visible_to(viewer).select_related("business", "supplier")
    person = persons.filter(pk=ref).first() or persons.filter(pk=_kept_for(ref) or ref).first()
    if person is None:
        raise Http404
    return person


def _kept_for(ref: uuid.UUID) -> uuid.UUID | None:
    """Return whom the person `ref` was merged into, at the end of all merges; None if into nobody."""
    kept = None
    while found := Person.objects.filter(pk=kept or ref).values_list("merged_into", flat=True).first():
        kept = found
    return kept


def person_editable_by(viewer: Viewer, ref: uuid.UUID) -> Person:
    """Return the person if the viewer answers for people there: owner and stand-in, manager, administrator."""
    person = Person.objects.select_related("business", "supplier").filter(KNOWN, pk=ref).first()
    if person is None or not may_edit(viewer, person):
        raise Http404
    return person


def person_data_for(viewer: Viewer, ref: uuid.UUID) -> Person:
    """Return the person if the viewer may take out all that is held about them; Http404 otherwise.

    That is oneself, the owner of the business, and a manager of the supplier where they work.
    """
    person = Person.objects.select_related("business", "supplier").filter(KNOWN, pk=ref).first()
    if person is None or not may_take_data(viewer, person):
        raise Http404
    return person


def may_take_data(viewer: Viewer, person: Person) -> bool:
    """Return whether the viewer may take out all that is held about a person."""
    place = place_of(person)
    own = person.pk in viewer.sees.persons
    return own or place in viewer.manages or (place is not None and viewer.roles.get(place) == Role.OWNER)


def person_erasable_by(viewer: Viewer, ref: uuid.UUID) -> Person:
    """Return a person of a business of which the viewer is the owner; Http404 otherwise, and once they are erased."""
    person = Person.objects.select_related("business").filter(KNOWN, pk=ref).first()
    if person is None or not may_erase(viewer, person):
        raise Http404
    return person


def may_erase(viewer: Viewer, person: Person) -> bool:
    """Return whether the viewer may erase a person: the owner of the business, and nobody oneself."""
    business = person.business_id
    return business is not None and viewer.roles.get(business) == Role.OWNER and person.pk not in viewer.persons


def person_merged_by(viewer: Viewer, ref: uuid.UUID) -> tuple[Person, QuerySet[Person]]:
    """Return a person whom the viewer may merge, and with whom: the others of the place, by name; Http404 otherwise."""
    person = Person.objects.select_related("business", "supplier").filter(KNOWN, pk=ref).first()
    if person is None or not may_merge(viewer, person):
        raise Http404
    others = Person.objects.filter(KNOWN, business=person.business_id, supplier=person.supplier_id)
    return person, others.exclude(pk=person.pk).order_by("name", "pk")


def may_merge(viewer: Viewer, person: Person) -> bool:
    """Return whether the viewer says who is whom at the person's place."""
    return place_of(person) in places_merged_by(viewer)


def places_merged_by(viewer: Viewer) -> set[uuid.UUID]:
    """Return where the viewer says who is whom: businesses of which it is the owner, suppliers that it manages.

    Not as a stand-in, who could come to act in the owner's name.
    """
    return {place for place, role in viewer.roles.items() if role == Role.OWNER} | viewer.manages


def merge_undone_by(viewer: Viewer, ref: uuid.UUID) -> PersonMerge:
    """Return a merge that holds, and that the viewer may undo; Http404 otherwise."""
    merge = PersonMerge.objects.select_related("kept", "merged").filter(pk=ref, undone_at=None).first()
    if merge is None or not may_merge(viewer, merge.kept):
        raise Http404
    return merge


def may_edit(viewer: Viewer, person: Person) -> bool:
    """Return whether the viewer answers for people at the person's place. A stand-in does not edit an owner.

    Otherwise it could give the owner's person an address of its own, and act under that name.
    """
    place = place_of(person)
    if viewer.administrator or place in viewer.manages:
        return True
    if place not in viewer.leads:
        return False
    if place is not None and viewer.roles.get(place) == Role.OWNER:
        return True
    return not Membership.objects.filter(person=person, role=Role.OWNER, ends_at=None).exists()


def address_editable_by(viewer: Viewer, person_ref: uuid.UUID, ref: uuid.UUID) -> Address:
    """Return an address of a person whom the viewer may edit; Http404 otherwise."""
    person = person_editable_by(viewer, person_ref)
    address = Address.objects.filter(pk=ref, person=person).first()
    if address is None:
        raise Http404
    address.person = person
    return address


def places_led_by(viewer: Viewer) -> list[tuple[uuid.UUID, str]]:
    """Return (id, name) of the businesses and suppliers where the viewer may add people, by name."""
    if viewer.administrator:
        firms = [*Business.objects.values_list("pk", "name"), *Supplier.objects.values_list("pk", "name")]
    else:
        firms = [(place, viewer.place_names[place]) for place in viewer.leads | viewer.manages]
    return sorted(firms, key=lambda firm: (firm[1].casefold(), firm[0]))


def place_led_by(viewer: Viewer, ref: uuid.UUID) -> Business | Supplier:
    """Return the business or supplier if the viewer may add people there; Http404 otherwise."""
    if not viewer.administrator and ref not in viewer.leads | viewer.manages:
        raise Http404
    place = Business.objects.filter(pk=ref).first() or Supplier.objects.filter(pk=ref).first()
    if place is None:
        raise Http404
    return place


def roles_grantable_by(viewer: Viewer, place: Business | Supplier) -> tuple[Role, ...]:
    """Return the roles that the viewer may give at a place.

    A stand-in gives no role above staff: otherwise it could make itself owner and end the owner.
    """
    if viewer.administrator:
        return (*(SUPPLIER_ROLES if isinstance(place, Supplier) else BUSINESS_ROLES), Role.ADMINISTRATOR)
    if isinstance(place, Supplier):
        return SUPPLIER_ROLES if place.pk in viewer.manages else ()
    if viewer.roles.get(place.pk) == Role.OWNER:
        return BUSINESS_ROLES
    return (Role.STAFF,) if place.pk in viewer.leads else ()


def may_end(viewer: Viewer, membership: Membership) -> bool:
    """Return whether the viewer may end this membership. Nobody but an administrator ends a role of their own."""
    if viewer.administrator:
        return True
    place = membership.business_id or membership.supplier_id
    if membership.account_id == viewer.account_id or place is None:
        return False
    if membership.supplier_id:
        return place in viewer.manages
    if viewer.roles.get(place) == Role.OWNER:
        return True
    return place in viewer.leads and membership.role == Role.STAFF


def membership_endable_by(viewer: Viewer, ref: uuid.UUID, now: dt.datetime) -> Membership:
    """Return a membership that holds and that the viewer may end; Http404 otherwise."""
    membership = (
        Membership.objects.filter(holding(now), pk=ref)
        .select_related("person", "account", "business", "supplier")
        .first()
    )
    if membership is None or not may_end(viewer, membership):
        raise Http404
    return membership


def membership_invited_by(viewer: Viewer, ref: uuid.UUID, now: dt.datetime) -> Membership:
    """Return a membership that holds, of a person whom the viewer may edit; Http404 otherwise."""
    membership = Membership.objects.filter(holding(now), pk=ref, person__isnull=False).select_related("person").first()
    if membership is None or membership.person is None or not may_edit(viewer, membership.person):
        raise Http404
    return membership


def place_of(person: Person) -> uuid.UUID | None:
    """Return the id of the person's business or supplier."""
    return person.business_id or person.supplier_id

"""Who is looking, and what of people they may see. Every other area's `access.py` starts from a Viewer.

A viewer is made anew for each request from the memberships that hold at that moment: an ended one is gone everywhere
at once. Outsiders get the same 404 as "absent".
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from quietmonday.kit.actors import Actor
from quietmonday.kit.clock import now as present
from quietmonday.people.models import (
    BUSINESS_ROLES,
    SUPPLIER_ROLES,
    Address,
    Business,
    Engagement,
    Membership,
    Person,
    Role,
    Supplier,
)


@dataclasses.dataclass(frozen=True)
class Viewer:
    """An account with the memberships that hold now.

    `leads`: businesses where it is owner or stand-in; `staff_of`: businesses where it is staff only;
    `engagements`: id → business id of the open engagements of its suppliers; `manages`: suppliers where it is manager.
    """

    account_id: uuid.UUID
    email: str
    persons: dict[uuid.UUID, str] = dataclasses.field(default_factory=dict)  # person id → name
    person_at: dict[uuid.UUID, uuid.UUID] = dataclasses.field(
        default_factory=dict
    )  # business or supplier id → person id
    place_names: dict[uuid.UUID, str] = dataclasses.field(default_factory=dict)  # business or supplier id → name
    zones: dict[uuid.UUID, str] = dataclasses.field(default_factory=dict)  # business id → IANA zone
    roles: dict[uuid.UUID, str] = dataclasses.field(default_factory=dict)  # business or supplier id → role
    leads: frozenset[uuid.UUID] = frozenset()
    staff_of: frozenset[uuid.UUID] = frozenset()
    suppliers: frozenset[uuid.UUID] = frozenset()
    manages: frozenset[uuid.UUID] = frozenset()
    engagements: dict[uuid.UUID, uuid.UUID] = dataclasses.field(default_factory=dict)  # engagement id → business id
    engagement_supplier: dict[uuid.UUID, uuid.UUID] = dataclasses.field(default_factory=dict)
    administrator: bool = False

    @property
    def name(self) -> str:
        """The name of the day: the first person of this account, or its address."""
        return next(iter(self.persons.values()), self.email)

    @property
    def home(self) -> str:
        """The place whose pages come first: business, supplier, staff, administrator or nothing."""
        if self.leads:
            return "business"
        if self.suppliers:
            return "supplier"
        if self.staff_of:
            return "staff"
        return "administrator" if self.administrator else "nothing"

    def businesses(self) -> frozenset[uuid.UUID]:
        """Businesses of which this viewer may see at least something."""
        return self.leads | self.staff_of | frozenset(self.engagements.values())

    def supplies(self, business_id: uuid.UUID) -> list[uuid.UUID]:
        """The open engagements through which this viewer works for the business."""
        return [engagement for engagement, business in self.engagements.items() if business == business_id]

    def actor(self, business_id: uuid.UUID | None = None) -> Actor:
        """Who acts, for the journal: the person at that business, else at its supplier, else the account."""
        person = self.person_for(business_id) if business_id else None
        if person is None and self.persons:
            person = next(iter(self.persons))
        return Actor(id=person or self.account_id, name=self.persons.get(person, self.email) if person else self.email)

    def person_for(self, business_id: uuid.UUID) -> uuid.UUID | None:
        """The person as whom this viewer acts towards the business."""
        if business_id in self.person_at:
            return self.person_at[business_id]
        for engagement in self.supplies(business_id):
            supplier = self.engagement_supplier[engagement]
            if supplier in self.person_at:
                return self.person_at[supplier]
        return None


def viewer_of(account: Any, now: dt.datetime) -> Viewer:
    """Return the viewer for a signed-in account at `now`: two queries, however many memberships."""
    held = list(
        Membership.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), account_id=account.pk, starts_at__lte=now)
        .select_related("person", "business", "supplier")
        .order_by("starts_at", "id")
    )
    suppliers = {m.supplier_id: m.supplier for m in held if m.supplier_id}
    engagements = (
        list(
            Engagement.objects.filter(
                Q(ends_at=None) | Q(ends_at__gt=now), supplier_id__in=suppliers, starts_at__lte=now
            )
            .select_related("business")
            .order_by("business__name", "id")
        )
        if suppliers
        else []
    )
    leads = frozenset(m.business_id for m in held if m.business_id and m.role in {Role.OWNER, Role.STAND_IN})
    zones = {m.business_id: m.business.zone for m in held if m.business_id and m.business}
    zones |= {e.business_id: e.business.zone for e in engagements}
    names = {m.business_id: m.business.name for m in held if m.business_id and m.business}
    names |= {m.supplier_id: m.supplier.name for m in held if m.supplier_id and m.supplier}
    names |= {e.business_id: e.business.name for e in engagements}
    roles: dict[uuid.UUID, str] = {}
    for m in held:
        place = m.business_id or m.supplier_id
        if place and _RANK[m.role] < _RANK.get(roles.get(place, ""), 99):
            roles[place] = m.role
    return Viewer(
        account_id=account.pk,
        email=account.email,
        persons={m.person_id: m.person.name for m in held if m.person_id and m.person},
        person_at={place: m.person_id for m in held if m.person_id and (place := m.business_id or m.supplier_id)},
        place_names=names,
        zones=zones,
        roles=roles,
        leads=leads,
        staff_of=frozenset(m.business_id for m in held if m.business_id) - leads,
        suppliers=frozenset(suppliers),
        manages=frozenset(m.supplier_id for m in held if m.supplier_id and m.role == Role.MANAGER),
        engagements={e.id: e.business_id for e in engagements},
        engagement_supplier={e.id: e.supplier_id for e in engagements},
        administrator=any(m.role == Role.ADMINISTRATOR for m in held),
    )


_RANK = {role.value: rank for rank, role in enumerate(Role)}


class ViewerRequest(HttpRequest):
    """A request that carries its viewer and its moment; views behind `signed_in` receive one."""

    viewer: Viewer
    moment: dt.datetime


View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Let a view run for somebody signed in, with `request.viewer` and `request.moment`; others go to sign in.

    An account whose memberships have all ended is signed out at once.
    """

    @functools.wraps(view)
    def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        moment = present()
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        request.moment = moment
        request.viewer = viewer_of(request.user, moment)
        if request.viewer.home == "nothing":
            request.session.flush()
            return redirect_to_login("/")
        return view(request, *args, **kwargs)

    wrapper.door = "signed_in"  # type: ignore[attr-defined]  # read by the outsider sweep
    return wrapper


def administered(view: View) -> View:
    """Let a view run for an administrator of the installation; everybody else signed in gets a 404."""

    @functools.wraps(view)
    def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.viewer.administrator:
            raise Http404
        return view(request, *args, **kwargs)

    guarded = signed_in(wrapper)
    guarded.door = "administered"  # type: ignore[attr-defined]  # read by the outsider sweep
    return guarded


def administrator_of(request: Any) -> Actor | None:
    """Return the administrator who makes this request, or None (for kit.doors)."""
    if not request.user.is_authenticated:
        return None
    viewer = viewer_of(request.user, present())
    return viewer.actor() if viewer.administrator else None


def holding(now: dt.datetime) -> Q:
    """Return the condition of a membership or an engagement that holds at `now`."""
    return Q(starts_at__lte=now) & (Q(ends_at=None) | Q(ends_at__gt=now))


def business_led_by(viewer: Viewer, ref: uuid.UUID) -> Business:
    """Return the business if the viewer is its owner or stand-in; Http404 otherwise."""
    if ref not in viewer.leads:
        raise Http404
    return Business.objects.get(pk=ref)


def business_for(viewer: Viewer, ref: uuid.UUID) -> Business:
    """Return the business if the viewer leads it or works for it; Http404 otherwise (staff see their requests only)."""
    if ref not in viewer.leads and not viewer.supplies(ref):
        raise Http404
    return Business.objects.get(pk=ref)


def supplier_for(viewer: Viewer, ref: uuid.UUID) -> Supplier:
    """Return the supplier if the viewer is a member of it; Http404 otherwise."""
    if ref not in viewer.suppliers:
        raise Http404
    return Supplier.objects.get(pk=ref)


def persons_visible_to(viewer: Viewer) -> QuerySet[Person]:
    """Return who the viewer may know of: oneself, the people of one's place, and the named contacts across the table.

    Owner and stand-in see everybody at their business and the counterparts of its suppliers; a member of a supplier
    sees its people and the owners and stand-ins of its open engagements; staff see themselves.
    """
    persons = Person.objects.all()
    if viewer.administrator:
        return persons
    theirs = Engagement.objects.filter(pk__in=viewer.engagements)
    ours = Engagement.objects.filter(business__in=viewer.leads, ends_at=None)
    return persons.filter(
        Q(pk__in=viewer.persons)
        | Q(business__in=viewer.leads)
        | Q(supplier__in=viewer.suppliers)
        | Q(pk__in=ours.filter(counterpart__isnull=False).values("counterpart"))
        | Q(pk__in=theirs.filter(owner__isnull=False).values("owner"))
        | Q(pk__in=theirs.filter(stand_in__isnull=False).values("stand_in"))
    )


def person_for(viewer: Viewer, ref: uuid.UUID) -> Person:
    """Return the person if the viewer may know of them; Http404 otherwise."""
    person = persons_visible_to(viewer).select_related("business", "supplier").filter(pk=ref).first()
    if person is None:
        raise Http404
    return person


def person_editable_by(viewer: Viewer, ref: uuid.UUID) -> Person:
    """Return the person if the viewer answers for people there: owner and stand-in, manager, administrator."""
    person = Person.objects.select_related("business", "supplier").filter(pk=ref).first()
    if person is None or not may_edit(viewer, person):
        raise Http404
    return person


def may_edit(viewer: Viewer, person: Person) -> bool:
    """Return whether the viewer answers for people at the person's place."""
    return viewer.administrator or place_of(person) in viewer.leads | viewer.manages


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
    if isinstance(place, Supplier):
        return SUPPLIER_ROLES if viewer.administrator or place.pk in viewer.manages else ()
    if viewer.administrator or viewer.roles.get(place.pk) == Role.OWNER:
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


def agreements_at(viewer: Viewer, ref: uuid.UUID) -> tuple[Business, QuerySet[Engagement]]:
    """Return a business with the open engagements whose terms the viewer may see; Http404 without any right there.

    Owner and stand-in see all of their business, a manager those of the own supplier, an administrator all.
    """
    engagements = Engagement.objects.filter(business=ref, ends_at=None)
    if not viewer.administrator and ref not in viewer.leads:
        engagements = engagements.filter(pk__in=_managed(viewer))
        if not engagements.exists():
            raise Http404
    business = Business.objects.filter(pk=ref).first()
    if business is None:
        raise Http404
    return business, engagements.select_related(
        "business", "supplier", "owner", "stand_in", "counterpart", "calendar"
    ).order_by("starts_at", "pk")


def engagement_led_by(viewer: Viewer, ref: uuid.UUID) -> Engagement:
    """Return an open engagement whose terms the viewer may change: both sides' leads, administrator; else Http404."""
    engagement = (
        Engagement.objects.filter(pk=ref, ends_at=None)
        .select_related("business", "supplier", "owner", "stand_in", "counterpart", "calendar")
        .first()
    )
    if engagement is None or not (
        viewer.administrator or engagement.business_id in viewer.leads or ref in _managed(viewer)
    ):
        raise Http404
    return engagement


def sides_of(viewer: Viewer, engagement: Engagement) -> tuple[bool, bool]:
    """Return whether the viewer may name the people of the business's side and of the supplier's side."""
    return (
        viewer.administrator or engagement.business_id in viewer.leads,
        viewer.administrator or engagement.supplier_id in viewer.manages,
    )


def place_of(person: Person) -> uuid.UUID | None:
    """Return the id of the person's business or supplier."""
    return person.business_id or person.supplier_id


def _managed(viewer: Viewer) -> set[uuid.UUID]:
    return {e for e, supplier in viewer.engagement_supplier.items() if supplier in viewer.manages}

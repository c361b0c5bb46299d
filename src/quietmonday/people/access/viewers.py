"""Who is looking, and what of people they may see. Every other area's `access` starts from a Viewer.

A viewer is made anew for each request from the memberships that hold at that moment: an ended one is gone everywhere
at once. Outsiders get the same 404 as "absent".
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import uuid
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

from django.contrib.auth.views import redirect_to_login
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from quietmonday.kit.actors import Actor
from quietmonday.kit.clock import now as present
from quietmonday.kit.prepared import Later, Shelf
from quietmonday.people.models import Engagement, Membership, Role


@dataclasses.dataclass(frozen=True)
class Seen:
    """What a viewer may look at, as somebody who acts there or as a reader: never a reason to let anything be done.

    `businesses`: of which everything is seen that its owner sees; `suppliers` and `engagements`: of which everything
    that a technician sees; `persons`: under which names.
    """

    businesses: frozenset[uuid.UUID] = frozenset()
    suppliers: frozenset[uuid.UUID] = frozenset()
    engagements: dict[uuid.UUID, uuid.UUID] = dataclasses.field(default_factory=dict)  # engagement id → business id
    persons: dict[uuid.UUID, str] = dataclasses.field(default_factory=dict)  # person id → name
    engagement_supplier: dict[uuid.UUID, uuid.UUID] = dataclasses.field(default_factory=dict)
    person_place: dict[uuid.UUID, uuid.UUID] = dataclasses.field(default_factory=dict)  # person id → their firm

    def supplied(self, business_id: uuid.UUID) -> list[uuid.UUID]:
        """The open engagements with the business that are looked at from the supplier's side."""
        return [engagement for engagement, business in self.engagements.items() if business == business_id]


@dataclasses.dataclass(frozen=True)
class Viewer:
    """An account with the memberships that hold now.

    `leads`: businesses where it is owner or stand-in; `staff_of`: businesses where it is staff only;
    `engagements`: id → business id of the open engagements of its suppliers; `manages`: suppliers where it is manager.
    All of these are where it acts: a reader is in none of them. Only a function that lets somebody look asks `sees`,
    so one that was written without a thought of readers keeps them out.
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
    sees: Seen = Seen()
    made_up: frozenset[uuid.UUID] = frozenset()  # of its businesses and suppliers, those that are made up
    by_token: str = ""  # the name of the API token that acts for it

    def signed(self, name: str) -> str:
        """Return how the journal names who acts: somebody, or a program with their token."""
        return f"{name} (API token “{self.by_token}”)" if self.by_token else name

    @property
    def eyes(self) -> Hashable:
        """All of a viewer that decides which rows it sees: two with the same eyes see the same."""
        seen = self.sees
        return (
            *(seen.businesses, seen.suppliers, frozenset(seen.engagements.items()), frozenset(seen.persons)),
            *(self.leads, self.staff_of, self.suppliers, self.manages, frozenset(self.engagements.items())),
            *(frozenset(self.persons), self.administrator),
        )

    @property
    def is_made_up(self) -> bool:
        """Whether this is somebody of the made-up firm, and nobody else."""
        places = self.sees.businesses | self.staff_of | self.sees.suppliers
        return bool(places) and places <= self.made_up and not self.administrator

    @property
    def name(self) -> str:
        """The name of the day: the first person of this account, or its address."""
        return next(iter(self.sees.persons.values()), self.email)

    @property
    def home(self) -> str:
        """The place whose pages come first: business, supplier, staff, administrator or nothing."""
        if self.sees.businesses:
            return "business"
        if self.sees.suppliers:
            return "supplier"
        if self.staff_of:
            return "staff"
        return "administrator" if self.administrator else "nothing"

    def businesses(self) -> frozenset[uuid.UUID]:
        """Businesses of which this viewer may see at least something."""
        return self.sees.businesses | self.staff_of | frozenset(self.sees.engagements.values())

    def supplies(self, business_id: uuid.UUID) -> list[uuid.UUID]:
        """The open engagements through which this viewer works for the business."""
        return [engagement for engagement, business in self.engagements.items() if business == business_id]

    def actor(self, business_id: uuid.UUID | None = None) -> Actor:
        """Who acts, for the journal: the person at that business, else at its supplier, else the account."""
        person = self.person_for(business_id) if business_id else None
        names = self.sees.persons
        if person is None and names:
            person = next(iter(names))
        name = names.get(person, self.email) if person else self.email
        return Actor(id=person or self.account_id, name=self.signed(name))

    def person_for(self, business_id: uuid.UUID) -> uuid.UUID | None:
        """The person as whom this viewer acts towards the business."""
        if business_id in self.person_at:
            return self.person_at[business_id]
        for engagement in self.supplies(business_id):
            supplier = self.engagement_supplier[engagement]
            if supplier in self.person_at:
                return self.person_at[supplier]
        return None


def viewer_of(account: Any, now: dt.datetime, *, roles_until: dt.datetime | None = None) -> Viewer:
    """Return the viewer for a signed-in account at `now`: two queries, however many memberships.

    `roles_until`: roles that began later do not count.
    """
    held = _memberships(account.pk, now, roles_until)
    acts = [m for m in held if m.role != Role.READER]
    seen = frozenset(m.supplier_id for m in held if m.supplier_id)
    suppliers = frozenset(m.supplier_id for m in acts if m.supplier_id)
    engagements = _engagements_of(seen, now) if seen else []
    leads = frozenset(m.business_id for m in acts if m.business_id and m.role in {Role.OWNER, Role.STAND_IN})
    reads = frozenset(m.business_id for m in held if m.business_id and m.role == Role.READER)
    zones = {m.business_id: m.zone for m in held if m.business_id}
    zones |= {e.business_id: e.zone for e in engagements}
    names = {place: m.place_name for m in held if (place := m.place)}
    names |= {e.business_id: e.business_name for e in engagements}
    roles: dict[uuid.UUID, str] = {}
    for m in held:
        place = m.place
        if place and _RANK[m.role] < _RANK.get(roles.get(place, ""), 99):
            roles[place] = m.role
    return Viewer(
        account_id=account.pk,
        email=account.email,
        persons={m.person_id: m.person for m in acts if m.person_id},
        person_at={place: m.person_id for m in acts if m.person_id and (place := m.place)},
        place_names=names,
        zones=zones,
        roles=roles,
        leads=leads,
        staff_of=frozenset(m.business_id for m in acts if m.business_id) - leads,
        suppliers=suppliers,
        manages=frozenset(m.supplier_id for m in held if m.supplier_id and m.role == Role.MANAGER),
        engagements={e.id: e.business_id for e in engagements if e.supplier_id in suppliers},
        engagement_supplier={e.id: e.supplier_id for e in engagements if e.supplier_id in suppliers},
        administrator=any(m.role == Role.ADMINISTRATOR for m in held),
        sees=Seen(
            businesses=leads | reads,
            suppliers=seen,
            engagements={e.id: e.business_id for e in engagements},
            persons={m.person_id: m.person for m in held if m.person_id},
            engagement_supplier={e.id: e.supplier_id for e in engagements},
            person_place={m.person_id: place for m in held if m.person_id and (place := m.place)},
        ),
        made_up=frozenset(place for m in held if m.made_up and (place := m.place)),
    )


class _Held(NamedTuple):
    """A membership that holds: of a business or of a supplier, or of neither (an administrator's)."""

    starts_at: dt.datetime
    role: str
    person_id: uuid.UUID | None
    person: str
    business_id: uuid.UUID | None
    supplier_id: uuid.UUID | None
    place_name: str
    zone: str
    made_up: bool

    @property
    def place(self) -> uuid.UUID | None:
        """The business or the supplier."""
        return self.business_id or self.supplier_id


class _Served(NamedTuple):
    """An engagement that holds."""

    id: uuid.UUID
    business_id: uuid.UUID
    supplier_id: uuid.UUID
    business_name: str
    zone: str


_NOW = Later(dt.timedelta())
# Of every page: built once. What of whose they are is given (an account), or part of the key (suppliers).
_held = Shelf(1)
_served = Shelf(64)


def _memberships(account_id: uuid.UUID, now: dt.datetime, roles_until: dt.datetime | None) -> list[_Held]:
    def rows() -> QuerySet[Membership, Any]:
        return (
            Membership.objects.filter(Q(ends_at=None) | Q(ends_at__gt=_NOW), account_id=account_id, starts_at__lte=_NOW)
            .order_by("starts_at", "id")
            .values_list(
                "starts_at",
                "role",
                "person_id",
                Coalesce("person__name", Value("")),
                "business_id",
                "supplier_id",
                Coalesce("business__name", "supplier__name", Value("")),
                Coalesce("business__zone", Value("")),
                Coalesce("business__made_up", "supplier__made_up", Value(False)),
            )
        )

    query = _held.get((), rows, account=account_id)
    held = (_Held(*row) for row in query.run(now, account=account_id))
    return [each for each in held if roles_until is None or each.starts_at <= roles_until]


def _engagements_of(suppliers: frozenset[uuid.UUID], now: dt.datetime) -> list[_Served]:
    def rows() -> QuerySet[Engagement, Any]:
        return (
            Engagement.objects.filter(
                Q(ends_at=None) | Q(ends_at__gt=_NOW), supplier_id__in=suppliers, starts_at__lte=_NOW
            )
            .order_by("business__name", "id")
            .values_list("id", "business_id", "supplier_id", "business__name", "business__zone")
        )

    return [_Served(*row) for row in _served.get(suppliers, rows).run(now)]


_RANK = {role.value: rank for rank, role in enumerate(Role)}


class ViewerRequest(HttpRequest):
    """A request that carries its viewer and its moment; views behind `signed_in` receive one."""

    viewer: Viewer
    moment: dt.datetime


View = Callable[..., HttpResponseBase]


def signed_in(view: View) -> View:
    """Let a view run for somebody signed in, with `request.viewer` and `request.moment`; others go to sign in.

    An account whose memberships have all ended is signed out at once.
    """

    @functools.wraps(view)
    def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
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
    def wrapper(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.viewer.administrator:
            raise Http404
        return view(request, *args, **kwargs)

    guarded = signed_in(wrapper)
    guarded.door = "administered"  # type: ignore[attr-defined]  # read by the outsider sweep
    return guarded


def administrator_of(request: Any) -> Actor | None:
    """Return the administrator who makes this request, or None (for kit.doors); the page then shows their places."""
    if not request.user.is_authenticated:
        return None
    request.viewer = viewer = viewer_of(request.user, present())
    return viewer.actor() if viewer.administrator else None


def holding(now: dt.datetime | Later) -> Q:
    """Return the condition of a membership or an engagement that holds at `now`."""
    return Q(starts_at__lte=now) & (Q(ends_at=None) | Q(ends_at__gt=now))

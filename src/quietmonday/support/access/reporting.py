"""Who asks for help, and where; who logs what others said."""

import datetime as dt
import uuid

from django.db.models import Q, QuerySet
from django.http import Http404

from quietmonday.people.access import Viewer, holding
from quietmonday.people.models import KNOWN, Business, Engagement, Person
from quietmonday.support.access.tickets import tickets_supplied_by


def business_reported_by(viewer: Viewer, ref: uuid.UUID) -> Business:
    """Return the business if the viewer is a member of it and so may ask for help there; Http404 otherwise."""
    if ref not in viewer.leads | viewer.staff_of:
        raise Http404
    return Business.objects.get(pk=ref)


def business_served_by(viewer: Viewer, ref: uuid.UUID) -> Business:
    """Return the business if the viewer works for it and so may log what its people said; Http404 otherwise."""
    if not viewer.supplies(ref):
        raise Http404
    return Business.objects.get(pk=ref)


def person_reporting(viewer: Viewer, business: Business) -> Person:
    """Return as whom the viewer asks for help at its own business."""
    return Person.objects.get(pk=viewer.person_at[business.id])


def colleagues_reported_for(business: Business) -> QuerySet[Person]:
    """Return for whom a member of the business may report a problem: anybody there, if they know the name."""
    return Person.objects.filter(KNOWN, business=business)


def engagements_open_at(business: Business, now: dt.datetime) -> list[Engagement]:
    """Return who supplies the business at `now`, oldest first."""
    rows = Engagement.objects.filter(holding(now), business=business)
    return list(rows.select_related("supplier", "business", "calendar", "owner").order_by("starts_at", "id"))


def engagements_served(viewer: Viewer, business: Business) -> list[Engagement]:
    """Return the open engagements through which the viewer works for the business, oldest first."""
    rows = Engagement.objects.filter(pk__in=viewer.supplies(business.id))
    return list(rows.select_related("supplier", "business", "calendar", "owner").order_by("starts_at", "id"))


def requesters_known_to(viewer: Viewer, business: Business) -> list[Person]:
    """Return whom of the business the viewer's suppliers have met, by name: its owner, its stand-in, who asked."""
    return sorted(requesters_met_by(viewer, business), key=lambda person: person.name.casefold())


def requesters_met_by(viewer: Viewer, business: Business) -> QuerySet[Person]:
    """Return the same in no order, to narrow down further."""
    asked = tickets_supplied_by(viewer).filter(business=business, requester__isnull=False).values("requester")
    named = Engagement.objects.filter(pk__in=viewer.supplies(business.id))
    met = Q(pk__in=asked) | Q(pk__in=named.values("owner")) | Q(pk__in=named.values("stand_in"))
    return Person.objects.filter(KNOWN, met, business=business)

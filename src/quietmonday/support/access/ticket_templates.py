"""Common requests and what recurs by them: who uses, keeps and sees them.

| who | uses | keeps |
|---|---|---|
| owner, stand-in | those of the business; what its suppliers offer | those of the business |
| staff | the same | – |
| technician | those of the supplier; those of a client that go to it | – |
| manager | the same | those of the supplier |

What recurs is begun, paused and ended by whoever uses its template: leads for the business's own, those who work for
the supplier for its own. Both sides see it, and so do readers.
"""

import datetime as dt
import uuid

from django.db.models import Q, QuerySet
from django.http import Http404

from quietmonday.people.access import Viewer, holding
from quietmonday.people.models import Business, Engagement
from quietmonday.support.models import Recurrence, TicketTemplate


def templates_offered_to(viewer: Viewer, business: Business, now: dt.datetime) -> QuerySet[TicketTemplate]:
    """Return by which templates the viewer may open a request of the business, by title."""
    usable = Q(pk__in=[])
    if business.id in viewer.leads | viewer.staff_of:
        suppliers = Engagement.objects.filter(holding(now), business=business).values("supplier")
        usable |= Q(business=business, offered=True) | Q(supplier__in=suppliers, offered=True)
    if served := viewer.supplies(business.id):
        ours = {viewer.engagement_supplier[each] for each in served}
        usable |= Q(supplier__in=ours) | Q(Q(engagement=None) | Q(engagement__in=served), business=business)
    rows = TicketTemplate.objects.filter(usable, ended_at=None).select_related("supplier", "assignee")
    return rows.order_by("title", "id")


def template_offered_to(viewer: Viewer, business: Business, ref: uuid.UUID, now: dt.datetime) -> TicketTemplate:
    """Return one of them; Http404 otherwise."""
    template = templates_offered_to(viewer, business, now).filter(pk=ref).first()
    if template is None:
        raise Http404
    return template


def templates_kept_by(viewer: Viewer) -> QuerySet[TicketTemplate]:
    """Return the templates that the viewer may change, by place and title; those that have ended last."""
    own = Q(business__in=viewer.leads) | Q(supplier__in=viewer.manages)
    rows = TicketTemplate.objects.filter(own).select_related("business", "supplier", "assignee", "engagement__supplier")
    return rows.order_by("ended_at", "title", "id")


def template_kept_by(viewer: Viewer, ref: uuid.UUID) -> TicketTemplate:
    """Return one of them; Http404 otherwise."""
    template = templates_kept_by(viewer).filter(pk=ref).first()
    if template is None:
        raise Http404
    return template


def places_keeping_templates(viewer: Viewer) -> list[tuple[uuid.UUID, str]]:
    """Return (id, name) of the businesses and suppliers for which the viewer may write templates, by name."""
    places = ((ref, viewer.place_names[ref]) for ref in viewer.leads | viewer.manages)
    return sorted(places, key=lambda place: (place[1].casefold(), place[0]))


def templates_recurring_by(viewer: Viewer) -> QuerySet[TicketTemplate]:
    """Return what the viewer may have come by itself, by title."""
    own = Q(business__in=viewer.leads) | Q(supplier__in=set(viewer.engagement_supplier.values()))
    rows = TicketTemplate.objects.filter(own, ended_at=None).select_related("business", "supplier", "engagement")
    return rows.order_by("title", "id")


def engagements_recurring_by(viewer: Viewer, template: TicketTemplate, now: dt.datetime) -> list[Engagement]:
    """Return to whom, or for whom, the viewer may have such a template come by itself."""
    rows = Engagement.objects.filter(holding(now))
    if template.business_id is not None:
        rows = rows.filter(business__in=viewer.leads & {template.business_id})
        rows = rows.filter(pk=template.engagement_id) if template.engagement_id else rows
    else:
        rows = rows.filter(pk__in=list(viewer.engagements), supplier=template.supplier_id)
    return list(rows.select_related("business", "supplier", "calendar").order_by("business__name", "supplier__name"))


def recurrences_visible_to(viewer: Viewer) -> QuerySet[Recurrence]:
    """Return what recurs at the viewer's businesses and clients: what goes on first, then what is over."""
    seen = Q(business__in=viewer.sees.businesses) | Q(engagement__in=list(viewer.sees.engagements))
    rows = Recurrence.objects.filter(seen).select_related(
        "business", "engagement__supplier", "engagement__calendar", "template"
    )
    return rows.order_by("ended_at", "next_at", "id")


def recurrence_kept_by(viewer: Viewer, ref: uuid.UUID) -> Recurrence:
    """Return one that the viewer may pause and end; Http404 otherwise."""
    row = recurrences_visible_to(viewer).filter(pk=ref).first()
    if row is None or not keeps_recurrence(viewer, row):
        raise Http404
    return row


def keeps_recurrence(viewer: Viewer, row: Recurrence) -> bool:
    """Return whether the viewer may pause and end it: the side whose template it is."""
    if row.template.business_id is not None:
        return row.template.business_id in viewer.leads
    return viewer.engagement_supplier.get(row.engagement_id) == row.template.supplier_id

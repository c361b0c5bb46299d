"""Which businesses, suppliers and engagements a viewer may open. Outsiders get the 404 of an absent page."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet
from django.http import Http404

from quietmonday.people.access.viewers import Viewer
from quietmonday.people.models import Business, Engagement, HistoryGrant, Role


def business_led_by(viewer: Viewer, ref: uuid.UUID) -> Business:
    """Return the business if the viewer is its owner or stand-in; Http404 otherwise."""
    if ref not in viewer.leads:
        raise Http404
    return Business.objects.get(pk=ref)


def business_owned_by(viewer: Viewer, ref: uuid.UUID) -> Business:
    """Return the business if the viewer is its owner; Http404 otherwise, for a stand-in too: what goes does not
    come back."""
    if viewer.roles.get(ref) != Role.OWNER:
        raise Http404
    return Business.objects.get(pk=ref)


def business_named_by(viewer: Viewer, ref: uuid.UUID) -> Business:
    """Return the business if the viewer is its owner, its stand-in or an administrator; Http404 otherwise."""
    business = Business.objects.filter(pk=ref).first()
    if business is None or not (viewer.administrator or ref in viewer.leads):
        raise Http404
    return business


def agreements_at(viewer: Viewer, ref: uuid.UUID) -> tuple[Business, QuerySet[Engagement]]:
    """Return a business with the open engagements whose terms the viewer may see; Http404 without any right there.

    Owner, stand-in and reader see all of their business, a manager those of the own supplier, an administrator all.
    """
    engagements = Engagement.objects.filter(business=ref, ends_at=None)
    if not viewer.administrator and ref not in viewer.sees.businesses:
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
    if engagement is None or not may_change_terms(viewer, engagement):
        raise Http404
    return engagement


def may_change_terms(viewer: Viewer, engagement: Engagement) -> bool:
    """Return whether the viewer may change what was agreed: both sides' leads, administrator."""
    return viewer.administrator or engagement.business_id in viewer.leads or engagement.pk in _managed(viewer)


def engagements_visible_to(viewer: Viewer) -> QuerySet[Engagement]:
    """Return the open engagements of which the viewer may know who answers for them: both sides', but not staff."""
    engagements = Engagement.objects.filter(ends_at=None)
    if not viewer.administrator:
        engagements = engagements.filter(Q(business__in=viewer.sees.businesses) | Q(pk__in=viewer.sees.engagements))
    return engagements.select_related("business", "supplier", "owner", "stand_in", "counterpart").order_by(
        "business__name", "supplier__name", "pk"
    )


def may_see_terms(viewer: Viewer, engagement: Engagement) -> bool:
    """Return whether the viewer may open the agreement: owner, stand-in, reader, manager, administrator."""
    place, supplier = engagement.business_id, engagement.supplier_id
    return viewer.administrator or place in viewer.sees.businesses or supplier in viewer.manages


def sides_of(viewer: Viewer, engagement: Engagement) -> tuple[bool, bool]:
    """Return whether the viewer may name the people of the business's side and of the supplier's side."""
    return (
        viewer.administrator or engagement.business_id in viewer.leads,
        viewer.administrator or engagement.supplier_id in viewer.manages,
    )


def _managed(viewer: Viewer) -> set[uuid.UUID]:
    return {e for e, supplier in viewer.engagement_supplier.items() if supplier in viewer.manages}


def history_grant_led_by(viewer: Viewer, ref: uuid.UUID) -> HistoryGrant:
    """Return a grant of the past if the viewer is owner or stand-in of its business; Http404 otherwise."""
    grant = HistoryGrant.objects.select_related("engagement__supplier", "reader").filter(pk=ref).first()
    if grant is None or grant.business_id not in viewer.leads:
        raise Http404
    return grant

"""Who takes a business's record out: its owner, nobody else; which firms and weeks a program sees.

Outsiders get the 404 of an absent page.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from django.db.models import Q, QuerySet
from django.http import Http404

from quietmonday.integrations.models import Delivery, Export, Webhook
from quietmonday.people.access import Viewer, business_owned_by, engagements_visible_to, viewer_of, within
from quietmonday.people.models import Business, Engagement, Role, Supplier
from quietmonday.support.access import tickets_visible_to
from quietmonday.support.models import Statement, Verdict


def record_owned_by(viewer: Viewer, ref: uuid.UUID) -> Business:
    """Return the business if the viewer is its owner; Http404 otherwise, for a stand-in too."""
    return business_owned_by(viewer, ref)


def export_fetched_by(viewer: Viewer, ref: uuid.UUID, now: dt.datetime) -> Export:
    """Return a file that is ready and not expired if the viewer is the business's owner; Http404 otherwise."""
    export = Export.objects.select_related("business").filter(pk=ref, expires_at__gt=now).first()
    if export is None or viewer.roles.get(export.business_id) != Role.OWNER:
        raise Http404
    return export


def businesses_seen_by(viewer: Viewer) -> QuerySet[Business]:
    """Return the businesses of which the viewer sees at least something."""
    return Business.objects.filter(pk__in=viewer.businesses())


def business_seen_by(viewer: Viewer, ref: uuid.UUID) -> Business:
    """Return one of them; Http404 otherwise."""
    found = businesses_seen_by(viewer).filter(pk=ref).first()
    if found is None:
        raise Http404
    return found


def suppliers_seen_by(viewer: Viewer) -> QuerySet[Supplier]:
    """Return the viewer's own suppliers, and those with which its businesses have an open engagement."""
    theirs = engagements_visible_to(viewer).order_by().values("supplier")
    return Supplier.objects.filter(Q(pk__in=viewer.sees.suppliers) | Q(pk__in=theirs))


def supplier_seen_by(viewer: Viewer, ref: uuid.UUID) -> Supplier:
    """Return one of them; Http404 otherwise."""
    found = suppliers_seen_by(viewer).filter(pk=ref).first()
    if found is None:
        raise Http404
    return found


def engagement_seen_by(viewer: Viewer, ref: uuid.UUID) -> Engagement:
    """Return an open engagement of which the viewer may know who answers for it; Http404 otherwise."""
    found = engagements_visible_to(viewer).filter(pk=ref).first()
    if found is None:
        raise Http404
    return found


def statements_seen_by(viewer: Viewer) -> QuerySet[Statement]:
    """Return the stated weeks that the viewer may read: of its businesses all, of a supplier its own engagements'.

    `reports.access.sight_of` says the same of one business; a test compares the two.
    """
    return Statement.objects.filter(
        Q(business__in=viewer.sees.businesses) | Q(engagement__in=list(viewer.sees.engagements))
    )


def statement_seen_by(viewer: Viewer, ref: uuid.UUID) -> Statement:
    """Return one of them; Http404 otherwise."""
    found = statements_seen_by(viewer).filter(pk=ref).first()
    if found is None:
        raise Http404
    return found


def verdicts_seen_by(viewer: Viewer) -> QuerySet[Verdict]:
    """Return the verdicts on requests that the viewer may see."""
    return Verdict.objects.filter(ticket__in=tickets_visible_to(viewer).order_by())


def firms_told_of(viewer: Viewer) -> frozenset[uuid.UUID]:
    """Return the firms whose webhooks the viewer looks after: as owner of the business, as manager of the supplier."""
    return frozenset(ref for ref, role in viewer.roles.items() if role == Role.OWNER) | viewer.manages


def webhooks_kept_by(viewer: Viewer) -> QuerySet[Webhook]:
    """Return the webhooks of those firms that have not ended."""
    firms = firms_told_of(viewer)
    rows = Webhook.objects.filter(Q(business__in=firms) | Q(supplier__in=firms), ended_at=None)
    return rows.select_related("business", "supplier")


def webhook_kept_by(viewer: Viewer, ref: uuid.UUID) -> Webhook:
    """Return one of them; Http404 otherwise."""
    found = webhooks_kept_by(viewer).filter(pk=ref).first()
    if found is None:
        raise Http404
    return found


def delivery_kept_by(viewer: Viewer, ref: uuid.UUID) -> Delivery:
    """Return a delivery to one of them; Http404 otherwise."""
    found = Delivery.objects.filter(pk=ref).first()
    if found is None:
        raise Http404
    found.webhook = webhook_kept_by(viewer, found.webhook_id)
    return found


def firm_told_of(viewer: Viewer, ref: uuid.UUID) -> Business | Supplier:
    """Return a firm whose webhooks the viewer looks after; Http404 otherwise."""
    if ref not in firms_told_of(viewer):
        raise Http404
    place = Business.objects.filter(pk=ref).first() or Supplier.objects.filter(pk=ref).first()
    if place is None:
        raise Http404
    return place


def webhook_viewer(webhook: Webhook, now: dt.datetime) -> Viewer | None:
    """Return as whom a webhook sees at `now`, within its firm; None once that account looks after it no more."""
    firm = webhook.business_id or webhook.supplier_id
    viewer = viewer_of(webhook.account, now) if webhook.account.is_active else None
    if firm is None or viewer is None or firm not in firms_told_of(viewer):
        return None
    return within(dataclasses.replace(viewer, administrator=False), firm)

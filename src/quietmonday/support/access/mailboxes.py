"""Who looks after mailboxes."""

import datetime as dt
import uuid

from django.http import Http404

from quietmonday.people.access import Viewer, holding
from quietmonday.people.models import Engagement, Supplier
from quietmonday.post.models import Mailbox


def suppliers_connected_by(viewer: Viewer) -> list[Supplier]:
    """Return for which suppliers the viewer may connect a mailbox: all (administrator), or those it manages."""
    rows = Supplier.objects.all() if viewer.administrator else Supplier.objects.filter(pk__in=viewer.manages)
    return list(rows.order_by("name", "id"))


def clients_connected_by(viewer: Viewer, now: dt.datetime) -> list[Engagement]:
    """Return the open engagements of those suppliers: for whom a mailbox may be read."""
    rows = Engagement.objects.filter(holding(now)).select_related("business", "supplier")
    if not viewer.administrator:
        rows = rows.filter(supplier__in=viewer.manages)
    return list(rows.order_by("business__name", "id"))


def mailboxes_of(viewer: Viewer) -> list[Mailbox]:
    """Return the mailboxes that are read now and that the viewer looks after."""
    rows = Mailbox.objects.filter(ended_at=None).select_related("business", "supplier")
    if not viewer.administrator:
        rows = rows.filter(supplier__in=viewer.manages)
    return list(rows.order_by("address", "id"))


def mailbox_for(viewer: Viewer, ref: uuid.UUID) -> Mailbox:
    """Return a mailbox that is read now and that the viewer looks after; Http404 otherwise."""
    found = next((mailbox for mailbox in mailboxes_of(viewer) if mailbox.id == ref), None)
    if found is None:
        raise Http404
    return found

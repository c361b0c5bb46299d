"""Texts kept ready, replies that wait to be sent, and who is looking: each is one supplier's own."""

import uuid

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from quietmonday.people.access import Viewer
from quietmonday.support.access.tickets import tickets_visible_to
from quietmonday.support.models import CannedReply, ScheduledReply, Snooze, Ticket


def canned_replies_of(viewer: Viewer) -> QuerySet[CannedReply]:
    """Return the texts the viewer may use and change: those of everybody at their suppliers, and their own.

    Readers look at requests and write nothing: they have none. Nor has anybody whose membership has ended.
    """
    shared = Q(person=None, supplier__in=viewer.suppliers)
    return CannedReply.objects.filter(shared | Q(person__in=list(viewer.persons), supplier__in=viewer.suppliers))


def canned_reply_for(viewer: Viewer, ref: uuid.UUID) -> CannedReply:
    """Return one of those; Http404 for everybody else's and when absent."""
    row = canned_replies_of(viewer).select_related("supplier", "person").filter(pk=ref).first()
    if row is None:
        raise Http404
    return row


def keeps_canned_at(viewer: Viewer) -> list[tuple[uuid.UUID, str]]:
    """Return (id, name) of the suppliers for which the viewer keeps texts, by name. PermissionDenied without any."""
    if not viewer.suppliers:
        raise PermissionDenied
    return sorted(((ref, viewer.place_names[ref]) for ref in viewer.suppliers), key=lambda each: each[1].casefold())


def scheduled_visible_to(viewer: Viewer) -> QuerySet[ScheduledReply]:
    """Return the replies that are seen from their supplier's side, on requests that are seen."""
    seen = tickets_visible_to(viewer)
    return ScheduledReply.objects.filter(supplier__in=viewer.sees.suppliers, ticket__in=seen)


def scheduled_on(viewer: Viewer, ticket: Ticket) -> QuerySet[ScheduledReply]:
    """Return the replies on a visible ticket that are seen from their supplier's side."""
    return ScheduledReply.objects.filter(ticket=ticket, supplier__in=viewer.sees.suppliers)


def snoozes_on(viewer: Viewer, ticket: Ticket) -> QuerySet[Snooze]:
    """Return the snoozes of a visible ticket that are seen from their supplier's side."""
    return Snooze.objects.filter(ticket=ticket, supplier__in=viewer.sees.suppliers)


def scheduled_reply_for(viewer: Viewer, ref: uuid.UUID) -> ScheduledReply:
    """Return a reply that waits if the viewer may change it; Http404 unseen, PermissionDenied seen only."""
    rows = scheduled_visible_to(viewer).select_related(
        "ticket__business", "ticket__work_item", "ticket__requester", "ticket__assignee", "ticket__verdict", "author"
    )
    row = rows.filter(pk=ref).first()
    if row is None:
        raise Http404
    if row.supplier_id not in viewer.suppliers:
        raise PermissionDenied
    return row

"""Time spent on requests: a supplier sees what its people wrote down, the business how much it was in all."""

import uuid

from django.db.models import QuerySet
from django.http import Http404

from quietmonday.people.access import Viewer
from quietmonday.support.access.tickets import ticket_for
from quietmonday.work.models import TimeEntry


def sees_all_time(viewer: Viewer, business: uuid.UUID) -> bool:
    """Return whether the viewer reads how many minutes all suppliers spent: owner, stand-in, reader; staff do not."""
    return business in viewer.sees.businesses


def time_visible_to(viewer: Viewer) -> QuerySet[TimeEntry]:
    """Return the entries that the viewer reads one by one: those for the engagements whose side it sees."""
    return TimeEntry.objects.filter(engagement__in=list(viewer.sees.engagements))


def time_taken_back_by(viewer: Viewer, ref: uuid.UUID) -> TimeEntry:
    """Return an entry that the viewer may take back: its own, or any of a supplier that it manages; else Http404."""
    rows = time_visible_to(viewer).filter(pk=ref, engagement__in=list(viewer.engagements))
    entry = rows.select_related("work_item__ticket", "engagement").first()
    if entry is None or not (entry.person_id in viewer.persons or entry.engagement.supplier_id in viewer.manages):
        raise Http404
    ticket_for(viewer, entry.work_item.ticket.id)
    return entry

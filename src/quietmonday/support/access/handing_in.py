"""Who hands in files of mails and logs of calls, and for whom."""

import datetime as dt
import uuid

from django.db.models import QuerySet
from django.http import Http404

from quietmonday.people.access import Viewer, holding
from quietmonday.people.models import Engagement
from quietmonday.support.models import SheetImport


def engagements_imported_by(viewer: Viewer, now: dt.datetime) -> list[Engagement]:
    """Return for which engagements the viewer may hand in mail files: all (administrator), or of the own business."""
    rows = Engagement.objects.filter(holding(now)).select_related("business", "supplier")
    if not viewer.administrator:
        rows = rows.filter(business__in=viewer.leads)
    return list(rows.order_by("business__name", "supplier__name", "id"))


def engagement_imported_by(viewer: Viewer, ref: uuid.UUID, now: dt.datetime) -> Engagement:
    """Return one of them; Http404 otherwise."""
    found = next((each for each in engagements_imported_by(viewer, now) if each.id == ref), None)
    if found is None:
        raise Http404
    return found


def sheet_imports_visible_to(viewer: Viewer) -> QuerySet[SheetImport]:
    """Return the logs handed in for the viewer's business (administrator: for any), of ended engagements too, newest
    first."""
    rows = SheetImport.objects.all() if viewer.administrator else SheetImport.objects.filter(business__in=viewer.leads)
    return rows.select_related("business", "engagement__supplier").order_by("-handed_in_at", "-id")


def sheet_imports_of(viewer: Viewer) -> list[SheetImport]:
    """Return the newest of them, for a page."""
    return list(sheet_imports_visible_to(viewer)[:50])


def sheet_import_for(viewer: Viewer, ref: uuid.UUID) -> SheetImport:
    """Return one of them; Http404 otherwise."""
    rows = sheet_imports_visible_to(viewer).filter(pk=ref)
    found = rows.select_related("business", "engagement__supplier", "engagement__business", "file__business").first()
    if found is None:
        raise Http404
    return found

"""Faults that everybody at the business may know of: one line each, and nothing else of the request."""

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import Http404

from quietmonday.people.access import Viewer
from quietmonday.support.models import KnownFault


def faults_shown_at(viewer: Viewer, businesses: Iterable[uuid.UUID]) -> QuerySet[KnownFault]:
    """Return the faults that are shown to everybody at those businesses of which the viewer is a member, newest
    first."""
    own = (viewer.leads | viewer.staff_of) & set(businesses)
    return KnownFault.objects.filter(business__in=own, ended_at=None).order_by("-since", "-id")


def fault_shared_by(viewer: Viewer, ref: uuid.UUID) -> KnownFault:
    """Return a fault that the viewer may say to have too; Http404 otherwise, also once it is over."""
    fault = (
        KnownFault.objects.select_related("business")
        .filter(pk=ref, ended_at=None, business__in=viewer.leads | viewer.staff_of)
        .first()
    )
    if fault is None:
        raise Http404
    return fault

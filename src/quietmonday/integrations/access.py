"""Who takes a business's record out: its owner, nobody else. Outsiders get the 404 of an absent page."""

from __future__ import annotations

import datetime as dt
import uuid

from django.http import Http404

from quietmonday.integrations.models import Export
from quietmonday.people.access import Viewer, business_owned_by
from quietmonday.people.models import Business, Role


def record_owned_by(viewer: Viewer, ref: uuid.UUID) -> Business:
    """Return the business if the viewer is its owner; Http404 otherwise, for a stand-in too."""
    return business_owned_by(viewer, ref)


def export_fetched_by(viewer: Viewer, ref: uuid.UUID, now: dt.datetime) -> Export:
    """Return a file that is ready and not expired if the viewer is the business's owner; Http404 otherwise."""
    export = Export.objects.select_related("business").filter(pk=ref, expires_at__gt=now).first()
    if export is None or viewer.roles.get(export.business_id) != Role.OWNER:
        raise Http404
    return export

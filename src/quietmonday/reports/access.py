"""Who reads a business's Monday page: its owner, stand-in and readers all of it, a supplier its own
engagements."""

import dataclasses
import uuid

from django.http import Http404

from quietmonday.people.access import Viewer
from quietmonday.people.models import Business


@dataclasses.dataclass(frozen=True)
class Sight:
    """A business and what of it may be read: `engagement_ids` None is everything."""

    business: Business
    engagement_ids: list[uuid.UUID] | None

    @property
    def is_own(self) -> bool:
        """Whether the reader is of the business."""
        return self.engagement_ids is None


def sight_of(viewer: Viewer, business_id: uuid.UUID) -> Sight:
    """Return what the viewer may read of the business's weeks; Http404 for staff, outsiders, and when absent."""
    if business_id in viewer.sees.businesses:
        return Sight(Business.objects.get(pk=business_id), None)
    engagements = viewer.sees.supplied(business_id)
    if not engagements:
        raise Http404
    return Sight(Business.objects.get(pk=business_id), engagements)

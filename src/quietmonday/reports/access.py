"""Who reads a business's Monday page: its owner, stand-in and readers all of it, a supplier its own
engagements."""

import dataclasses
import uuid

from django.http import Http404

from quietmonday.kit.signing import sign, signed_by_us
from quietmonday.people.access import Viewer
from quietmonday.people.models import Business, Person


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


_STOP = "monday-mail"


def stop_mac(business_id: uuid.UUID, person_id: uuid.UUID) -> str:
    """Return what signs the link by which somebody says whether they want the Monday mail of a business."""
    return sign(_STOP, str(business_id), str(person_id))


def reader_of_mail(business_id: uuid.UUID, person_id: uuid.UUID, mac: str) -> tuple[Business, Person]:
    """Return whose mail of which business a signed link is about; Http404 for any other link.

    No sign-in: the link is the key, and it opens nothing but this one choice.
    """
    if not signed_by_us(mac, _STOP, str(business_id), str(person_id)):
        raise Http404
    business = Business.objects.filter(pk=business_id).first()
    person = Person.objects.filter(pk=person_id).first()
    if business is None or person is None:
        raise Http404
    return business, person

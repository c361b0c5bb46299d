"""What came in, and who decides about its sender."""

import datetime as dt
import uuid

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from quietmonday.people.access import Viewer, holding
from quietmonday.people.models import KNOWN, Business, Engagement, Membership, Person, Role
from quietmonday.post.models import InboxItem, SilencedSender
from quietmonday.support.access.reporting import requesters_known_to


def inbox_visible_to(viewer: Viewer) -> QuerySet[InboxItem]:
    """Return what came in that the viewer may see, in any state.

    Owner and stand-in: what is their business's. Members of a supplier: what came to it, of no business yet or of a
    client's they still serve. Administrators: all.
    """
    if viewer.administrator:
        return InboxItem.objects.all()
    served = Q(business=None) | Q(business__in=set(viewer.engagements.values()))
    return InboxItem.objects.filter(Q(business__in=viewer.leads) | (Q(supplier__in=viewer.suppliers) & served))


def inbox_item_for(viewer: Viewer, ref: uuid.UUID) -> InboxItem:
    """Return an item with its bytes if the viewer may see it and we have them; Http404 otherwise."""
    rows = inbox_visible_to(viewer).select_related("raw", "business", "supplier")
    item = rows.filter(pk=ref, raw__isnull=False).first()
    if item is None:
        raise Http404
    return item


def engagements_of_item(viewer: Viewer, item: InboxItem, now: dt.datetime) -> list[Engagement]:
    """Return for which engagements the viewer may say that a kept mail is a request, by business.

    Those of the supplier to whose mailbox it came (of the one business, if it is of one): owner and stand-in their own,
    members of the supplier all that they serve; administrators all, of mail to a mailbox of the installation. Empty for
    whoever sees the mail only.
    """
    rows = Engagement.objects.filter(holding(now))
    if item.supplier_id:
        rows = rows.filter(supplier=item.supplier_id)
    if item.business_id:
        rows = rows.filter(business=item.business_id)
    if item.supplier_id or not viewer.administrator:
        rows = rows.filter(Q(business__in=viewer.leads) | Q(pk__in=list(viewer.engagements)))
    return list(rows.select_related("business", "supplier", "calendar").order_by("business__name", "id"))


def decides_about_sender(viewer: Viewer, item: InboxItem) -> bool:
    """Return whether it is the viewer who says whose mail this is: owner and stand-in for a mailbox of their business,
    members of the supplier for a mailbox of all its clients, administrators for one of the installation."""
    if item.business_id:
        return item.business_id in viewer.leads
    return item.supplier_id in viewer.suppliers if item.supplier_id else viewer.administrator


def item_decided_by(viewer: Viewer, ref: uuid.UUID) -> InboxItem:
    """Return an item that asks who its sender is, if the viewer decides; Http404 unseen, PermissionDenied seen only."""
    item = inbox_item_for(viewer, ref)
    if not decides_about_sender(viewer, item):
        raise PermissionDenied
    return item


def asked_persons(viewer: Viewer, business: Business, named: str) -> list[Person]:
    """Return as whose request the viewer may put a mail on record: all of one's own business, by name; a supplier
    whom it has met there, and whoever bears the name that the mail is signed with."""
    if business.id in viewer.leads or viewer.administrator:
        return list(Person.objects.filter(KNOWN, business=business).order_by("name", "id"))
    met = requesters_known_to(viewer, business)
    bears = Person.objects.filter(KNOWN, business=business, name__iexact=named).exclude(
        pk__in=[each.pk for each in met]
    )
    return sorted([*met, *(bears if named else ())], key=lambda person: person.name.casefold())


def persons_given_addresses_by(viewer: Viewer, business: Business, persons: list[Person]) -> list[Person]:
    """Return which of `persons` the viewer may give one more address.

    An owner all; a stand-in nobody who is an owner, a supplier no owner and no stand-in: whoever may give somebody an
    address of its own can write in their name.
    """
    if viewer.roles.get(business.id) == Role.OWNER or viewer.administrator:
        return persons
    above = [Role.OWNER] if business.id in viewer.leads else [Role.OWNER, Role.STAND_IN]
    rows = Membership.objects.filter(business=business, role__in=above, ends_at=None)
    shut = set(rows.values_list("person_id", flat=True))
    return [person for person in persons if person.id not in shut]


def silenced_by(viewer: Viewer) -> QuerySet[SilencedSender]:
    """Return the senders that are kept silently where the viewer decides, newest first."""
    own = Q(business__in=viewer.leads) | Q(business=None, supplier__in=viewer.suppliers)
    if viewer.administrator:
        own |= Q(business=None, supplier=None)
    return SilencedSender.objects.filter(own, ended_at=None).select_related("business").order_by("-since", "-id")


def silenced_for(viewer: Viewer, ref: uuid.UUID) -> SilencedSender:
    """Return one of them; Http404 otherwise."""
    silenced = silenced_by(viewer).filter(pk=ref).first()
    if silenced is None:
        raise Http404
    return silenced

"""Mails handed over in files."""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from quietmonday.kit.actors import Actor
from quietmonday.kit.faults import reached
from quietmonday.kit.mail_files import RawMail
from quietmonday.people.actions.businesses import add_business
from quietmonday.people.actions.engagements import engage
from quietmonday.people.actions.suppliers import add_supplier
from quietmonday.people.models import Business, Engagement, Supplier
from quietmonday.post.actions.inbox import Raw, keep_many, keep_raw
from quietmonday.post.models import InboxItem, InboxState
from quietmonday.support.actions.intake_of_files import take_in_files

UNNAMED_BUSINESS, UNNAMED_SUPPLIER = "Our business", "Our IT supplier"
FIRST_ZONE = "Europe/London"  # until somebody begins and says otherwise


class NoSuchPlace(ValueError):
    """The business or supplier to import for is not clear; the message says what to write."""


@dataclasses.dataclass(frozen=True, slots=True)
class Taken:
    """What became of one mail of a file. `before`: it was here already."""

    item: InboxItem
    before: bool


def keep_mail_file(*, engagement: Engagement, name: str, data: bytes, now: dt.datetime) -> tuple[InboxItem, bool]:
    """Keep one mail out of a file raw; return (item, whether it is new). The same bytes come in once a business."""
    return keep_raw(
        data=data,
        source="file",
        origin=_origin(engagement, data),
        now=now,
        business=engagement.business,
        supplier=engagement.supplier,
        name=name,
        params={"engagement": str(engagement.id)},
    )


def keep_mail_files(
    *, engagement: Engagement, mails: Sequence[RawMail], now: dt.datetime
) -> tuple[list[InboxItem], int]:
    """Keep a chunk of mails out of files raw; return their items, each once, and how many of them are new."""
    raws = [Raw(mail.raw, mail.name, _origin(engagement, mail.raw)) for mail in mails if mail.raw is not None]
    try:
        return keep_many(
            raws=raws,
            source="file",
            now=now,
            business=engagement.business,
            supplier=engagement.supplier,
            params={"engagement": str(engagement.id)},
        )
    except IntegrityError:  # somebody else hands in the same mails: one after the other, each is found or kept
        kept = [keep_mail_file(engagement=engagement, name=r.name, data=r.data, now=now) for r in raws]
        return list({item.id: item for item, _new in kept}.values()), sum(new for _item, new in kept)


def take_in_mail_files(*, engagement: Engagement, mails: Sequence[RawMail], now: dt.datetime) -> list[Taken]:
    """Keep a chunk of mails raw, then look at them; return what became of each, in their order.

    Once kept, a mail is taken in sooner or later, also when this process is stopped: a worker goes on with it.
    """
    items, _new = keep_mail_files(engagement=engagement, mails=mails, now=now)
    before = {item.id for item in items if item.state != InboxState.WAITING}
    reached("support.import.after_keep")
    waiting = [item.id for item in items if item.state == InboxState.WAITING]
    looked_at = {item.id: item for item in take_in_files(engagement=engagement, item_ids=waiting, now=now)}
    reached("support.import.after_take_in")
    return [Taken(looked_at.get(item.id, item), item.id in before) for item in items]


def _origin(engagement: Engagement, data: bytes) -> str:
    return f"file:{engagement.business_id}:{hashlib.sha256(data).hexdigest()}"


@transaction.atomic
def engagement_for_import(
    *, business_name: str, supplier_name: str, actor: Actor, now: dt.datetime, begin: bool = False
) -> Engagement:
    """Return the open engagement to import for; on an empty installation one is made, with names to change later.

    `begin`: make whichever of the two named firms is not there yet, and their engagement.
    Raises NoSuchPlace if the names fit none, or more than one fits.
    """
    found = _engagement_named(business_name, supplier_name, begin=begin)
    return found or _begun(business_name or UNNAMED_BUSINESS, supplier_name or UNNAMED_SUPPLIER, actor, now)


def engagement_to_try(*, business_name: str, supplier_name: str, now: dt.datetime, begin: bool = False) -> Engagement:
    """Return the same, and write nothing: firms that are not there yet are only thought of. Raises NoSuchPlace."""
    found = _engagement_named(business_name, supplier_name, begin=begin)
    if found is not None:
        return found
    business, supplier = business_name or UNNAMED_BUSINESS, supplier_name or UNNAMED_SUPPLIER
    return Engagement(
        business=_business_named(business) or Business(name=business, zone=FIRST_ZONE, began_at=now),
        supplier=_supplier_named(supplier) or Supplier(name=supplier, zone=FIRST_ZONE),
        starts_at=now,
    )


def _engagement_named(business_name: str, supplier_name: str, *, begin: bool) -> Engagement | None:
    """The open engagement that the names fit; None if it is to be made. Raises NoSuchPlace."""
    if not Business.objects.exists():
        return None
    open_ones = Engagement.objects.filter(ends_at=None).select_related("business", "supplier")
    if business_name:
        open_ones = open_ones.filter(business__name__iexact=business_name)
    if supplier_name:
        open_ones = open_ones.filter(supplier__name__iexact=supplier_name)
    found = list(open_ones.order_by("business__name", "supplier__name")[:20])
    if not found and begin and business_name and supplier_name:
        return None
    if len(found) == 1:
        return found[0]
    names = "; ".join(f'--business "{e.business.name}" --supplier "{e.supplier.name}"' for e in found)
    if not found:
        raise NoSuchPlace("No business with an open engagement fits. Add it on the page Firms, or check the name.")
    raise NoSuchPlace(f"Say for whom: {names}")


def _begun(business_name: str, supplier_name: str, actor: Actor, now: dt.datetime) -> Engagement:
    business = _business_named(business_name)
    supplier = _supplier_named(supplier_name)
    return engage(
        business=business or add_business(name=business_name, zone=FIRST_ZONE, actor=actor, now=now),
        supplier=supplier or add_supplier(name=supplier_name, zone=FIRST_ZONE, actor=actor, now=now),
        country="",
        actor=actor,
        now=now,
    )


def _business_named(name: str) -> Business | None:
    return Business.objects.filter(name__iexact=name).first()


def _supplier_named(name: str) -> Supplier | None:
    return Supplier.objects.filter(name__iexact=name).first()

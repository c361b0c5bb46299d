"""Everything that the page of one mail shows that came in: what it says, and what the viewer may decide."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from quietmonday.kit.text import clean_line
from quietmonday.people.access import Viewer
from quietmonday.people.models import Address, Business, Engagement, Person
from quietmonday.post.logic.addresses import normalise
from quietmonday.post.logic.mail import ParsedMail, parse
from quietmonday.post.models import InboxItem, InboxState
from quietmonday.support.access import (
    asked_persons,
    decides_about_sender,
    engagements_of_item,
    persons_given_addresses_by,
)
from quietmonday.support.logic.likeness import likely

# Mail of these hosts says nothing about where its writer works.
ANYBODYS = frozenset(
    {
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "yahoo.co.uk",
        "icloud.com", "me.com", "aol.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de",
        "proton.me", "protonmail.com", "mail.ru", "yandex.ru", "orange.fr", "free.fr", "libero.it", "btinternet.com",
    }
)  # fmt: skip
NO_REQUEST = frozenset({"seen_before", "own_mail", "too_large"})  # kept for good: it is here already, or not at all


@dataclasses.dataclass(slots=True)
class KeptMail:
    """One mail that came in, as one viewer sees it.

    `businesses`: for which the viewer may make it a request; `business`: the one that was chosen or is likely;
    `persons`: of whom; `known_as`: who may be given the address; `likely`: those of them whose name fits, best first.
    """

    item: InboxItem
    mail: ParsedMail
    asks: bool
    engagements: list[Engagement]
    businesses: list[Business]
    business: Business | None
    engagement: Engagement | None
    persons: list[Person]
    known_as: list[Person]
    likely: list[Person]
    writer: Person | None = None  # of `persons`: whose address it names as its sender

    @property
    def asks_who(self) -> bool:
        """Whether the viewer is asked who its sender is."""
        return self.asks and self.item.rule == "unknown_sender"

    @property
    def doubted(self) -> bool:
        """Whether the viewer is asked if it is what it looks like."""
        return self.asks and self.item.rule == "doubted"

    @property
    def choices(self) -> list[tuple[str, str]]:
        """For whom it may be a request: (engagement, name), with the supplier where a business has several."""
        names = [each.business_id for each in self.engagements]
        return [
            (str(each.pk), f"{each.business.name}, {each.supplier.name}")
            if names.count(each.business_id) > 1
            else (str(each.pk), each.business.name)
            for each in self.engagements
        ]

    @property
    def may_be_request(self) -> bool:
        """Whether the viewer may make it a request by hand."""
        return self.item.state == InboxState.KEPT and self.item.rule not in NO_REQUEST and bool(self.businesses)


def kept_mail(viewer: Viewer, item: InboxItem, now: dt.datetime, chosen: uuid.UUID | None) -> KeptMail:
    """Return the page of an item (from `access.inbox_item_for`). At most 6 queries."""
    mail = parse(bytes(item.raw.data))
    kept = item.state == InboxState.KEPT
    engagements = engagements_of_item(viewer, item, now) if kept else []
    engagement = _chosen(engagements, mail, chosen)
    business = engagement.business if engagement else None
    persons = asked_persons(viewer, business, name_of_sender(mail)) if business else []
    writer = _writer(mail, business) if business and item.rule in ("doubted", "several_suppliers") else None
    if writer is not None and writer not in persons:
        persons = [*persons, writer]
    asks = kept and item.asks_at is not None and decides_about_sender(viewer, item)
    known_as = persons_given_addresses_by(viewer, business, persons) if business and asks else []
    sender = mail.sender
    places = likely([p.name for p in known_as], display=sender.name, email=sender.addr) if sender else []
    return KeptMail(
        item=item,
        mail=mail,
        asks=asks,
        engagements=engagements,
        businesses=list({each.business_id: each.business for each in engagements}.values()),
        business=business,
        engagement=engagement,
        persons=persons,
        known_as=known_as,
        likely=[known_as[place] for place in places],
        writer=writer,
    )


def _writer(mail: ParsedMail, business: Business) -> Person | None:
    """Return who of the business uses the address that a mail names as its sender. Of known mail only: without its
    doubts or its several suppliers it would be a request of theirs already."""
    email = normalise(mail.sender.addr if mail.sender else "")
    rows = Address.objects.filter(email=email, business=business, person__merged_into=None).select_related("person")
    return next((each.person for each in rows.order_by("person__since", "person_id")), None)


def name_of_sender(mail: ParsedMail) -> str:
    """Return the name by which a sender calls himself, "" if by none."""
    return clean_line(mail.sender.name, 200) if mail.sender and "@" not in mail.sender.name else ""


def _chosen(engagements: list[Engagement], mail: ParsedMail, chosen: uuid.UUID | None) -> Engagement | None:
    """Return the chosen engagement, or that of the chosen business, else the only one, else where others write from the
    same host."""
    if chosen is not None:
        return next((each for each in engagements if chosen in (each.pk, each.business_id)), None)
    if len(engagements) <= 1:
        return next(iter(engagements), None)
    host = mail.sender.addr.rpartition("@")[2] if mail.sender else ""
    if not host or host in ANYBODYS:
        return None
    rows = Address.objects.filter(
        business__in=[each.business_id for each in engagements], email__endswith=f"@{host}"
    ).order_by()
    found = list(rows.values_list("business", flat=True).distinct()[:2])
    there = [each for each in engagements if found == [each.business_id]]
    return there[0] if len(there) == 1 else None

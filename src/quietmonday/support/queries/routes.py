"""Where our mails about a ticket go, and where answers to them come back."""

import dataclasses
import datetime as dt
import uuid
from collections import defaultdict
from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from quietmonday.kit.text import clean_line
from quietmonday.people.access import holding
from quietmonday.people.models import Engagement, Membership, Person, Role
from quietmonday.people.queries import first_address_of
from quietmonday.post.logic.addresses import message_id, reply_address
from quietmonday.post.models import Mailbox
from quietmonday.post.queries.mailboxes import serving
from quietmonday.support.models import Message, Ticket
from quietmonday.support.queries.correspondents import departed
from quietmonday.support.queries.tickets import engagement_ids


@dataclasses.dataclass(frozen=True)
class Route:
    """One mail about a ticket to one address: sender, signed Reply-To (empty: answers go to the page), Message-ID."""

    sender: str
    reply_to: str
    message_id: str


def route(*, ticket: Ticket, message: Message, kind: str, recipient: str, display: str, key: bytes) -> Route:
    """Return how a mail of `kind` about `message` reaches `recipient` so that the answer threads.

    The mailbox is the one that the ticket's mails came in through, else one that serves it; without one the mail comes
    from the installation's address and asks to answer on the page.
    """
    mailbox = _mailbox(ticket)
    address = mailbox.address if mailbox else settings.DEFAULT_FROM_EMAIL
    host = address.rpartition("@")[2] or (urlsplit(settings.ADDRESS).hostname or "localhost")
    return Route(
        sender=formataddr((clean_line(display, 100), address)),
        reply_to=reply_address(mailbox.address, ticket.id, recipient, key) if mailbox else "",
        message_id=message_id(ticket.id, uuid.uuid5(message.id, kind), recipient, key, host),
    )


def _mailbox(ticket: Ticket) -> Mailbox | None:
    engagements = Engagement.objects.filter(pk__in=engagement_ids(ticket)).values_list("supplier_id", flat=True)
    rows = Mailbox.objects.filter(serving(ticket.business_id, engagements), ended_at=None)
    # Where its mails came in; else the narrower one: of this business, of its supplier for all clients, of all.
    came = Message.objects.filter(ticket=ticket, inbox_item__mailbox=OuterRef("pk"))
    return (
        rows.annotate(came_here=Exists(came))
        .order_by("-came_here", F("business").asc(nulls_last=True), F("supplier").asc(nulls_last=True), "connected_at")
        .first()
    )


# RFC 3834: nobody answers this by machine, and two help desks facing each other stop here.
OURS = {"X-Quiet-Monday": "1"}
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", **OURS}


@dataclasses.dataclass(frozen=True, slots=True)
class Keeper:
    """Somebody who is told about mailboxes, with the address that mail reaches them at."""

    id: uuid.UUID
    name: str
    address: str


def who_decides_about_senders(
    *, supplier_id: uuid.UUID | None, business_id: uuid.UUID | None, now: dt.datetime
) -> list[Keeper]:
    """Return who says who unknown senders are: owner and stand-in for a mailbox of their business, else the managers of
    the supplier, else all who work there; for a mailbox of the installation its administrators."""
    held = Membership.objects.filter(holding(now))
    if business_id:
        return _keepers(held.filter(business=business_id, role__in=[Role.OWNER, Role.STAND_IN]))
    if supplier_id is None:
        return _keepers(held.filter(role=Role.ADMINISTRATOR))
    theirs = held.filter(supplier=supplier_id)
    return _keepers(theirs.filter(role=Role.MANAGER)) or _keepers(theirs.exclude(role=Role.READER))


def who_keeps_mailbox(mailbox: Mailbox, now: dt.datetime) -> list[Keeper]:
    """Return who looks after a mailbox: the managers of its supplier, else who runs the installation."""
    held = Membership.objects.filter(holding(now))
    managers = held.filter(supplier=mailbox.supplier_id, role=Role.MANAGER) if mailbox.supplier_id else held.none()
    return _keepers(managers) or _keepers(held.filter(role=Role.ADMINISTRATOR))


def _keepers(rows: QuerySet[Membership]) -> list[Keeper]:
    """Return them with an address, each once: that of the person, or, of somebody without one, of the login."""
    found: dict[str, Keeper] = {}
    for each in rows.select_related("person", "account").order_by("starts_at", "id"):
        address = first_address_of(each.person) if each.person else each.account.email if each.account else None
        if address:
            name = each.person.name if each.person else address
            found.setdefault(address, Keeper((each.person or each.account or each).pk, name, address))
    return list(found.values())


def who_asks(ticket: Ticket, now: dt.datetime) -> list[Person]:
    """Return who of the business hears of news: the requester, and who reported it for them."""
    asking = {person.id: person for person in (ticket.requester, ticket.reported_by) if person}
    gone = departed(list(asking), now)
    return [person for person in asking.values() if person.id not in gone]


def who_works_on(ticket: Ticket, now: dt.datetime, *, only: uuid.UUID | None = None) -> list[Person]:
    """Return who at each of its suppliers hears of news: the assignee for their own.

    For another the counterpart, else its managers, else its technicians: somebody always does. `only`: of this one
    engagement.
    """
    assignee = ticket.assignee
    if assignee and assignee.id in departed([assignee.id], now):
        assignee = None
    engagements = Engagement.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), pk__in=engagement_ids(ticket))
    if only is not None:
        engagements = engagements.filter(pk=only)
    engagements = engagements.select_related("counterpart").order_by("starts_at", "id")
    gone = departed([e.counterpart_id for e in engagements if e.counterpart_id], now)
    members = Membership.objects.filter(holding(now), supplier__in=[e.supplier_id for e in engagements])
    by_role: dict[tuple[uuid.UUID | None, str], list[Person]] = defaultdict(list)
    for member in members.select_related("person").order_by("starts_at", "id"):
        if member.person:
            by_role[member.supplier_id, member.role].append(member.person)
    told: dict[uuid.UUID, Person] = {}
    for each in engagements:
        if assignee and assignee.supplier_id == each.supplier_id:
            persons = [assignee]
        elif each.counterpart and each.counterpart_id not in gone:
            persons = [each.counterpart]
        else:
            persons = by_role[each.supplier_id, Role.MANAGER] or by_role[each.supplier_id, Role.TECHNICIAN]
        told |= {person.id: person for person in persons}
    return list(told.values())

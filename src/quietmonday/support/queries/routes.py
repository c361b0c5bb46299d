"""Where our mails about a ticket go, and where answers to them come back."""

import dataclasses
import datetime as dt
import uuid
from collections import defaultdict
from email.utils import formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q

from quietmonday.kit.text import clean_line
from quietmonday.people.access import holding
from quietmonday.people.models import Engagement, Membership, Person, Role
from quietmonday.post.logic.addresses import message_id, reply_address
from quietmonday.post.models import Mailbox
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

    The mailbox is the one of the ticket's first engagement that is read now; without one the mail comes from the
    installation's address and asks to answer on the page.
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
    suppliers = Engagement.objects.filter(pk__in=engagement_ids(ticket)).values("supplier_id")
    rows = Mailbox.objects.filter(
        Q(business=ticket.business_id) | Q(business=None), supplier__in=suppliers, ended_at=None
    )
    return rows.order_by("business_id", "connected_at").first()


# RFC 3834: nobody answers this by machine, and two help desks facing each other stop here.
OURS = {"X-Quiet-Monday": "1"}
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All", **OURS}


def who_decides_about_senders(
    *, supplier_id: uuid.UUID | None, business_id: uuid.UUID | None, now: dt.datetime
) -> list[Person]:
    """Return who says who unknown senders are: owner and stand-in for a mailbox of their business, else the managers of
    the supplier, else all who work there."""
    held = Membership.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now, person__isnull=False)
    if business_id:
        rows = held.filter(business=business_id, role__in=[Role.OWNER, Role.STAND_IN])
    else:
        rows = held.filter(supplier=supplier_id, role=Role.MANAGER)
        if not rows.exists():
            rows = held.filter(supplier=supplier_id).exclude(role=Role.READER)
    return list({m.person_id: m.person for m in rows.select_related("person") if m.person}.values())


def who_works_on(ticket: Ticket, now: dt.datetime) -> list[Person]:
    """Return who at the suppliers hears of news: the assignee.

    Without one, of each supplier the counterpart, else its managers, else its technicians: somebody always does.
    """
    if ticket.assignee and ticket.assignee_id not in departed([ticket.assignee.id], now):
        return [ticket.assignee]
    engagements = Engagement.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), pk__in=engagement_ids(ticket))
    engagements = engagements.select_related("counterpart").order_by("starts_at", "id")
    gone = departed([e.counterpart_id for e in engagements if e.counterpart_id], now)
    members = Membership.objects.filter(holding(now), supplier__in=[e.supplier_id for e in engagements])
    by_role: dict[tuple[uuid.UUID | None, str], list[Person]] = defaultdict(list)
    for member in members.select_related("person").order_by("starts_at", "id"):
        if member.person:
            by_role[member.supplier_id, member.role].append(member.person)
    told: dict[uuid.UUID, Person] = {}
    for each in engagements:
        if each.counterpart and each.counterpart_id not in gone:
            persons = [each.counterpart]
        else:
            persons = by_role[each.supplier_id, Role.MANAGER] or by_role[each.supplier_id, Role.TECHNICIAN]
        told |= {person.id: person for person in persons}
    return list(told.values())

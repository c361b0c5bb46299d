"""What rules of sorting would have made of the mails that came lately."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence

from django.db.models import BinaryField
from django.db.models.functions import Substr

from quietmonday.people.access import Viewer
from quietmonday.people.models import Address, Engagement
from quietmonday.post.logic.addresses import normalise
from quietmonday.post.logic.mail.heads import head_of
from quietmonday.post.models import InboxItem
from quietmonday.support.access import inbox_visible_to
from quietmonday.support.logic.routing import Places, Ruling, ruling

LATELY = 50
HEAD = 64 * 1024  # bytes of a mail that are looked at: its header
SORTED = (
    "new",
    "unknown_sender",
    "silenced",
    "several_businesses",
    "several_suppliers",
    "set_aside_by_rule",
    "by_hand",
)
"""What rules can change: new mail of persons. Answers, machines, copies and marked mails are no matter of theirs."""


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """A mail that would have been sorted otherwise."""

    item: InboxItem
    before: Ruling
    after: Ruling


@dataclasses.dataclass(frozen=True, slots=True)
class Preview:
    """How many mails were looked at, and those of them that would have been sorted otherwise."""

    looked_at: int
    changes: list[Change]


def preview(
    viewer: Viewer, supplier_id: uuid.UUID | None, before: Sequence[Places], after: Sequence[Places]
) -> Preview:
    """Return what the list `after` would have made of the last mails instead of `before`. Four queries."""
    rows = inbox_visible_to(viewer).filter(supplier=supplier_id, rule__in=SORTED, raw__isnull=False)
    rows = rows.exclude(source="file").select_related("business", "supplier")
    items = list(
        rows.annotate(head=Substr("raw__data", 1, HEAD, output_field=BinaryField())).order_by("-received_at", "-id")[
            :LATELY
        ]
    )
    homes = _engagements_of({normalise(item.sender) for item in items}, supplier_id)
    changes = []
    for item in items:
        head = head_of(bytes(item.head), item.sender)
        theirs = homes.get(normalise(item.sender), frozenset())
        was, will = ruling(before, head, theirs), ruling(after, head, theirs)
        if was != will:
            changes.append(Change(item, was, will))
    return Preview(len(items), changes)


def _engagements_of(emails: set[str], supplier_id: uuid.UUID | None) -> dict[str, frozenset[uuid.UUID]]:
    """Return by address the engagements of businesses to which its users belong."""
    rows = Address.objects.filter(email__in=emails, business__isnull=False, person__merged_into=None)
    pairs = list(rows.values_list("email", "business").distinct())
    engaged = Engagement.objects.filter(business__in={business for _, business in pairs}, ends_at=None)
    if supplier_id:
        engaged = engaged.filter(supplier=supplier_id)
    by_business: dict[uuid.UUID | None, set[uuid.UUID]] = {}
    for ref, business in engaged.values_list("pk", "business"):
        by_business.setdefault(business, set()).add(ref)
    found: dict[str, set[uuid.UUID]] = {}
    for email, business in pairs:
        found.setdefault(email, set()).update(by_business.get(business, ()))
    return {email: frozenset(each) for email, each in found.items()}

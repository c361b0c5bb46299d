"""What came in and did not become a request; how an import goes on."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from django.db.models import Count, Q, QuerySet

from quietmonday.people.access import Viewer
from quietmonday.post.models import InboxItem, InboxState, SilencedSender
from quietmonday.support.access import decides_about_sender, inbox_visible_to, silenced_by
from quietmonday.support.logic.cursors import cursor, read_cursor

ROWS = 25
ASKING = 100  # mails that are looked through for senders, a page
MOST_SILENCED = 50


@dataclasses.dataclass(slots=True)
class Asking:
    """A sender whom nobody knows: its newest mail, how many there are on this page, whether the viewer decides."""

    newest: InboxItem
    mails: int
    decides: bool

    @property
    def through(self) -> str:
        """The address of the mailbox it came in through, "" if it came another way."""
        return self.newest.mailbox.address if self.newest.mailbox else ""


@dataclasses.dataclass(frozen=True, slots=True)
class Inbox:
    """One page of kept items, newest first; `waiting`: how many were not looked at yet.

    `asking`: senders that wait for somebody to say who they are; `asking_after`: where the next of them begin.
    """

    rows: list[InboxItem]
    waiting: int
    after: str
    asking: list[Asking]
    asking_after: str
    silenced: list[SilencedSender]

    @property
    def to_decide(self) -> int:
        """How many senders on this page wait for the viewer."""
        return sum(each.decides for each in self.asking)


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is."""

    taken: int
    kept: int
    waiting: int

    @property
    def done(self) -> int:
        """How many were looked at."""
        return self.taken + self.kept

    @property
    def total(self) -> int:
        """How many came."""
        return self.done + self.waiting


def inbox_of(viewer: Viewer, after: str = "", asking_after: str = "") -> Inbox:
    """Return a page of what the viewer may see: four queries."""
    visible = inbox_visible_to(viewer)
    asking, more_asking = _asking(viewer, visible, asking_after)
    kept = visible.filter(state=InboxState.KEPT, asks_at=None)
    key = read_cursor(after, "mu")
    if key is not None:
        kept = kept.filter(Q(received_at__lt=key[0]) | Q(received_at=key[0], id__lt=key[1]))
    rows = list(kept.select_related("business", "supplier").order_by("-received_at", "-id")[: ROWS + 1])
    more = len(rows) > ROWS
    rows = rows[:ROWS]
    return Inbox(
        rows=rows,
        waiting=visible.filter(state=InboxState.WAITING).count(),
        after=cursor(rows[-1].received_at, rows[-1].id) if more else "",
        asking=asking,
        asking_after=more_asking,
        silenced=list(silenced_by(viewer)[:MOST_SILENCED]),
    )


def _asking(viewer: Viewer, visible: QuerySet[InboxItem], after: str) -> tuple[list[Asking], str]:
    rows = visible.filter(asks_at__isnull=False)
    key = read_cursor(after, "mu")
    if key is not None:
        rows = rows.filter(Q(asks_at__lt=key[0]) | Q(asks_at=key[0], id__lt=key[1]))
    found = list(rows.select_related("business", "supplier", "mailbox").order_by("-asks_at", "-id")[: ASKING + 1])
    senders: dict[tuple[object, ...], Asking] = {}
    for item in found[:ASKING]:
        # What is in doubt is asked about each mail; who somebody is, once for all of an address.
        one = (item.sender, item.supplier_id, item.business_id, "" if item.rule == "unknown_sender" else item.pk)
        sender = senders.setdefault(one, Asking(item, 0, decides_about_sender(viewer, item)))
        sender.mails += 1
    more = cursor(found[ASKING - 1].received_at, found[ASKING - 1].id) if len(found) > ASKING else ""
    return list(senders.values()), more


def import_progress(business: uuid.UUID, at: dt.datetime) -> Progress:
    """Return how far the files are that were handed in for the business at `at`: one query."""
    items = InboxItem.objects.filter(business=business, source="file", received_at=at)
    found = dict(items.values_list("state").annotate(n=Count("pk")).order_by())
    return Progress(
        taken=found.get(InboxState.TAKEN, 0),
        kept=found.get(InboxState.KEPT, 0),
        waiting=found.get(InboxState.WAITING, 0),
    )

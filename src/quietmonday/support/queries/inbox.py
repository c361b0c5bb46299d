"""What came in and did not become a request; how an import goes on."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from django.db.models import Count, Q

from quietmonday.people.access import Viewer
from quietmonday.post.models import InboxItem, InboxState
from quietmonday.support.access import inbox_visible_to
from quietmonday.support.logic.cursors import cursor, read_cursor

ROWS = 25


@dataclasses.dataclass(frozen=True, slots=True)
class Inbox:
    """One page of kept items, newest first; `waiting`: how many were not looked at yet."""

    rows: list[InboxItem]
    waiting: int
    after: str


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


def inbox_of(viewer: Viewer, after: str = "") -> Inbox:
    """Return a page of what the viewer may see: two queries."""
    visible = inbox_visible_to(viewer)
    kept = visible.filter(state=InboxState.KEPT)
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
    )


def import_progress(business: uuid.UUID, at: dt.datetime) -> Progress:
    """Return how far the files are that were handed in for the business at `at`: one query."""
    items = InboxItem.objects.filter(business=business, source="file", received_at=at)
    found = dict(items.values_list("state").annotate(n=Count("pk")).order_by())
    return Progress(
        taken=found.get(InboxState.TAKEN, 0),
        kept=found.get(InboxState.KEPT, 0),
        waiting=found.get(InboxState.WAITING, 0),
    )

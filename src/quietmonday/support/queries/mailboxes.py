"""How mailboxes are: when they were read, what waits in them, when they could not be read."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Count, Q

from quietmonday.post.models import InboxItem, InboxState, IntakeGap, Mailbox, Way

MOST_GAPS = 10


@dataclasses.dataclass(slots=True)
class Health:
    """A mailbox and how it is. `state`: read, listened, handed, not_yet, away, sign_in, paused."""

    mailbox: Mailbox
    state: str
    since: dt.datetime | None  # of the gap that is open
    waiting: int = 0  # mails that came in and were not looked at yet
    asking: int = 0  # senders' mails that wait for somebody's word
    gaps: list[IntakeGap] = dataclasses.field(default_factory=list)  # the last ones, newest first

    @property
    def well(self) -> bool:
        """Whether its mail comes in, as far as anybody can tell."""
        return self.state in ("read", "listened", "handed")


def health_of(mailboxes: Sequence[Mailbox], now: dt.datetime) -> list[Health]:
    """Return how each is: two queries, however many."""
    refs = [each.pk for each in mailboxes]
    gaps: dict[uuid.UUID, list[IntakeGap]] = defaultdict(list)
    recent = Q(until_at=None) | Q(until_at__gte=now - dt.timedelta(days=90))
    for gap in IntakeGap.objects.filter(recent, mailbox__in=refs).order_by("-from_at"):
        gaps[gap.mailbox_id].append(gap)
    undecided = InboxItem.objects.filter(Q(state=InboxState.WAITING) | Q(asks_at__isnull=False), mailbox__in=refs)
    counts = {
        row["mailbox"]: row
        for row in undecided.values("mailbox").annotate(
            waiting=Count("pk", filter=Q(state=InboxState.WAITING)), asking=Count("pk", filter=Q(asks_at__isnull=False))
        )
    }
    found = []
    for each in mailboxes:
        theirs = gaps[each.pk]
        count = counts.get(each.pk, {"waiting": 0, "asking": 0})
        opened = next((gap.from_at for gap in theirs if gap.until_at is None), None)
        found.append(Health(each, _state(each, now), opened, count["waiting"], count["asking"], theirs[:MOST_GAPS]))
    return found


def _state(mailbox: Mailbox, now: dt.datetime) -> str:
    if mailbox.paused_at is not None:
        return "paused"
    if mailbox.way == Way.HANDED:
        return "handed"
    if mailbox.sign_in_again_since is not None:
        return "sign_in"
    if mailbox.last_error:
        return "away"
    if mailbox.last_ok_at is None:
        return "not_yet"
    lease = getattr(mailbox, "lease", None)
    listened = lease is not None and lease.listens_since and lease.until_at and lease.until_at > now
    return "listened" if listened else "read"


def mailboxes_by_service(services: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return how many connected mailboxes get their tokens from each: one query."""
    rows = Mailbox.objects.filter(service__in=services, ended_at=None).values_list("service")
    return dict(rows.annotate(n=Count("pk")).order_by())

"""What of the past a supplier may read, by the business's decision.

A grant names whose past (an engagement), who reads it (a supplier), and from when until when. `until` is the moment of
the grant, or the engagement's end if that came before: what comes after is no past. So a supplier that has gone may
read what it worked on and nothing that came after its end, and one that is new reads the past and nothing beside it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Collection, Iterable


@dataclasses.dataclass(frozen=True, slots=True)
class Grant:
    """One decision. `since` None: from the beginning; `ended_at` None: it holds."""

    engagement: uuid.UUID
    reader: uuid.UUID
    since: dt.datetime | None
    until: dt.datetime
    ended_at: dt.datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Party:
    """An engagement that a request concerns, from a moment on and until `ended_at`; `whole`: all of it was shown."""

    engagement: uuid.UUID
    since: dt.datetime
    ended_at: dt.datetime | None = None
    whole: bool = True


def until_of(*, given_at: dt.datetime, engagement_ends_at: dt.datetime | None) -> dt.datetime:
    """Return where the past ends that is granted at `given_at`."""
    return given_at if engagement_ends_at is None else min(given_at, engagement_ends_at)


def readable_until(
    grants: Iterable[Grant], *, readers: Collection[uuid.UUID], parties: Iterable[Party], opened_at: dt.datetime
) -> dt.datetime | None:
    """Return up to when a request may be read by the suppliers `readers`; None: not at all."""
    concerned = list(parties)
    found = [
        min(grant.until, party.ended_at or grant.until)
        for grant in grants
        for party in concerned
        if grant.ended_at is None
        and grant.reader in readers
        and opened_at < min(grant.until, party.ended_at or grant.until)
        and (grant.since is None or opened_at >= grant.since)
        and (party.engagement == grant.engagement and party.since < grant.until and party.whole)
    ]
    return max(found, default=None)

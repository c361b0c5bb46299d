"""People and links of a ticket as its own page shows them in a few lines: parts of the query that reads its events."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat
from django.db.models.lookups import IsNull

from quietmonday.people.access import Viewer
from quietmonday.support.access import tickets_visible_to, watchers_visible_to
from quietmonday.support.models import CallIn, CopySuggestion, LinkKind, Ticket, TicketLink, TicketState, TicketTag
from quietmonday.support.queries.events import Event, part


@dataclasses.dataclass(frozen=True, slots=True)
class Related:
    """Another ticket: `kind` of a link, `outward` (this one … that one) or not."""

    kind: str
    outward: bool
    number: int
    subject: str
    state: str
    ref: uuid.UUID

    @property
    def is_open(self) -> bool:
        """Whether it is still open."""
        return self.state == TicketState.OPEN


@dataclasses.dataclass(frozen=True, slots=True)
class Relations:
    """What stands in the side column, and what waits for the viewer's word there."""

    watchers: list[str]
    tags: list[str]
    links: list[Related]
    asks: bool

    @property
    def whole(self) -> Related | None:
        """The request that this one is a part of."""
        return next((each for each in self.links if each.kind == LinkKind.PART_OF and each.outward), None)

    @property
    def parts(self) -> list[Related]:
        """The requests that are part of this one."""
        return [each for each in self.links if each.kind == LinkKind.PART_OF and not each.outward]

    @property
    def below(self) -> list[Related]:
        """The requests that stand under this one."""
        return [each for each in self.links if each.kind == LinkKind.UNDER and not each.outward]

    @property
    def open_below(self) -> int:
        """How many of them are open."""
        return sum(each.is_open for each in self.below)

    @property
    def numbers(self) -> dict[uuid.UUID, int]:
        """The numbers of the parts, by id: whose messages stand in the conversation."""
        return {each.ref: each.number for each in self.parts}


def relation_parts(viewer: Viewer, ticket: Ticket) -> list[QuerySet[Any, Any]]:
    """Return what `relations_in` reads, as parts of one query with the events."""
    parts = [
        part(
            watchers_visible_to(viewer, ticket).filter(person__erased_at=None),
            "watcher",
            at="since",
            by="by_name",
            detail="person__name",
        ),
        part(TicketTag.objects.filter(ticket=ticket), "tag", at="at", by="by_name", detail="tag__name"),
        _links(viewer, ticket, outward=True),
        _links(viewer, ticket, outward=False),
    ]
    if ticket.business_id in viewer.leads:
        for waiting in (CallIn, CopySuggestion):
            rows = waiting._default_manager.filter(ticket=ticket, answered_at=None)
            parts.append(part(rows, "asks", at="at", by="by_name"))
    return parts


def relations_in(rows: Iterable[Event]) -> Relations:
    """Return what the rows of `relation_parts` say."""
    found = sorted(rows, key=lambda row: (row.at, row.detail))
    links = [
        Related(
            kind=row.by.partition(":")[0],
            outward=row.what == "link_out",
            number=int(row.detail),
            subject=row.note,
            state=row.by.partition(":")[2],
            ref=row.ref,
        )
        for row in found
        if row.what in {"link_out", "link_in"} and row.ref
    ]
    return Relations(
        watchers=list(dict.fromkeys(row.detail for row in found if row.what == "watcher")),
        tags=sorted(row.detail for row in found if row.what == "tag"),
        links=links,
        asks=any(row.what == "asks" for row in found),
    )


RELATIONS = frozenset({"watcher", "tag", "link_out", "link_in", "asks"})
"""What these rows are called among the events."""


def _links(viewer: Viewer, ticket: Ticket, *, outward: bool) -> QuerySet[Any, Any]:
    """The open links to tickets that the viewer sees, with kind and state of the other in one column.

    Whether the other is seen is asked for each link. As a list of all that are seen, both engines would first make that
    list: every request of the business.
    """
    mine, theirs = ("one", "other") if outward else ("other", "one")
    seen = tickets_visible_to(viewer).filter(pk=OuterRef(f"{theirs}_id"))
    rows = TicketLink.objects.filter(
        IsNull(Subquery(seen.values("pk")[:1]), False), **{mine: ticket}, ended_at=None
    ).annotate(what_and_how=Concat(F("kind"), Value(":"), F(f"{theirs}__state"), output_field=CharField()))
    return part(
        rows,
        "link_out" if outward else "link_in",
        at="at",
        by="what_and_how",
        note=f"{theirs}__subject",
        detail=f"{theirs}__work_item__number",
        ref=f"{theirs}_id",
    )

"""What a ticket has to do with others, its tags, and what may be said about that."""

from __future__ import annotations

import dataclasses

from quietmonday.people.access import Viewer
from quietmonday.support.access import messages_visible_to
from quietmonday.support.models import LinkKind, Message, Side, Tag, Ticket, TicketTag
from quietmonday.support.queries.linking import Linked, links_of

WORDS_OFFERED = 200


@dataclasses.dataclass(frozen=True, slots=True)
class LinksPage:
    """The page of one viewer."""

    links: list[Linked]
    tags: list[TicketTag]
    words: list[str]  # of the business, to choose from

    @property
    def below(self) -> list[Ticket]:
        """The open requests under this one."""
        under = [each for each in self.links if each.link.kind == LinkKind.UNDER and not each.outward]
        return [each.ticket for each in under if each.ticket.state == "open"]

    @property
    def whole(self) -> Linked | None:
        """The request that this one is a part of."""
        return next((each for each in self.links if each.link.kind == LinkKind.PART_OF and each.outward), None)


def links_page(viewer: Viewer, ticket: Ticket) -> LinksPage:
    """Return what the page of links shows of a visible ticket: three queries."""
    tags = TicketTag.objects.filter(ticket=ticket).select_related("tag").order_by("tag__name")
    words = Tag.objects.filter(business=ticket.business_id).order_by("name").values_list("name", flat=True)
    return LinksPage(links_of(viewer, ticket), list(tags), list(words[:WORDS_OFFERED]))


def messages_to_split(viewer: Viewer, ticket: Ticket) -> list[Message]:
    """Return what of a visible ticket somebody may make a request of its own of: what people said, oldest first."""
    rows = messages_visible_to(viewer, ticket).filter(erased_at=None, automatic=False).exclude(side=Side.SYSTEM)
    return list(rows.select_related("supplier", "author").order_by("occurred_at", "id"))

"""Who has to do with a ticket: who asked, who hears, who works on it, what waits for a word."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.db.models import QuerySet

from quietmonday.people.access import Viewer
from quietmonday.people.models import Engagement, Person
from quietmonday.support.access import (
    call_ins_visible_to,
    copies_answered_by,
    ends_watching_of,
    engagements_called_in_by,
    persons_added_by,
    persons_asked_for_by,
    supplier_side,
    watchers_visible_to,
)
from quietmonday.support.models import CallIn, CopySuggestion, Ticket, TicketEngagement, Watcher


@dataclasses.dataclass(frozen=True, slots=True)
class Hearer:
    """Somebody who hears; `ends`: the viewer may end it."""

    row: Watcher
    ends: bool
    me: bool


@dataclasses.dataclass(frozen=True, slots=True)
class PeoplePage:
    """The page of one viewer."""

    hearers: list[Hearer]
    copies: list[CopySuggestion]
    parties: list[TicketEngagement]
    call_ins: list[CallIn]
    others: list[Engagement]  # whom the viewer may call in
    addable: QuerySet[Person]
    theirs: QuerySet[Person]  # whose problem it may be said to be
    arranges: bool
    leads: bool
    works: bool
    i_hear: bool
    i_ask: bool
    may_watch: bool

    @property
    def open_parties(self) -> list[TicketEngagement]:
        """The suppliers that it concerns now."""
        return [party for party in self.parties if party.ended_at is None]


def people_page(viewer: Viewer, ticket: Ticket, now: dt.datetime) -> PeoplePage:
    """Return who has to do with a visible ticket, for its page of people."""
    watchers = watchers_visible_to(viewer, ticket).filter(person__erased_at=None).select_related("person")
    rows = {row.person_id: row for row in watchers.order_by("since", "id")}
    supplier = supplier_side(viewer, ticket)
    leads = ticket.business_id in viewer.leads
    parties = TicketEngagement.objects.filter(ticket=ticket).select_related("engagement__supplier")
    if ticket.business_id not in viewer.sees.businesses:
        parties = parties.filter(ended_at=None)
    acts = supplier is not None or ticket.business_id in viewer.leads | viewer.staff_of
    return PeoplePage(
        hearers=[
            Hearer(row, ends_watching_of(viewer, ticket, row, supplier), row.person_id in viewer.persons)
            for row in rows.values()
        ],
        copies=list(copies_answered_by(viewer, ticket, now).select_related("person").order_by("at", "id"))
        if leads or supplier is not None
        else [],
        parties=list(parties.order_by("since", "id")),
        call_ins=list(call_ins_visible_to(viewer, ticket)),
        others=engagements_called_in_by(viewer, ticket, now),
        addable=persons_added_by(viewer, ticket, now),
        theirs=persons_asked_for_by(viewer, ticket),
        arranges=leads or supplier is not None,
        leads=leads,
        works=supplier is not None,
        i_hear=any(ref in viewer.persons for ref in rows),
        i_ask=bool({ticket.requester_id, ticket.reported_by_id} & viewer.persons.keys()),
        may_watch=acts,
    )

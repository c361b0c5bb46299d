"""Who may ring a supplier: the people of its clients whom it has met."""

import uuid

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from quietmonday.people.access import Viewer
from quietmonday.people.models import KNOWN, Engagement, Person
from quietmonday.support.access.tickets import tickets_supplied_by
from quietmonday.support.models import Ticket, TicketEngagement, TicketState


def callers_known_to(viewer: Viewer) -> QuerySet[Person]:
    """Return whom of all clients the viewer's suppliers have met: owners, stand-ins, whoever asked before."""
    served = Engagement.objects.filter(pk__in=list(viewer.engagements))
    asked = tickets_supplied_by(viewer).filter(requester=OuterRef("pk"))
    met = Q(pk__in=served.values("owner")) | Q(pk__in=served.values("stand_in")) | Exists(asked)
    return Person.objects.filter(KNOWN, met, business__in=set(viewer.engagements.values()))


def caller_known_to(viewer: Viewer, ref: uuid.UUID) -> Person:
    """Return one of them with their business; Http404 otherwise."""
    person = callers_known_to(viewer).select_related("business").filter(pk=ref).first()
    if person is None:
        raise Http404
    return person


def open_requests_of(viewer: Viewer, person: Person) -> QuerySet[Ticket]:
    """Return what the person has open with the suppliers for which the viewer works, newest first."""
    ours = TicketEngagement.objects.filter(engagement__in=list(viewer.engagements), ticket=OuterRef("pk"))
    mine = Ticket.objects.filter(Exists(ours), requester=person, state=TicketState.OPEN)
    return mine.select_related("business", "work_item").order_by("-opened_at", "-id")

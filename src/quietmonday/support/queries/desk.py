"""What the form of a call needs to know: who may be ringing, what they have open, when we can promise a word."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from django.http import Http404

from quietmonday.people.access import Viewer
from quietmonday.people.models import Engagement, Person
from quietmonday.people.queries import working_hours_of
from quietmonday.support.access import caller_known_to, callers_known_to, open_requests_of
from quietmonday.support.logic.callers import Known
from quietmonday.support.logic.next_words import next_words
from quietmonday.support.models import Ticket
from quietmonday.support.queries.callers import callers_found

SHOWN = 8
NEWCOMER = "new"
"""Chosen where a caller would be: somebody who is not on record."""


@dataclasses.dataclass(frozen=True, slots=True)
class Desk:
    """`found`: who fits what was typed, `more` if somebody else does too; `chosen`: a person's id, NEWCOMER or "".

    `sure`: chosen by whoever fills the form, not by us because nobody else fits. `engagement`: the one that the call is
    for, None while it is not known who rings.
    """

    typed: str
    found: list[Known]
    more: bool
    chosen: str
    sure: bool
    person: Person | None
    open_requests: list[Ticket]
    engagement: Engagement | None
    zone: str
    moments: list[dt.datetime]


def desk_of(viewer: Viewer, *, typed: str, chosen: str, client: str, now: dt.datetime) -> Desk:
    """Return the desk for what was typed and chosen so far. At most five queries.

    Whoever was chosen and does not fit what is typed now is chosen no longer: the page may be older than the words.
    `client`: the business of a newcomer.
    """
    people = callers_known_to(viewer)
    typed = typed.strip()
    if typed:
        found = callers_found(people, typed, most=SHOWN + 1)
    else:
        found = [_known(each) for each in [_person(viewer, chosen)] if each is not None]
    fitting = {str(each.ref) for each in found} | {NEWCOMER}
    sure = chosen in fitting
    if not sure:
        chosen = str(found[0].ref) if len(found) == 1 else NEWCOMER if typed and not found else ""
    person = _person(viewer, chosen)
    place = person.business_id if person else _ref(client)
    engagement = _engagement(viewer, place)
    shown = engagement or _engagement(viewer, next(iter(viewer.engagements.values()), None))
    hours = working_hours_of(shown, range(now.year, now.year + 2)) if shown else None
    return Desk(
        typed=typed,
        found=found[:SHOWN],
        more=len(found) > SHOWN,
        chosen=chosen,
        sure=sure,
        person=person,
        open_requests=list(open_requests_of(viewer, person)[:SHOWN]) if person else [],
        engagement=engagement,
        zone=engagement.business.zone if engagement else shown.supplier.zone if shown else "UTC",
        moments=next_words(hours, now) if hours else [],
    )


def _known(person: Person) -> Known:
    return Known(person.id, person.name, person.business.name if person.business else "", person.phone)


def _person(viewer: Viewer, chosen: str) -> Person | None:
    ref = _ref(chosen)
    if ref is None:
        return None
    try:
        return caller_known_to(viewer, ref)
    except Http404:
        return None


def _ref(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _engagement(viewer: Viewer, business: uuid.UUID | None) -> Engagement | None:
    """The oldest engagement through which the viewer works for the business."""
    if business is None or not viewer.supplies(business):
        return None
    rows = Engagement.objects.filter(pk__in=viewer.supplies(business))
    return rows.select_related("supplier", "business", "calendar").order_by("starts_at", "id").first()

"""A stage for the page tests: Oakhurst's requests with Fennimore, at a Tuesday morning, and who signs in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.test import Client

from quietmonday.kit.actors import Actor
from quietmonday.people.models import Engagement
from quietmonday.support.actions.opening import Words, open_ticket
from quietmonday.support.actions.talking import say_to_customer, say_to_supplier
from quietmonday.support.models import Message, Ticket
from tests.cast import Cast, Member, sign_in

TUESDAY = dt.datetime(2026, 11, 17, 9, 20, tzinfo=dt.UTC)


def actor(member: Member) -> Actor:
    """Return the member as the one who acts."""
    return Actor(id=member.person.id, name=member.person.name)


def client_of(member: Member) -> Client:
    """Return a client signed in as the member."""
    return sign_in(Client(), member)


def words(member: Member, text: str, at: dt.datetime, files: Sequence[Any] = ()) -> Words:
    """Return what the member says."""
    return Words(
        text=text,
        channel="web",
        author=member.person,
        author_name=member.person.name,
        occurred_at=at,
        files=files,
    )


def asked(
    cast: Cast,
    text: str = "Scanners lose Wi-Fi",
    *,
    by: Member | None = None,
    at: dt.datetime = TUESDAY,
    engagements: Sequence[Engagement] = (),
    files: Sequence[Any] = (),
    **more: Any,
) -> Ticket:
    """Return a ticket that somebody of Oakhurst opened (Dele with Fennimore unless said otherwise)."""
    member = by or cast.dele
    chosen = list(engagements) or [cast.engagement]
    return open_ticket(
        business=chosen[0].business,
        engagements=chosen,
        subject=more.pop("subject", ""),
        words=words(member, text, at, files),
        source=more.pop("source", "web"),
        actor=actor(member),
        now=at,
        requester=member.person,
        reported_at=at,
        **more,
    )


def answered(cast: Cast, ticket: Ticket, text: str = "I am on it.", *, at: dt.datetime, **more: Any) -> Message:
    """Sam answers."""
    return say_to_customer(
        ticket=ticket,
        words=words(cast.sam, text, at),
        supplier_id=cast.fennimore.id,
        actor=actor(cast.sam),
        now=at,
        **more,
    )


def wrote(ticket: Ticket, member: Member, text: str, *, at: dt.datetime) -> Message:
    """Somebody of the business writes."""
    return say_to_supplier(ticket=ticket, words=words(member, text, at), actor=actor(member), now=at)

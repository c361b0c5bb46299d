"""Who at the suppliers hears of news about a request: somebody always does."""

import datetime as dt

import pytest

from quietmonday.outbox.models import OutgoingMessage
from quietmonday.people.models import Engagement, Membership, Role
from quietmonday.support.actions.handing import assign
from quietmonday.support.actions.telling import tell_opened, tell_said
from quietmonday.support.models import Ticket
from quietmonday.support.queries.correspondents import correspondents
from quietmonday.support.queries.routes import who_asks, who_works_on
from tests.cast import Cast
from tests.support.scene import actor, answered, asked, client_of

pytestmark = pytest.mark.django_db
NOW = dt.datetime.now(dt.UTC)


def heard(ticket: Ticket) -> list[str]:
    ticket.refresh_from_db()
    return [person.name for person in who_works_on(ticket, dt.datetime.now(dt.UTC))]


def without_counterparts() -> None:
    Engagement.objects.update(counterpart=None)


def test_the_counterpart_hears_until_it_is_handed_to_somebody(cast: Cast) -> None:
    ticket = asked(cast, at=NOW - dt.timedelta(hours=1))
    assert heard(ticket) == ["Asha Fennimore"]
    assign(ticket=ticket, person=cast.sam.person, actor=actor(cast.asha), now=NOW)
    assert heard(ticket) == ["Sam Kessler"]


def test_without_a_counterpart_the_managers_hear_and_without_managers_the_technicians(cast: Cast) -> None:
    without_counterparts()
    ticket = asked(cast, at=NOW - dt.timedelta(hours=1))
    assert heard(ticket) == ["Asha Fennimore"]
    Membership.objects.filter(supplier=cast.fennimore, role=Role.MANAGER).update(ends_at=NOW - dt.timedelta(days=1))
    assert heard(ticket) == ["Sam Kessler"]


def test_a_counterpart_of_one_supplier_does_not_silence_the_other(cast: Cast) -> None:
    Engagement.objects.filter(pk=cast.line_engagement.pk).update(counterpart=None)
    ticket = asked(cast, at=NOW - dt.timedelta(hours=1), engagements=[cast.engagement, cast.line_engagement])
    assert heard(ticket) == ["Asha Fennimore", "Ines Varga"]


def test_who_has_the_problem_and_who_reported_it_both_hear(cast: Cast) -> None:
    ticket = asked(cast, "Bill’s screen is black", by=cast.bill, reported_by=cast.dele.person)
    tell_opened(ticket_id=ticket.id, now=NOW)
    message = answered(cast, ticket, at=NOW)
    tell_said(message_id=message.id, now=NOW)
    mails = OutgoingMessage.objects.filter(recipient__contains="@oakhurst").values_list("recipient", "key")
    assert sorted((recipient, key.split(":")[0]) for recipient, key in mails) == [
        ("bill@oakhurst.example", "receipt"),
        ("bill@oakhurst.example", "ticket"),
        ("dele@oakhurst.example", "receipt"),
        ("dele@oakhurst.example", "ticket"),
    ]


def test_who_reported_it_hears_nothing_once_they_have_left(cast: Cast) -> None:
    ticket = asked(cast, "Bill’s screen is black", by=cast.bill, reported_by=cast.dele.person)
    Membership.objects.filter(person=cast.dele.person).update(ends_at=NOW - dt.timedelta(days=1))
    assert [person.name for person in who_asks(ticket, NOW)] == ["Bill Hartley"]


def test_a_colleague_who_reported_it_sees_it_and_answers_by_mail(cast: Cast) -> None:
    ticket = asked(cast, "Bill’s screen is black", by=cast.bill, reported_by=cast.dele.person)
    assert client_of(cast.dele).get(f"/requests/{ticket.id}/").status_code == 200
    assert correspondents(ticket, NOW)["dele@oakhurst.example"].side == "customer"
    other = asked(cast, "Another thing", by=cast.bill)
    assert client_of(cast.dele).get(f"/requests/{other.id}/").status_code == 404

"""Who at the suppliers hears of news about a request: somebody always does."""

import datetime as dt

import pytest

from quietmonday.people.models import Engagement, Membership, Role
from quietmonday.support.actions.handing import assign
from quietmonday.support.models import Ticket
from quietmonday.support.queries.routes import who_works_on
from tests.cast import Cast
from tests.support.scene import actor, asked

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

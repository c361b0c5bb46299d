"""A ticket that was opened a moment ago is judged from the rows at hand, as it would be from those in the database."""

import datetime as dt

import pytest

from quietmonday.people.models import Engagement
from quietmonday.support.actions.opening import open_ticket
from quietmonday.support.actions.verdicts import refresh
from quietmonday.support.logic.facts_json import facts_as_json
from quietmonday.support.models import Ticket, Verdict
from quietmonday.support.queries.facts import facts_of
from tests.cast import Cast
from tests.support.scene import actor, words

TUESDAY = dt.datetime(2026, 11, 17, 9, 0, tzinfo=dt.UTC)
DERIVED = ("move", "next_word_by", "respond_by", "restore_by", "attention_at", "workaround_until", "state")


@pytest.mark.django_db
@pytest.mark.parametrize("source", ["web", "phone"])
@pytest.mark.parametrize("reported_at", [TUESDAY - dt.timedelta(hours=3), None])
def test_the_verdict_at_opening_is_that_of_the_next_look(
    cast: Cast, source: str, reported_at: dt.datetime | None
) -> None:
    engagements = [
        Engagement.objects.select_related("business", "supplier").get(pk=each.pk)
        for each in (cast.engagement, cast.line_engagement)
    ]
    ticket = open_ticket(
        business=cast.oakhurst,
        engagements=engagements,
        subject="The scanners drop",
        words=words(cast.dele, "They drop since this morning.", TUESDAY),
        source=source,
        actor=actor(cast.dele),
        now=TUESDAY,
        requester=cast.dele.person,
        reported_at=reported_at,
        priority=2,
    )
    at_opening, stood = Verdict.objects.get(), Ticket.objects.values(*DERIVED).get()
    assert at_opening.inputs == facts_as_json(facts_of([Ticket.objects.get()], TUESDAY)[ticket.id])
    refresh(ticket=Ticket.objects.get(), now=TUESDAY)
    assert Verdict.objects.get().findings == at_opening.findings
    assert Ticket.objects.values(*DERIVED).get() == stood

"""Months and quarters: counted once, told within the reader's rights, compared only where it is clear."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quietmonday.kit.actors import Actor
from quietmonday.kit.speaking import translate, translate_plural
from quietmonday.people.models import Business, Engagement
from quietmonday.reports.queries.periods import PeriodPage, period_page
from quietmonday.support.actions.answering import dispute
from quietmonday.support.actions.opening import Words, open_ticket
from quietmonday.support.actions.settling import reopen, resolve, set_aside
from quietmonday.support.logic.headline import Group
from quietmonday.support.logic.periods import period_from_key
from quietmonday.support.logic.said import Speaker
from quietmonday.support.logic.shares import Compared, Share
from quietmonday.support.models import Ticket
from tests.cast import Cast, sign_in

NOVEMBER = dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 12, 7, 9, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


def ask(cast: Cast, *engagements: Engagement, at: dt.datetime = NOVEMBER, subject: str = "It stands still") -> Ticket:
    chosen = list(engagements) or [cast.engagement]
    words = Words(
        text=f"{subject}.", channel="web", author=cast.dele.person, author_name="Dele Adeyemi", occurred_at=at
    )
    return open_ticket(
        business=Business.objects.get(pk=chosen[0].business_id),
        engagements=chosen,
        subject=subject,
        words=words,
        source="web",
        actor=Actor(cast.dele.person.id, "Dele Adeyemi"),
        now=at,
        requester=cast.dele.person,
        reported_at=at,
        can_work="partly",
    )


def settle(cast: Cast, ticket: Ticket, at: dt.datetime) -> None:
    resolve(ticket=ticket, kind="fixed", actor=Actor(cast.sam.person.id, "Sam Kessler"), now=at)


def page_of(cast: Cast, key: str, engagement_ids: list[object] | None = None) -> PeriodPage:
    speaker = Speaker(translate=translate, translate_plural=translate_plural, zone="Europe/London", now=NOW)
    return period_page(
        business=cast.oakhurst,
        engagement_ids=engagement_ids,  # type: ignore[arg-type]  # ids of the cast
        period=period_from_key(key),
        speaker=speaker,
        now=NOW,
    )


def test_a_request_of_two_suppliers_counts_once_in_all_and_once_with_each(cast: Cast) -> None:
    ask(cast)
    ask(cast, cast.engagement, cast.line_engagement)
    page = page_of(cast, "2026-11")
    assert page.all.asked == 2
    assert [(each.name, each.figures.asked) for each in page.suppliers] == [
        ("Fennimore IT", 2),
        ("Norvane Telecom", 1),
    ]


def test_what_was_opened_in_another_month_of_the_business_is_not_in_it(cast: Cast) -> None:
    ask(cast, at=dt.datetime(2026, 10, 31, 23, 30, tzinfo=dt.UTC))  # 23:30 in London
    ask(cast, at=dt.datetime(2026, 11, 1, 0, 30, tzinfo=dt.UTC))
    assert page_of(cast, "2026-10").all.asked == 1
    assert page_of(cast, "2026-11").all.asked == 1
    assert page_of(cast, "2026-Q4").all.asked == 2


def test_what_cannot_be_told_is_in_no_share_and_what_is_no_request_in_no_figure(cast: Cast) -> None:
    settle(cast, ask(cast), NOVEMBER + dt.timedelta(minutes=20))
    spam = ask(cast)
    set_aside(ticket=spam, state="spam", note="An advert.", actor=Actor(cast.sam.person.id, "Sam"), now=NOVEMBER)
    came_back = ask(cast)
    settle(cast, came_back, NOVEMBER + dt.timedelta(minutes=20))
    reopen(
        ticket=came_back, note="Again.", actor=Actor(cast.dele.person.id, "Dele"), now=NOVEMBER + dt.timedelta(hours=5)
    )
    page = page_of(cast, "2026-11")
    assert (page.all.asked, page.all.good, page.reopened) == (2, Share(0, 1), 1)
    assert page.all.groups[Group.UNCOUNTED] == 1
    assert page.answers.asked == 2 and page.answers.answered == 0


def test_under_twenty_nothing_is_compared(cast: Cast) -> None:
    ask(cast)
    page = page_of(cast, "2026-11")
    assert page.against_before == (Compared.TOO_FEW, Compared.TOO_FEW)


def test_a_supplier_reads_its_own_relationships_only(cast: Cast) -> None:
    ask(cast, subject="Canary of Fennimore")
    ask(cast, cast.line_engagement, subject="Canary of Norvane")
    with time_machine.travel(NOW, tick=False):
        text = sign_in(Client(), cast.ines).get(_url(cast, "2026-11")).content.decode()
    assert "Norvane Telecom" in text
    assert "Fennimore" not in text.replace("Fennimore IT sees", "")


def test_an_objection_stands_on_the_page_with_its_note(cast: Cast) -> None:
    ticket = ask(cast)
    settle(cast, ticket, NOVEMBER + dt.timedelta(days=9))
    dispute(
        ticket=ticket,
        about="quick",
        note="The building was locked.",
        actor=Actor(cast.asha.person.id, "Asha"),
        now=NOVEMBER + dt.timedelta(days=10),
    )
    with time_machine.travel(NOW, tick=False):
        text = sign_in(Client(), cast.ruth).get(_url(cast, "2026-11")).content.decode()
    assert "The building was locked." in text


@pytest.mark.parametrize("key", ["2026-W45", "2026-13", "2027-01", "1990-01", "x"])
def test_no_period_is_not_found(cast: Cast, key: str) -> None:
    with time_machine.travel(NOW, tick=False):
        assert sign_in(Client(), cast.ruth).get(_url(cast, key)).status_code == 404


def test_the_page_costs_the_same_however_many_requests_there_are(cast: Cast) -> None:
    def cost() -> int:
        with time_machine.travel(NOW, tick=False), CaptureQueriesContext(connection) as queries:
            assert client.get(_url(cast, "2026-Q4")).status_code == 200
        return len(queries)

    client = sign_in(Client(), cast.ruth)
    ask(cast)
    cost()
    one = cost()
    for _ in range(3):
        ask(cast, cast.line_engagement)
    assert cost() == one <= 12


def _url(cast: Cast, key: str) -> str:
    return reverse("reports:period", args=[cast.oakhurst.pk, key])

"""Monday: stated twice, sealed, mailed to both sides, read by both within their rights."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quietmonday.journal.models import Seal
from quietmonday.kit.actors import Actor
from quietmonday.outbox.actions.mails import content_of
from quietmonday.outbox.models import OutgoingMessage
from quietmonday.people.models import Business, Engagement
from quietmonday.post.models import IntakeGap, Mailbox, Unsubscription
from quietmonday.reports.actions.monday_mail import keep_monday
from quietmonday.reports.jobs import due_mondays
from quietmonday.support.actions.opening import Words, open_ticket
from quietmonday.support.actions.rechecking import recheck
from quietmonday.support.actions.settling import reopen, resolve
from quietmonday.support.logic.week import week_from_key
from quietmonday.support.models import Correction, Statement, Ticket
from tests.cast import Cast, Member, sign_in

WEEK = week_from_key("2026-W45")
TUESDAY = dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC)
MONDAY = dt.datetime(2026, 11, 9, 7, 30, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


def ask(cast: Cast, engagement: Engagement, subject: str, at: dt.datetime = TUESDAY) -> Ticket:
    words = Words(
        text=f"{subject}, please help.",
        channel="web",
        author=cast.dele.person,
        author_name="Dele Adeyemi",
        occurred_at=at,
    )
    return open_ticket(
        business=Business.objects.get(pk=engagement.business_id),
        engagements=[engagement],
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


def mailed(person: Member) -> str:
    return content_of(OutgoingMessage.objects.get(recipient=person.email, key__startswith="monday:")).text


def test_keeping_a_monday_twice_states_seals_and_mails_once(cast: Cast) -> None:
    ask(cast, cast.engagement, "Scanners")
    for _ in range(2):
        keep_monday(business=cast.oakhurst, week=WEEK, now=MONDAY)
    assert sorted(Statement.objects.values_list("engagement", "week", "kind")) == sorted(
        [
            (engagement.id, week, kind)
            for engagement in (cast.engagement, cast.line_engagement)
            for week, kind in (("2026-W45", "provisional"), ("2026-W43", "settled"))
        ]
    )
    assert Seal.objects.filter(week="2026-W45").count() == 2
    assert sorted(OutgoingMessage.objects.filter(key__startswith="monday:").values_list("recipient", flat=True)) == [
        "asha@fennimore.example",
        "ines@norvane.example",
        "maria@oakhurst.example",
        "ruth@oakhurst.example",
    ]


def test_each_side_gets_the_seals_and_requests_of_its_own_engagements_only(cast: Cast) -> None:
    ask(cast, cast.engagement, "Scanners")
    ask(cast, cast.line_engagement, "Line is slow")
    keep_monday(business=cast.oakhurst, week=WEEK, now=MONDAY)
    ruth, asha = mailed(cast.ruth), mailed(cast.asha)
    assert ("Scanners" in ruth, "Line is slow" in ruth, ruth.count("qm-seal:1:")) == (True, True, 2)
    assert ("Scanners" in asha, "Line is slow" in asha, asha.count("qm-seal:1:")) == (True, False, 1)
    whose = "As Oakhurst Joinery reads it: “you” is Oakhurst Joinery."
    assert (whose in ruth, whose in asha) == (False, True)


def test_a_former_counterpart_gets_no_mail(cast: Cast) -> None:
    cast.asha.membership.ends_at = MONDAY - dt.timedelta(minutes=1)
    cast.asha.membership.save()
    ask(cast, cast.engagement, "Scanners")
    keep_monday(business=cast.oakhurst, week=WEEK, now=MONDAY)
    assert not OutgoingMessage.objects.filter(key__startswith="monday:", recipient=cast.asha.email).exists()


def test_a_settled_week_stays_and_what_comes_later_stands_beside_it(cast: Cast, client: Client) -> None:
    ticket = ask(cast, cast.engagement, "Scanners")
    settle(cast, ticket, TUESDAY + dt.timedelta(hours=1))
    keep_monday(business=cast.oakhurst, week=WEEK, now=MONDAY)
    two_weeks_later = MONDAY + dt.timedelta(weeks=2)
    keep_monday(business=cast.oakhurst, week=week_from_key("2026-W47"), now=two_weeks_later)
    settled = Statement.objects.get(engagement=cast.engagement, week=WEEK.key, kind="settled")
    rows = settled.rows
    assert rows[0]["effective"]["value"] == "not_known"
    assert not Correction.objects.exists()

    reopen(
        ticket=ticket,
        actor=Actor(cast.dele.person.id, "Dele Adeyemi"),
        now=two_weeks_later + dt.timedelta(hours=2),
    )
    settled.refresh_from_db()
    assert settled.rows == rows
    correction = Correction.objects.get()
    assert (correction.before["effective"]["value"], correction.after["effective"]["value"]) == (
        "not_known",
        "too_early",
    )

    sign_in(client, cast.ruth)
    page = client.get(reverse("reports:week", args=[cast.oakhurst.id, WEEK.key])).content.decode()
    assert "Changed since: 1." in page
    assert "Known since:" in page


def test_a_workaround_that_runs_past_its_date_is_a_correction_without_anybody_doing_anything(cast: Cast) -> None:
    ticket = ask(cast, cast.engagement, "Labels print blank")
    resolve(
        ticket=ticket,
        kind="workaround",
        actor=Actor(cast.sam.person.id, "Sam Kessler"),
        now=TUESDAY + dt.timedelta(hours=1),
        workaround_until=dt.date(2026, 11, 27),
    )
    keep_monday(business=cast.oakhurst, week=week_from_key("2026-W47"), now=MONDAY + dt.timedelta(weeks=2))
    assert recheck(now=dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)) == 0
    assert recheck(now=dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)) == 1
    correction = Correction.objects.get()
    assert (correction.before["group"], correction.after["group"]) == ("held", "failed")


def test_a_week_with_mail_down_says_so(cast: Cast, client: Client) -> None:
    mailbox = Mailbox.objects.create(
        supplier=cast.fennimore,
        address="help@fennimore.example",
        host="mail.fennimore.example",
        user="help",
        sealed_password=b"",
        connected_at=TUESDAY,
    )
    IntakeGap.objects.create(mailbox=mailbox, from_at=TUESDAY, until_at=TUESDAY + dt.timedelta(hours=5))
    ask(cast, cast.engagement, "Scanners")
    keep_monday(business=cast.oakhurst, week=WEEK, now=MONDAY)
    assert Statement.objects.get(engagement=cast.engagement, kind="provisional").blind == [
        {"from": "2026-11-03T10:00:00+00:00", "until": "2026-11-03T15:00:00+00:00"}
    ]
    assert Statement.objects.get(engagement=cast.line_engagement, kind="provisional").blind == []
    assert "Mails could not come in" in mailed(cast.ruth)
    sign_in(client, cast.ruth)
    assert (
        "Mails could not come in"
        in client.get(reverse("reports:week", args=[cast.oakhurst.id, WEEK.key])).content.decode()
    )


def test_monday_is_half_past_seven_in_the_zone_of_each_business(cast: Cast) -> None:
    cast.tilden.zone = "America/New_York"
    cast.tilden.save()
    before = MONDAY - dt.timedelta(minutes=1)
    assert list(due_mondays(before)) == []
    assert list(due_mondays(MONDAY)) == [f"{cast.oakhurst.id}:2026-W45"]
    assert sorted(due_mondays(MONDAY + dt.timedelta(hours=5))) == sorted(
        [f"{cast.oakhurst.id}:2026-W45", f"{cast.tilden.id}:2026-W45"]
    )


def test_a_week_before_the_record_began_has_no_monday(cast: Cast) -> None:
    Business.objects.exclude(pk=cast.oakhurst.pk).update(began_at=MONDAY + dt.timedelta(weeks=9))
    Business.objects.filter(pk=cast.oakhurst.pk).update(began_at=MONDAY)
    assert list(due_mondays(MONDAY)) == []
    assert list(due_mondays(MONDAY + dt.timedelta(weeks=1))) == [f"{cast.oakhurst.id}:2026-W46"]


@pytest.mark.parametrize("key", ["2026-W99", "2026-W1", "x", "9999-W52", "0001-W01", "2030-W01"])
def test_a_week_that_is_none_or_to_come_is_absent(cast: Cast, client: Client, key: str) -> None:
    sign_in(client, cast.ruth)
    assert client.get(reverse("reports:week", args=[cast.oakhurst.id, key])).status_code == 404


def test_the_page_takes_as_many_queries_for_three_requests_as_for_one(cast: Cast, client: Client) -> None:
    now = dt.datetime.now(dt.UTC)
    sign_in(client, cast.ruth)
    counts = []
    for subject in ("One", "Two", "Three"):
        ask(cast, cast.engagement, subject, at=now - dt.timedelta(days=7))
        ask(cast, cast.engagement, subject, at=now)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("reports:monday", args=[cast.oakhurst.id])).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] == counts[2]
    assert counts[0] <= 12


def test_the_mail_says_the_same_as_html_with_links_to_the_requests(cast: Cast) -> None:
    ticket = ask(cast, cast.engagement, "Labels <b>print</b> blank")
    keep_monday(business=cast.oakhurst, week=WEEK, now=MONDAY)
    content = content_of(OutgoingMessage.objects.get(recipient=cast.ruth.email, key__startswith="monday:"))
    assert content.html is not None
    assert reverse("support:ticket", args=[ticket.id]) in content.html
    assert "Labels &lt;b&gt;print&lt;/b&gt; blank" in content.html
    assert content.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def stop_link(member: Member) -> str:
    content = content_of(
        OutgoingMessage.objects.filter(recipient=member.email, key__startswith="monday:").latest("key")
    )
    return content.headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")


def test_who_says_no_more_by_one_click_of_a_mail_program_gets_none_and_the_other_still_does(cast: Cast) -> None:
    ask(cast, cast.engagement, "Labels print blank")
    keep_monday(business=cast.oakhurst, week=WEEK, now=MONDAY)
    link = stop_link(cast.ruth)
    program = Client(enforce_csrf_checks=True)
    assert program.get(link).status_code == 200  # a scanner that follows links changes nothing
    assert program.post(link, {"want": "no"}).status_code == 403  # a page of another site is no mail program
    assert program.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    OutgoingMessage.objects.all().delete()
    keep_monday(business=cast.oakhurst, week=WEEK.next(), now=MONDAY + dt.timedelta(weeks=1))
    told = set(OutgoingMessage.objects.filter(key__startswith="monday:").values_list("recipient", flat=True))
    assert cast.ruth.email not in told
    assert cast.maria.email in told
    assert Client().post(link, {"want": "yes"}).status_code == 302
    keep_monday(business=cast.oakhurst, week=WEEK.next().next(), now=MONDAY + dt.timedelta(weeks=2))
    assert OutgoingMessage.objects.filter(recipient=cast.ruth.email, key__startswith="monday:").exists()


def test_a_link_that_is_not_ours_is_not_found_and_stops_nothing(cast: Cast) -> None:
    keep_monday(business=cast.oakhurst, week=WEEK, now=MONDAY)
    link = stop_link(cast.ruth)
    assert Client().post(link.replace(str(cast.ruth.person.pk), str(cast.maria.person.pk))).status_code == 404
    assert not Unsubscription.objects.exists()


def test_a_workaround_past_its_date_stands_on_the_page_and_in_the_mail(cast: Cast) -> None:
    ticket = ask(cast, cast.engagement, "Labels print blank")
    resolve(
        ticket=ticket,
        kind="workaround",
        workaround_until=dt.date(2026, 11, 5),
        actor=Actor(cast.sam.person.id, "Sam Kessler"),
        now=TUESDAY + dt.timedelta(hours=1),
    )
    keep_monday(business=cast.oakhurst, week=WEEK, now=MONDAY)
    assert "Workarounds past their date" in mailed(cast.ruth)

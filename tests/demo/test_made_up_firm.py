"""What the made-up firm must hold, asked of the product's own tables and pages."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from quietmonday.demo.actions.removing import remove_firm
from quietmonday.demo.models import Making
from quietmonday.demo.queries.visitors import visitors
from quietmonday.journal.models import Chain, ChainKind, Entry
from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.made_up import is_made_up
from quietmonday.kit.speaking import translate, translate_plural
from quietmonday.outbox.models import OutboxItem, OutgoingMessage
from quietmonday.people.models import Account, Address, Business, Engagement, Person, Supplier
from quietmonday.post.models import InboxItem
from quietmonday.reports.logic.mondays import Quiet
from quietmonday.reports.queries.monday import MondayPage, monday_page
from quietmonday.support.logic.said import Speaker
from quietmonday.support.models import (
    AlsoAffected,
    Attachment,
    CannedReply,
    Correction,
    Dispute,
    Feedback,
    FilledForm,
    Promise,
    Recurrence,
    Reopening,
    Repeat,
    SavedView,
    Statement,
    Ticket,
    TicketLink,
    TicketTemplate,
    Verdict,
    Watcher,
)
from quietmonday.work.models import TimeEntry
from tests.demo.conftest import END, how_many, made

pytestmark = [pytest.mark.django_db, pytest.mark.slow_on_postgres]  # 18 months; the short one is made on both engines


@pytest.fixture
def undone(firm: Making) -> Iterator[Making]:
    """The whole firm, and afterwards as if nothing had happened to it."""
    with transaction.atomic():
        yield firm
        transaction.set_rollback(True)


def joinery() -> Business:
    return Business.objects.get(name="Larkfield Joinery")


def page_of_monday() -> MondayPage:
    business = joinery()
    speaker = Speaker(translate=translate, translate_plural=translate_plural, zone=business.zone, now=END)
    return monday_page(business=business, engagement_ids=None, speaker=speaker, now=END)


def test_it_has_18_months_of_two_businesses_and_their_suppliers(firm: Making) -> None:
    assert Business.objects.filter(made_up=True).count() == 2
    assert Supplier.objects.filter(made_up=True).count() == 3
    buys = Counter(Engagement.objects.values_list("business__name", flat=True))
    assert buys == {"Larkfield Joinery": 3, "Whinfell Vets": 1}
    assert 20 <= Person.objects.filter(business=joinery()).count() <= 40
    opened = Ticket.objects.order_by("opened_at").values_list("opened_at", flat=True)
    assert len(opened) > 200
    assert (END - opened[0]).days > 530
    assert all(is_made_up(email) for email in Address.objects.values_list("email", flat=True))


def test_verify_finds_it_whole(firm: Making) -> None:
    said = io.StringIO()
    call_command("verify", stdout=said)
    assert "note" not in said.getvalue()
    assert "The record is whole." in said.getvalue()


def test_a_verdict_of_last_week_is_disputed(firm: Making) -> None:
    stated = {row["id"] for row in Statement.objects.filter(week="2026-W47").values_list("rows", flat=True)[0]}
    disputed = Dispute.objects.filter(ticket__in=stated).get()
    assert disputed.about == "quick"
    assert Verdict.objects.get(ticket=disputed.ticket).quick == "no"


def test_a_supplier_is_silent(firm: Making) -> None:
    unheard = Ticket.objects.filter(parties__engagement__supplier__name="Kestrel Copy and Call", state="open")
    assert unheard.count() >= 3
    assert not unheard.filter(messages__side="supplier").exists()
    assert Verdict.objects.filter(ticket__in=unheard, quick="no").count() == unheard.count()


def test_promises_are_missed_kept_and_running(firm: Making) -> None:
    assert Promise.objects.filter(kept=False).exists()
    assert Promise.objects.filter(kept=True).exists()
    running = Promise.objects.filter(ended_at=None)
    assert running.filter(due_at__lt=END).exists()
    assert running.filter(due_at__gt=END).exists()


def test_a_week_says_when_mail_could_not_come_in(firm: Making) -> None:
    blind = [each for each in Statement.objects.filter(kind="settled") if each.blind]
    assert {each.week for each in blind} == {"2026-W42", "2026-W07"}


def test_a_row_of_quiet_mondays_follows_others(firm: Making) -> None:
    page = page_of_monday()
    assert page.quiet_in_a_row >= 8
    assert {monday.quiet for monday in page.mondays} == {Quiet.YES, Quiet.NO, Quiet.CANNOT_TELL}


def test_monday_has_something_to_tell(firm: Making) -> None:
    page = page_of_monday()
    assert 5 <= len(page.last.rows) <= 8
    assert {group for group, _sentence in page.last.lines} >= {"asked", "good", "held"}
    assert page.waiting_for_you == 1
    assert 8 <= page.open_count <= 16
    assert page.settled is not None
    assert page.seals


def test_a_workaround_came_back_and_a_settled_request_too(firm: Making) -> None:
    repeat = Repeat.objects.get()
    assert repeat.earlier.resolutions.get().kind == "workaround"
    assert Verdict.objects.get(ticket=repeat.earlier).effective == "no"
    assert Reopening.objects.exists()
    assert set(Feedback.objects.values_list("answer", flat=True)) == {"solved", "partly", "not_solved"}


def test_what_was_learnt_later_stands_beside_a_settled_week(firm: Making) -> None:
    assert Correction.objects.exists()


def test_one_fault_concerned_two_suppliers(firm: Making) -> None:
    both = Ticket.objects.get(subject="No internet in the whole building")
    assert both.parties.count() == 2
    suppliers = set(both.messages.filter(side="supplier").values_list("supplier__name", flat=True))
    assert suppliers == {"Tarnbridge IT", "Northline Broadband"}


def test_requests_came_by_mail_by_phone_and_on_the_page(firm: Making) -> None:
    assert set(Ticket.objects.values_list("source", flat=True)) == {"email", "phone", "schedule", "web"}
    taken = InboxItem.objects.filter(state="taken")
    assert set(taken.values_list("rule", flat=True)) == {"new", "answer"}
    assert all(item.raw.data for item in taken.select_related("raw"))
    kept = set(InboxItem.objects.filter(state="kept").values_list("rule", flat=True))
    assert kept == {"list", "auto_reply", "unknown_sender"}
    assert set(Attachment.objects.values_list("file__media_type", flat=True)) >= {"image/jpeg"}


def test_a_supplier_takes_something_back_from_the_copies_each_quarter(firm: Making) -> None:
    recurrence = Recurrence.objects.get()
    assert recurrence.next_at is not None
    assert recurrence.next_at > END
    rounds = Ticket.objects.filter(source="schedule")
    assert 5 <= rounds.count() <= 6
    for ticket in rounds.filter(state="resolved"):
        assert ticket.steps.filter(ticked_at__isnull=False).count() == 5
        assert TimeEntry.objects.filter(work_item__ticket=ticket).exists()


def test_both_sides_have_laid_something_ready(firm: Making) -> None:
    assert TicketTemplate.objects.filter(business=joinery()).exists()
    assert TicketTemplate.objects.filter(supplier__name="Tarnbridge IT").exists()
    assert set(CannedReply.objects.values_list("person__name", flat=True)) == {None, "Owen Pryce"}
    assert set(SavedView.objects.exclude(name="").values_list("shared", flat=True)) == {True, False}


def test_requests_are_tagged_watched_linked_merged_snoozed_and_asked_for_others(firm: Making) -> None:
    assert Ticket.objects.filter(tags__tag__name="workshop").count() >= 3
    assert set(Watcher.objects.values_list("why", flat=True)) >= {"added", "mentioned"}
    assert set(TicketLink.objects.values_list("kind", flat=True)) == {"related", "part_of"}
    assert Ticket.objects.get(snoozed_until__gt=END).subject.startswith("The box for the nightly copies")
    starter = FilledForm.objects.exclude(ticket__source="schedule").get().ticket
    assert (starter.requester.name, starter.subject) == ("Jamie Oldroyd", "Sign-in for Jamie Oldroyd")
    assert AlsoAffected.objects.count() == 2


def test_nobody_is_told_of_it(firm: Making) -> None:
    assert not OutboxItem.objects.exists()
    assert not OutgoingMessage.objects.exists()


def test_each_chain_tells_it_in_the_order_of_time(firm: Making) -> None:
    for chain in Chain.objects.all():
        moments = list(Entry.objects.filter(chain=chain).order_by("seq").values_list("recorded_at", flat=True))
        assert moments == sorted(moments)


def test_asking_twice_makes_nothing_twice(undone: Making) -> None:
    before = how_many()
    made()
    assert how_many() == before


def test_each_part_opens_on_its_own_page(undone: Making) -> None:
    homes = {}
    with time_machine.travel(END, tick=False):
        for visitor in visitors():
            client = Client()
            client.force_login(visitor.account)
            page = client.get("/", follow=True)
            assert page.status_code == 200
            assert "none of these firms and people exist" in page.content.decode()
            homes[visitor.part] = page.resolver_match.view_name
    assert homes == {"owner": "reports:monday", "technician": "support:queue", "staff": "support:report"}


def test_taken_away_nothing_of_it_is_left(undone: Making) -> None:
    remove_firm(actor=SYSTEM, now=END)
    for table in (Business, Supplier, Person, Account, Engagement, Ticket, InboxItem, Statement, Making):
        assert not table.objects.exists(), table
    assert [chain.kind for chain in Chain.objects.all()] == [ChainKind.INSTALLATION]
    call_command("verify", stdout=io.StringIO())

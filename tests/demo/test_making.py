"""Making the firm: gone on with after a kill, no mail to anybody, and pages that lead into it. On both engines."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import uuid
from collections import Counter
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import EmptyResultSet
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from quietmonday.demo.actions.making import StoryChanged, ask_for_firm, make_firm
from quietmonday.demo.actions.removing import ReliedOn, remove_firm, sweep_files
from quietmonday.demo.logic.plan import plan
from quietmonday.demo.models import Making
from quietmonday.demo.queries.belongings import MadeUp, rows_to_remove
from quietmonday.demo.queries.told import story
from quietmonday.journal.models import Entry
from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.made_up import is_made_up
from quietmonday.outbox.actions import enqueue_mail, put
from quietmonday.outbox.actions.ticking import tick
from quietmonday.outbox.actions.withdrawing import withdraw
from quietmonday.outbox.models import OutboxItem, OutgoingMessage, Slot
from quietmonday.people.actions.engagements import engage
from quietmonday.people.actions.sign_in_links import first_link
from quietmonday.people.models import Business, Supplier
from quietmonday.post.actions.files import path_of
from quietmonday.post.models import File
from quietmonday.reports.jobs import due_mondays
from quietmonday.support.models import Message, Resolution, Statement, Ticket
from tests.cast import Cast
from tests.demo.conftest import END, SHORT, how_many, made

SECOND = dt.timedelta(seconds=1)


def test_whoever_goes_on_after_a_kill_makes_the_same(db: None) -> None:
    ask_for_firm(actor=SYSTEM, now=END, here=True, weeks=SHORT)
    for _row in itertools.islice(make_firm(clock=lambda: END), 2):
        pass
    assert 0 < Making.objects.get().done < Making.objects.get().total
    made(weeks=SHORT)
    row = Making.objects.get()
    assert (row.done, row.made_at) == (row.total, END)
    steps = Counter(step.do for step in plan(story(), END, SHORT))
    assert Ticket.objects.count() == steps["ask"]
    assert Resolution.objects.count() == steps["fixed"] + steps["workaround"] + steps["unknown"]
    assert Message.objects.count() == sum(steps[do] for do in ("ask", "say", "hear", "note"))


def test_two_who_make_it_at_once_make_it_once(db: None) -> None:
    ask_for_firm(actor=SYSTEM, now=END, here=True, weeks=SHORT)
    one, other = make_firm(clock=lambda: END), make_firm(clock=lambda: END)
    for _both in itertools.zip_longest(one, other):
        pass
    assert Business.objects.count() == 2
    assert Making.objects.get().done == Making.objects.get().total


def test_an_upgraded_product_does_not_go_on_with_another_story(db: None) -> None:
    row = ask_for_firm(actor=SYSTEM, now=END, here=True, weeks=SHORT)
    Making.objects.filter(pk=row.pk).update(total=row.total + 1)
    with pytest.raises(StoryChanged):
        next(make_firm(clock=lambda: END))


def test_a_worker_makes_it_for_whoever_asks_on_the_page(cast: Cast) -> None:
    ask_for_firm(actor=SYSTEM, now=END, weeks=SHORT)
    tick(now=END, schedule=False)
    assert Making.objects.get().made_at is not None
    assert not OutgoingMessage.objects.exists()


def test_its_last_monday_is_not_kept_a_second_time(short_firm: Making) -> None:
    stated = Statement.objects.count()
    taken = set(Slot.objects.filter(topic="reports.monday").values_list("key", flat=True))
    assert set(due_mondays(END)) <= taken
    tick(now=END)
    assert Statement.objects.count() == stated
    assert not OutgoingMessage.objects.exists()


def test_withdrawing_takes_no_work_of_others(cast: Cast) -> None:
    with transaction.atomic():
        put(topic="support.recheck", ids={}, now=END, business_id=cast.oakhurst.pk)
        put(topic="support.recheck", ids={}, now=END + SECOND, business_id=cast.tilden.pk)
        put(topic="support.recheck", ids={}, now=END, business_id=cast.tilden.pk)
        assert withdraw(business_ids=[cast.tilden.pk], put_before=END) == 1
    assert OutboxItem.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_no_mail_server_hears_of_anybody_made_up(settings: Any) -> None:
    settings.MAIL_GOES_NOWHERE = False
    for number, recipient in enumerate(("marian@larkfield.made-up.example", "ruth@oakhurst.example")):
        with transaction.atomic():
            enqueue_mail(
                key=f"k{number}", recipient=recipient, sender="q@localhost", subject="Monday", text="How it went.",
                message_id=f"<{number}@localhost>", now=END,
            )  # fmt: skip
    tick(now=END, schedule=False)
    assert [each.to for each in mail.outbox] == [["ruth@oakhurst.example"]]
    assert OutgoingMessage.objects.get(recipient__startswith="marian").sent_at is None
    assert not OutboxItem.objects.filter(done_at=None).exists()


@pytest.mark.parametrize(
    ("address", "made"),
    [
        ("marian@larkfield.made-up.example", True),
        ("marian@Made-Up.example", True),
        ("marian@larkfield.example", False),
        ("marian@notmade-up.example", False),
        ("made-up.example@firm.example", False),
        ("", False),
    ],
)
def test_addresses_of_people_who_do_not_exist(address: str, made: bool) -> None:
    assert is_made_up(address) == made


def test_taken_away_the_rest_stays(cast: Cast) -> None:
    before = how_many()
    made(weeks=SHORT)
    stored = File.objects.select_related("business").first()
    assert stored is not None
    path, business = path_of(stored.business, stored.sha256), stored.business_id
    remove_firm(actor=SYSTEM, now=END)
    after = how_many()
    told = {name: after.pop(name) - before.pop(name) for name in ("journal.Entry", "journal.Payload", "journal.Chain")}
    assert told["journal.Chain"] == 1  # the installation's
    assert after.pop("outbox.OutboxItem") == 2
    before.pop("outbox.OutboxItem")
    assert after == before
    assert path.exists()
    sweep_files(business_id=business)
    assert not path.exists()
    call_command("verify", stdout=io.StringIO())
    assert Entry.objects.filter(verb="demo.removed", chain__kind="installation").count() == 1


def test_of_every_table_it_is_said_what_is_made_up() -> None:
    """Rows of a table of which nothing is said would stay, and point at what is gone."""
    ids = frozenset({uuid.uuid4()})
    nothing_said = []
    for rows in rows_to_remove(MadeUp(businesses=ids, suppliers=ids, accounts=ids)):
        try:
            str(rows.query)
        except EmptyResultSet:
            nothing_said.append(rows.model._meta.label)
    assert nothing_said == []


def test_a_folder_of_a_business_that_is_there_is_not_swept(short_firm: Making) -> None:
    stored = File.objects.select_related("business").first()
    assert stored is not None
    sweep_files(business_id=stored.business_id)
    assert path_of(stored.business, stored.sha256).exists()


def test_whom_a_real_business_buys_from_is_not_taken_away(cast: Cast) -> None:
    made(weeks=SHORT)
    engage(
        business=cast.oakhurst, supplier=Supplier.objects.get(name="Tarnbridge IT"), country="GB", actor=SYSTEM, now=END
    )
    before = how_many()
    with pytest.raises(ReliedOn, match="Oakhurst Joinery"):
        remove_firm(actor=SYSTEM, now=END)
    assert how_many() == before


def test_the_command_makes_it_says_who_signs_in_and_takes_it_away(db: None) -> None:
    said, told = io.StringIO(), io.StringIO()
    ask_for_firm(actor=SYSTEM, now=dt.datetime.now(dt.UTC), here=True, weeks=SHORT)
    call_command("demo", stdout=said, stderr=told)
    assert said.getvalue().count("/sign-in/once/") == 3
    assert "steps of the story" in told.getvalue()
    tickets = Ticket.objects.count()
    call_command("demo", stdout=said)
    assert Ticket.objects.count() == tickets
    call_command("demo", "--remove", stdout=said)
    assert not Business.objects.exists()
    call_command("demo", "--remove", stdout=said)
    assert "There is no made-up firm here." in said.getvalue()


def test_the_first_page_offers_it_and_one_press_asks_for_it(db: None) -> None:
    client = Client()
    with time_machine.travel(END, tick=False):
        link = first_link(now=END)
        assert link is not None
        assert 'action="/set-up/made-up/"' in client.post(link[link.index("/sign-in") :], follow=True).content.decode()
        assert client.post("/set-up/made-up/").headers["Location"] == "/set-up/made-up/"
        assert "hx-get" in client.get("/set-up/made-up/").content.decode()
        client.post("/set-up/made-up/")
    assert Making.objects.get().made_at is None
    assert OutboxItem.objects.filter(topic="demo.make").count() == 1


def test_asked_for_and_not_begun_it_can_be_taken_away(db: None) -> None:
    ask_for_firm(actor=SYSTEM, now=END, weeks=SHORT)
    remove_firm(actor=SYSTEM, now=END)
    assert not Making.objects.exists()
    tick(now=END, schedule=False)
    assert not Business.objects.exists()

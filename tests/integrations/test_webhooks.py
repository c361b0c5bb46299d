"""Webhooks: signed, in order within a ticket, tried until taken, silent once the right is gone (attacks 12, 19)."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from quietmonday.config.public import networks_inside
from quietmonday.integrations.actions.telling import forget_deliveries, send_again, send_test
from quietmonday.integrations.actions.webhooks import (
    WebhookRefused,
    add_webhook,
    change_webhook,
    end_webhook,
    pause_webhook,
    resume_webhook,
    secret_of,
)
from quietmonday.integrations.logic.webhooks import EVENTS, next_try, signature
from quietmonday.integrations.models import Delivery, DeliveryTry, Webhook
from quietmonday.journal.models import Entry
from quietmonday.kit.outside import Refused
from quietmonday.outbox.actions.ticking import tick
from quietmonday.outbox.models import OutboxItem, OutgoingMessage
from quietmonday.people.actions.memberships import end_membership
from quietmonday.people.models import Business, Supplier
from quietmonday.support.actions.handing import assign
from quietmonday.support.actions.settling import resolve
from quietmonday.support.actions.talking import note_for_colleagues
from quietmonday.support.actions.weighing import set_priority
from tests.cast import Cast, Member
from tests.integrations.receiver import free_port, received, receiving
from tests.support.scene import TUESDAY, actor, answered, asked, words

pytestmark = pytest.mark.django_db
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


@pytest.fixture
def port() -> Iterator[int]:
    with override_settings(INSIDE_NETWORKS=networks_inside("127.0.0.0/8")):
        yield free_port()


def added(member: Member, port: int = 1, **changes: Any) -> Webhook:
    person = member.person
    place = person.business or person.supplier
    assert place is not None
    wanted: dict[str, Any] = {"url": f"http://127.0.0.1:{port}/hook?key=s3cret", "events": EVENTS}
    row, _secret = add_webhook(
        place=place, account=member.account, actor=actor(member), now=TUESDAY, **(wanted | changes)
    )
    return row


def told(file: Path) -> list[tuple[str, Any]]:
    return [(body["type"], body["data"]) for each in received(file) for body in [json.loads(each["body"])]]


def test_what_happens_is_told_signed_by_the_standard(cast: Cast, port: int, tmp_path: Path) -> None:
    webhook = added(cast.ruth, port)
    file = tmp_path / "taken"
    with receiving(port, file):
        ticket = asked(cast, "The till is down.")
        tick(now=TUESDAY + MINUTE, schedule=False)
    [taken] = received(file)
    headers = {name.lower(): value for name, value in taken["headers"].items()}
    body = json.loads(taken["body"])
    assert (body["type"], body["data"]["ticket"]["id"]) == ("ticket.opened", str(ticket.id))
    assert taken["path"] == "/hook?key=s3cret"
    delivery = Delivery.objects.get()
    assert headers["webhook-id"] == str(delivery.id)
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{taken['body']}".encode()
    key = base64.b64decode(secret_of(webhook).removeprefix("whsec_"))
    assert (
        headers["webhook-signature"]
        == "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    )
    assert (delivery.state, delivery.tries.get().status) == ("delivered", 200)


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    body = b'{"test": 2432232314}'
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_a_receiver_that_is_down_for_an_hour_misses_nothing(cast: Cast, port: int, tmp_path: Path) -> None:
    added(cast.ruth, port)
    file, now = tmp_path / "taken", TUESDAY
    tickets = [asked(cast, f"Request {number}", at=now) for number in range(3)]
    while now < TUESDAY + 60 * MINUTE:  # nobody listens
        for ticket in tickets:
            set_priority(ticket=ticket, priority=1 + (now.minute + 1) % 4, actor=actor(cast.sam), now=now)
        tick(now=now, schedule=False)
        now += 10 * MINUTE
    assert received(file) == []
    waiting = Delivery.objects.filter(state="waiting").count()
    assert waiting == Entry.objects.filter(verb__in=["ticket.opened", "ticket.prioritised"]).count() > 15
    assert DeliveryTry.objects.count() < 10  # one look in a while, not one for each that waits
    with receiving(port, file):
        while Delivery.objects.filter(state="waiting").exists() and now < TUESDAY + 6 * 60 * MINUTE:
            now += MINUTE
            tick(now=now, schedule=False)
    ids = [{n.lower(): v for n, v in each["headers"].items()}["webhook-id"] for each in received(file)]
    assert len(ids) == len(set(ids)) == waiting
    for ticket in tickets:
        seen = [json.loads(each["body"]) for each in received(file)]
        own = [each["sequence"] for each in seen if each["data"]["ticket"]["id"] == str(ticket.id)]
        assert own == sorted(own) and len(own) == waiting / 3
    assert set(Delivery.objects.values_list("state", flat=True)) == {"delivered"}


def test_one_that_a_server_refuses_holds_up_its_own_ticket_only(cast: Cast, port: int, tmp_path: Path) -> None:
    webhook = added(cast.ruth, port)
    first = asked(cast, "First", at=TUESDAY)
    set_priority(ticket=first, priority=1, actor=actor(cast.sam), now=TUESDAY)
    with receiving(port, tmp_path / "refused", status=500):
        tick(now=TUESDAY, schedule=False)
    assert [each.status for each in DeliveryTry.objects.all()] == [500]
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.next_try_at) == (1, next_try(1, TUESDAY))


def test_nothing_is_tried_for_more_than_three_days_then_it_is_paused_and_said(cast: Cast, port: int) -> None:
    webhook = added(cast.ruth, port)
    OutgoingMessage.objects.all().delete()
    asked(cast, at=TUESDAY)
    now = TUESDAY
    while now < TUESDAY + 4 * DAY:
        tick(now=now, schedule=False)
        now += dt.timedelta(hours=2)
    webhook.refresh_from_db()
    assert (webhook.paused_why, Delivery.objects.get().state) == ("failing", "given_up")
    assert DeliveryTry.objects.latest("at").at <= TUESDAY + 3 * DAY + dt.timedelta(hours=10)
    assert {each.reason for each in DeliveryTry.objects.all()} == {"not_reached"}
    assert OutgoingMessage.objects.get(key__startswith="integrations.webhook:").recipient == cast.ruth.email
    asked(cast, at=now)
    assert Delivery.objects.count() == 1  # it hears nothing while it is paused
    resume_webhook(webhook=webhook, account=cast.ruth.account, actor=actor(cast.ruth), now=now)
    asked(cast, at=now)
    assert Delivery.objects.count() == 2


def test_a_redirect_is_not_followed_and_410_is_the_end(cast: Cast, port: int, tmp_path: Path) -> None:
    webhook = added(cast.ruth, port)
    asked(cast, at=TUESDAY)
    with receiving(port, tmp_path / "a", status=302):
        tick(now=TUESDAY, schedule=False)
    assert (DeliveryTry.objects.get().status, Delivery.objects.get().state) == (302, "waiting")
    with receiving(port, tmp_path / "b", status=410):
        tick(now=TUESDAY + 5 * MINUTE, schedule=False)
    webhook.refresh_from_db()
    assert webhook.paused_why == "gone"


def test_an_inside_address_is_never_asked(cast: Cast, tmp_path: Path) -> None:
    added(cast.ruth, url="https://169.254.169.254/latest/meta-data")
    asked(cast, at=TUESDAY)
    tick(now=TUESDAY, schedule=False)
    assert DeliveryTry.objects.get().reason == "inside"
    for url in ("http://127.0.0.1/", "ftp://example.com/", "https://u:p@example.com/", "nothing"):
        with pytest.raises(Refused):
            added(cast.ruth, url=url)


def test_each_hears_what_its_account_sees(cast: Cast, port: int, tmp_path: Path) -> None:
    """A note goes to its own supplier only; another business and another supplier hear nothing."""
    for member in (cast.ruth, cast.asha, cast.ines, cast.jo):
        added(member, port, url=f"http://127.0.0.1:{port}/{member.email}")
    ticket = asked(cast, "With both", by=cast.ruth, engagements=[cast.engagement, cast.line_engagement], at=TUESDAY)
    note_for_colleagues(
        ticket=ticket, words=words(cast.sam, "Between us", TUESDAY), supplier_id=cast.fennimore.id,
        actor=actor(cast.sam), now=TUESDAY,
    )  # fmt: skip
    with receiving(port, tmp_path / "taken"):
        tick(now=TUESDAY, schedule=False)
    heard = {(each["path"], json.loads(each["body"])["type"]) for each in received(tmp_path / "taken")}
    assert heard == {
        ("/ruth@oakhurst.example", "ticket.opened"),
        ("/asha@fennimore.example", "ticket.opened"),
        ("/asha@fennimore.example", "ticket.noted"),
        ("/ines@norvane.example", "ticket.opened"),
    }
    assert "Between us" in (tmp_path / "taken").read_text()
    assert Delivery.objects.get(state="withheld").webhook.supplier == cast.norvane


def test_who_lost_the_role_hears_nothing_of_what_was_on_its_way(cast: Cast, port: int, tmp_path: Path) -> None:
    webhook = added(cast.asha, port)
    asked(cast, at=TUESDAY)
    end_membership(membership=cast.asha.membership, actor=actor(cast.sam), now=TUESDAY)
    with receiving(port, tmp_path / "taken"):
        tick(now=TUESDAY + MINUTE, schedule=False)
    assert received(tmp_path / "taken") == []
    webhook.refresh_from_db()
    assert (webhook.paused_why, Delivery.objects.get().state) == ("nobody", "withheld")


def test_a_message_goes_with_its_words_as_they_are_now(cast: Cast, port: int, tmp_path: Path) -> None:
    added(cast.ruth, port, events=["ticket.said_to_customer", "ticket.resolved"])
    ticket = asked(cast, at=TUESDAY)
    answered(cast, ticket, "New toner is in.", at=TUESDAY)
    resolve(ticket=ticket, kind="fixed", actor=actor(cast.sam), now=TUESDAY)
    assign(ticket=ticket, person=cast.sam.person, actor=actor(cast.sam), now=TUESDAY)
    with receiving(port, tmp_path / "taken"):
        tick(now=TUESDAY, schedule=False)
    [(first, said), (second, settled)] = told(tmp_path / "taken")
    assert (first, said["message"]["text"]) == ("ticket.said_to_customer", "New toner is in.")
    assert (second, settled["ticket"]["state"], "message" in settled) == ("ticket.resolved", "resolved", False)


def test_a_second_run_sends_nothing(cast: Cast, port: int, tmp_path: Path) -> None:
    added(cast.ruth, port)
    asked(cast, at=TUESDAY)
    with receiving(port, tmp_path / "taken"):
        tick(now=TUESDAY, schedule=False)
        OutboxItem.objects.filter(topic="integrations.deliver").update(done_at=None)
        tick(now=TUESDAY, schedule=False)
        assert len(received(tmp_path / "taken")) == 1
        send_again(delivery=Delivery.objects.get(), now=TUESDAY)
        tick(now=TUESDAY, schedule=False)
    ids = {{n.lower(): v for n, v in each["headers"].items()}["webhook-id"] for each in received(tmp_path / "taken")}
    assert (len(received(tmp_path / "taken")), len(ids)) == (2, 1)


def test_a_test_is_sent_once_and_says_so(cast: Cast, port: int, tmp_path: Path) -> None:
    webhook = added(cast.ruth, port)
    send_test(webhook=webhook, now=TUESDAY)
    tick(now=TUESDAY, schedule=False)
    assert Delivery.objects.get().state == "given_up"
    Webhook.objects.update(next_try_at=None)
    send_test(webhook=webhook, now=TUESDAY)
    with receiving(port, tmp_path / "taken"):
        tick(now=TUESDAY, schedule=False)
    assert told(tmp_path / "taken") == [("test", {})]


def test_secrets_and_addresses_are_sealed_and_those_who_answer_are_told(cast: Cast, port: int) -> None:
    webhook = added(cast.ruth, port)
    for column in Webhook._meta.concrete_fields:
        assert "s3cret" not in str(getattr(webhook, column.attname))
    assert webhook.host == f"127.0.0.1:{port}"
    assert OutgoingMessage.objects.get(key__startswith="integrations.webhook:").recipient == cast.ruth.email
    assert Entry.objects.get(verb="webhook.added").business_id == cast.oakhurst.id
    end_webhook(webhook=webhook, actor=actor(cast.ruth), now=TUESDAY)
    webhook.refresh_from_db()
    assert (bytes(webhook.sealed_url), bytes(webhook.sealed_secret)) == (b"", b"")


def test_what_is_chosen_is_what_there_is(cast: Cast, port: int) -> None:
    with pytest.raises(WebhookRefused):
        added(cast.ruth, port, events=["ticket.noted"])  # a business hears of no note
    webhook = added(cast.ruth, port, events=["ticket.noted", "ticket.opened", "person.added"])
    assert webhook.events == ["ticket.opened"]
    changed = change_webhook(webhook=webhook, url=None, events=["ticket.resolved"], actor=actor(cast.ruth), now=TUESDAY)
    assert changed.events == ["ticket.resolved"]
    pause_webhook(webhook=webhook, why="person", actor=actor(cast.ruth), now=TUESDAY)
    pause_webhook(webhook=webhook, why="person", actor=actor(cast.ruth), now=TUESDAY)
    assert Entry.objects.filter(verb="webhook.paused").count() == 1


def test_a_month_later_the_log_is_forgotten(cast: Cast, port: int) -> None:
    added(cast.ruth, port)
    asked(cast, at=TUESDAY)
    asked(cast, at=TUESDAY)
    Delivery.objects.filter(pk=Delivery.objects.earliest("id").pk).update(state="delivered", done_at=TUESDAY)
    assert forget_deliveries(now=TUESDAY + 29 * DAY) == 0
    assert forget_deliveries(now=TUESDAY + 31 * DAY) == 1
    assert Delivery.objects.get().state == "waiting"


def test_a_firm_is_a_business_or_a_supplier(cast: Cast) -> None:
    assert {type(each.person.business or each.person.supplier) for each in (cast.ruth, cast.asha)} == {
        Business,
        Supplier,
    }

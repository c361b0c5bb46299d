"""What has ended stays ended when an old backup comes back."""

import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyotp
import pytest
from django.db import transaction
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from quietmonday.integrations.actions.webhooks import add_webhook, end_webhook
from quietmonday.journal.actions import erase_payload
from quietmonday.journal.models import Entry
from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.endings import ending_verbs
from quietmonday.outbox.models import OutboxItem, OutgoingMessage
from quietmonday.people.access import viewer_of
from quietmonday.people.actions.codes import remove_code_app, renew_recovery_codes, set_code_app, use_code
from quietmonday.people.actions.ended_list import TOPIC, end_again, note_ended, sign_in_anew
from quietmonday.people.actions.engagements import end_engagement
from quietmonday.people.actions.history import end_history, grant_history
from quietmonday.people.actions.identities import end_identity
from quietmonday.people.actions.memberships import end_membership
from quietmonday.people.actions.passkeys import remove_passkey
from quietmonday.people.actions.passwords import set_password
from quietmonday.people.actions.persons import add_person
from quietmonday.people.actions.tokens import make_token, revoke_token
from quietmonday.people.logic.ended import Ended, line_of, line_of_moment, listed
from quietmonday.people.models import CodeApp, Engagement, Identity, Membership, Passkey, RecoveryCode
from quietmonday.people.queries.second_factors import needs_second_factor
from quietmonday.post.actions.mailboxes import connect_mailbox, disconnect_mailbox
from tests.cast import Cast
from tests.people.acting import RUTH, entries
from tests.people.device import SEED, Device
from tests.people.signing_in import with_password
from tests.people.test_second_factors import passkey_of

NOW = dt.datetime(2026, 11, 17, 9, 20, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=3)


@pytest.fixture(autouse=True)
def path(tmp_path: Path) -> Iterator[Path]:
    with override_settings(ENDED_FILE=tmp_path / "keys" / "ended.list"):
        yield tmp_path / "keys" / "ended.list"


@contextmanager
def lost_again() -> Iterator[None]:
    """What happens inside is written into the list, and then the database is as it was before: an old backup."""
    with transaction.atomic():
        yield
        note_ended(now=dt.datetime.now(dt.UTC))
        transaction.set_rollback(True)


def ended_again(path: Path) -> list[str]:
    return end_again(files=[path], now=LATER).words


def app_of(account: Any) -> CodeApp:
    set_code_app(account=account, seed=SEED, typed=pyotp.TOTP(SEED).at(NOW), now=NOW)
    return CodeApp.objects.get(account=account)


@pytest.mark.django_db
def test_a_role_that_ended_since_is_ended_again_at_the_moment_it_ended(cast: Cast, path: Path) -> None:
    row = Membership.objects.get(account=cast.bill.account)
    with lost_again():
        end_membership(membership=row, actor=RUTH, now=LATER)
    assert viewer_of(cast.bill.account, dt.datetime.now(dt.UTC)).home != "nothing"
    assert ended_again(path) == ["the role staff of bill@oakhurst.example at Oakhurst Joinery"]
    row.refresh_from_db()
    assert row.ends_at == LATER
    assert viewer_of(cast.bill.account, dt.datetime.now(dt.UTC)).home == "nothing"
    assert [entry.payload.body["after_restore"] for entry in entries("membership.ended")] == [True]
    assert ended_again(path) == []  # twice is once


@pytest.mark.django_db
def test_whatever_opened_a_door_is_shut_again(cast: Cast, path: Path) -> None:
    ruth, jo = cast.ruth.account, cast.jo.account
    key = passkey_of(ruth, Device())
    app_of(jo)
    with_password(cast.ruth)
    renew_recovery_codes(account=jo, now=NOW)
    identity = Identity.objects.create(account=ruth, issuer="https://x.example", subject="1", email="r", made_at=NOW)
    token, _text = make_token(
        account=ruth, name="Sheet", scopes=["tickets:read"], firm=None, expires_at=NOW + dt.timedelta(days=9), now=NOW
    )
    reader = Engagement.objects.exclude(business=cast.oakhurst).get().supplier
    old = Engagement.objects.create(
        business=cast.oakhurst, supplier=reader, calendar=cast.engagement.calendar, agreement="managed",
        starts_at=NOW - dt.timedelta(days=9), ends_at=NOW,
    )  # fmt: skip
    grant = grant_history(engagement=old, reader=reader, since=None, actor=RUTH, now=NOW)
    mailbox = connect_mailbox(
        supplier=cast.fennimore, business=None, address="help@fennimore.example", host="imap.example", port=993,
        security="tls", user="u", password="p", actor=SYSTEM, now=NOW,
    )  # fmt: skip
    webhook, _secret = add_webhook(
        place=cast.oakhurst, account=ruth, url="https://hook.example/x", events=["ticket.opened"], actor=RUTH, now=NOW
    )
    with lost_again():
        end_webhook(webhook=webhook, actor=RUTH, now=LATER)
        remove_passkey(passkey=key, now=LATER)
        remove_code_app(account=jo, now=LATER)
        set_password(account=ruth, password="another four words here", actor=RUTH, now=LATER)
        end_identity(identity=identity, label="X", now=LATER)
        revoke_token(token=token, now=LATER)
        end_engagement(engagement=cast.engagement, actor=RUTH, now=LATER)
        end_history(grant=grant, actor=RUTH, now=LATER)
        disconnect_mailbox(mailbox=mailbox, actor=SYSTEM, now=LATER)
    mails = OutgoingMessage.objects.count()
    assert set(ended_again(path)) == {
        "a passkey of ruth@oakhurst.example",
        "the app that shows codes of jo@tilden.example",
        "the password of ruth@oakhurst.example",
        "the sign-in of ruth@oakhurst.example at https://x.example",
        "an API token of ruth@oakhurst.example",
        "the webhook to hook.example",
        "the engagement of Fennimore IT with Oakhurst Joinery",
        f"that {reader.name} reads the past of Oakhurst Joinery",
        "the reading of the mailbox help@fennimore.example",
    }
    ruth.refresh_from_db()
    mailbox.refresh_from_db()
    token.refresh_from_db()
    assert token.revoked_at == LATER
    assert not ruth.has_usable_password() and not needs_second_factor(ruth) and not needs_second_factor(jo)
    assert not Identity.objects.filter(ended_at=None).exists() and not Passkey.objects.exists()
    assert Engagement.objects.get(pk=cast.engagement.pk).ends_at == LATER
    assert mailbox.ended_at is not None and not bytes(mailbox.sealed_password)
    assert not RecoveryCode.objects.filter(account=jo).exists()
    assert OutgoingMessage.objects.count() == mails  # a drill mails nobody


@pytest.mark.django_db
@pytest.mark.parametrize("deed", ["used", "renewed"])
def test_codes_on_paper_that_came_back_are_void(cast: Cast, path: Path, deed: str) -> None:
    app_of(cast.jo.account)
    codes = renew_recovery_codes(account=cast.jo.account, now=NOW)
    with lost_again():
        if deed == "used":
            use_code(account=cast.jo.account, typed=codes[0], now=LATER)
        else:
            renew_recovery_codes(account=cast.jo.account, now=LATER)
    assert ended_again(path) == ["the recovery codes of jo@tilden.example"]
    assert needs_second_factor(cast.jo.account) and not RecoveryCode.objects.filter(account=cast.jo.account).exists()


@pytest.mark.django_db
def test_what_the_backup_knows_is_left_as_it_is(cast: Cast, path: Path) -> None:
    """A password that was changed before the backup was made is the right one."""
    with_password(cast.ruth)
    set_password(account=cast.ruth.account, password="another four words here", actor=RUTH, now=NOW)
    note_ended(now=dt.datetime.now(dt.UTC))
    assert ended_again(path) == []
    cast.ruth.account.refresh_from_db()
    assert cast.ruth.account.check_password("another four words here")


@pytest.mark.django_db
def test_what_was_erased_since_is_named_and_not_called_ended(cast: Cast, path: Path) -> None:
    add_person(place=cast.oakhurst, name="Rita", emails=["rita@oakhurst.example"], actor=RUTH, now=NOW)
    entry = Entry.objects.get(verb="person.added")
    add_person(place=cast.oakhurst, name="Rolf", emails=["rolf@oakhurst.example"], actor=RUTH, now=NOW)
    other = Entry.objects.filter(verb="person.added").latest("pk")
    with lost_again():
        erase_payload(entry=entry, actor=SYSTEM, reason="asked for", now=LATER)
        erase_payload(entry=other, actor=SYSTEM, reason="asked for", now=LATER)
    assert ended_again(path) == [
        f"NOT ENDED: what was erased on 17 November 2026, 12:20 UTC, is back: of person {entry.subject_id}, "
        "and what went with it"
    ]
    assert len(path.read_text().splitlines()) == 3  # two entries went at one moment: one line of them


@pytest.mark.django_db
def test_each_ending_puts_its_work_and_the_list_grows_by_what_is_new(cast: Cast, path: Path) -> None:
    now = dt.datetime.now(dt.UTC)
    assert note_ended(now=now) == 0  # the list begins
    row = Membership.objects.get(account=cast.bill.account)
    end_membership(membership=row, actor=RUTH, now=now)
    assert OutboxItem.objects.filter(topic=TOPIC, done_at=None).count() == 1
    assert [note_ended(now=now) for _ in range(3)] == [1, 0, 0]
    assert note_ended(now=now + dt.timedelta(hours=21)) == 0
    said = [json.loads(line) for line in path.read_text().splitlines()]
    assert [set(line) - {"sum"} for line in said] == [
        {"begins"}, {"looked"}, {"at", "event", "verb", "id"}, {"looked"}
    ]  # fmt: skip
    assert said[2]["id"] == str(row.pk) and path.stat().st_mode & 0o777 == 0o600
    assert "bill" not in path.read_text()


@pytest.mark.django_db
def test_a_long_list_is_read_at_its_end(cast: Cast, path: Path) -> None:
    now = dt.datetime.now(dt.UTC)
    note_ended(now=now)
    with path.open("a") as file:
        file.write("x" * 400_000 + "\n")
    end_membership(membership=Membership.objects.get(account=cast.bill.account), actor=RUTH, now=now)
    assert [note_ended(now=now), note_ended(now=now)] == [1, 0]


@pytest.mark.django_db
def test_a_list_of_another_installation_or_a_changed_line_ends_nothing(cast: Cast, path: Path) -> None:
    row = Membership.objects.get(account=cast.bill.account)
    forged = Ended(LATER, uuid.uuid4(), "membership.ended", row.pk)
    path.parent.mkdir()
    path.write_text(line_of(forged, b"another key") + "\nnonsense\n{}\n\n")
    said = end_again(files=[path], now=LATER)
    assert (said.words, said.wrong, said.looked) == ([], 4, None)
    row.refresh_from_db()
    assert row.ends_at is None


@pytest.mark.django_db
def test_by_mailed_code_only_what_opens_by_itself_is_gone(cast: Cast) -> None:
    with_password(cast.ruth)
    passkey_of(cast.ruth.account, Device())
    app_of(cast.jo.account)
    renew_recovery_codes(account=cast.jo.account, now=NOW)
    Identity.objects.create(account=cast.jo.account, issuer="https://x", subject="1", email="j", made_at=NOW)
    assert sign_in_anew(now=LATER) == {"passwords": 1, "passkeys": 1, "identities": 1, "tokens": 0}
    cast.ruth.account.refresh_from_db()
    assert not cast.ruth.account.has_usable_password() and not needs_second_factor(cast.ruth.account)
    assert needs_second_factor(cast.jo.account) and RecoveryCode.objects.filter(account=cast.jo.account).count() == 10
    assert len(entries("installation.sign_ins_taken_away")) == 1


def test_every_verb_that_ends_something_is_one_that_is_written() -> None:
    root = Path(__file__).parents[2] / "src" / "quietmonday"
    text = "".join(path.read_text() for path in root.rglob("*.py") if path.name not in ("ending_again.py", "apps.py"))
    ways = {verb: (f'"{verb}"', f', "{verb.partition(".")[2]}", ') for verb in ending_verbs()}
    assert [verb for verb, written in ways.items() if not any(way in text for way in written)] == []


KEY = b"k" * 32
MOMENTS = st.datetimes(timezones=st.just(dt.UTC), min_value=dt.datetime(2000, 1, 1), max_value=dt.datetime(2100, 1, 1))  # noqa: DTZ001  # bounds, given a zone
ONES = st.builds(Ended, at=MOMENTS, event=st.uuids(), verb=st.text(max_size=40), subject=st.uuids())


@settings(deadline=None)
@given(st.lists(ONES, max_size=8, unique_by=lambda one: one.event), st.lists(st.text(max_size=60), max_size=4))
def test_what_is_written_is_read_and_anything_else_is_counted(ones: list[Ended], junk: list[str]) -> None:
    lines = [
        line_of_moment("begins", dt.datetime(2026, 1, 1, tzinfo=dt.UTC), KEY),
        *(line_of(one, KEY) for one in ones),
    ]
    said = listed([*lines, *lines, *junk], KEY)
    assert said.ended == sorted(ones, key=lambda one: (one.at, one.event))
    assert said.wrong == len(junk)
    assert listed(lines, b"another").ended == []


@settings(deadline=None)
@given(ONES, st.data())
def test_no_changed_byte_of_a_line_goes_unseen(one: Ended, data: st.DataObject) -> None:
    line = line_of(one, KEY)
    place = data.draw(st.integers(0, len(line) - 1))
    other = data.draw(st.characters(codec="ascii").filter(lambda char: char != line[place]))
    said = listed([line[:place] + other + line[place + 1 :]], KEY)
    assert said.ended in ([], [one])


def test_a_line_is_short() -> None:
    longest = Ended(NOW, uuid.uuid4(), "x" * 80, uuid.uuid4())
    assert len(line_of(longest, KEY)) < 400
    assert dataclasses.astuple(listed([line_of(longest, KEY)], KEY).ended[0]) == dataclasses.astuple(longest)

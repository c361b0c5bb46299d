"""Mailboxes on pages: who looks after which, connecting, changing, pausing, and how each is in words."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quietmonday.journal.models import Entry
from quietmonday.kit import clock
from quietmonday.outbox.models import OutboxItem
from quietmonday.post.actions.inbox import keep_raw
from quietmonday.post.actions.mailboxes import (
    connect_mailbox,
    password_of,
    pause_mailbox,
    reading_failed,
    reading_worked,
    resume_mailbox,
)
from quietmonday.post.actions.services import add_service
from quietmonday.post.jobs.imap import Key, Looked, Place, Trouble
from quietmonday.post.models import IntakeGap, Mailbox, MailboxLease, MailService
from quietmonday.support.actions.intake import take_in
from quietmonday.support.views import mailboxes as views
from tests.cast import Cast, Member
from tests.support.scene import actor, client_of

pytestmark = pytest.mark.django_db

PASSWORD = "corr3ct horse canary"
NEW, LIST = "/set-up/mailbox/new/", "/set-up/mailbox/"
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Place, Key, list[str], list[str]]]:
    """Stand in for the mail server; the list says what was tried. A user called `refused` is refused, and there are
    two folders."""
    calls: list[tuple[Place, Key, list[str], list[str]]] = []

    def try_mailbox(*, place: Place, key: Key, wanted: Any, make: Any = (), mailbox: Any = None) -> Looked:
        calls.append((place, key, list(wanted), list(make)))
        if place.user == "refused":
            raise Trouble("the server refused user or password", refused=True)
        there = {"INBOX", "Büro", *make}
        return Looked(tuple(sorted(there)), tuple(each for each in wanted if each not in there), can_wait=True)

    monkeypatch.setattr(views, "try_mailbox", try_mailbox)
    return calls


Tried = list[tuple[Place, Key, list[str], list[str]]]


def form(cast: Cast, **more: object) -> dict[str, object]:
    return {
        "serves": f"all:{cast.fennimore.id}",
        "address": "Help@Fennimore.example",
        "way": "imap",
        "host": "imap.fennimore.example",
        "port": "993",
        "security": "tls",
        "user": "help",
        "sign_in": "password",
        "password": PASSWORD,
        "folders": "INBOX",
        "begins": "now",
        "after": "leave",
        **more,
    }


def connected(cast: Cast, address: str = "help@fennimore.example", **more: Any) -> Mailbox:
    given = {"supplier": cast.fennimore, "business": None, "password": PASSWORD, "user": "u", "host": "h", **more}
    return connect_mailbox(address=address, actor=actor(cast.asha), now=clock.now(), **given)


def page(member: Member, path: str = LIST) -> str:
    return client_of(member).get(path).content.decode().replace("&#x27;", "’")


def test_a_manager_connects_a_mailbox_once_it_was_opened(cast: Cast, tried: Tried) -> None:
    response = client_of(cast.asha).post(NEW, form(cast), follow=True)
    mailbox = Mailbox.objects.get()
    assert (mailbox.address, mailbox.supplier_id, mailbox.business) == (
        "help@fennimore.example",
        cast.fennimore.id,
        None,
    )
    assert password_of(mailbox) == PASSWORD
    assert tried == [(Place("imap.fennimore.example", 993, "tls", "help"), Key(PASSWORD), ["INBOX"], [])]
    shown = response.content.decode()
    assert "help@fennimore.example" in shown
    assert PASSWORD not in shown
    assert OutboxItem.objects.get(topic="post.read_mailbox").ids == {"mailbox": str(mailbox.id)}
    folder = mailbox.folders.get()
    assert (folder.name, folder.since, mailbox.folders_found) == ("INBOX", mailbox.connected_at, ["Büro", "INBOX"])


def test_a_mailbox_that_cannot_be_opened_is_not_stored(cast: Cast, tried: Tried) -> None:
    response = client_of(cast.asha).post(NEW, form(cast, user="refused"))
    shown = response.content.decode()
    assert response.status_code == 422
    assert "the server refused user or password" in shown
    assert "imap.fennimore.example" in shown
    assert PASSWORD not in shown
    assert not Mailbox.objects.exists()


def test_without_encryption_only_this_machine_is_read(cast: Cast, tried: Tried) -> None:
    client = client_of(cast.asha)
    assert client.post(NEW, form(cast, security="none")).status_code == 422
    assert tried == []
    assert client.post(NEW, form(cast, security="none", host="localhost", port="143")).status_code == 303


def test_an_address_is_read_once(cast: Cast, tried: Tried) -> None:
    client = client_of(cast.asha)
    client.post(NEW, form(cast))
    response = client.post(NEW, form(cast))
    assert response.status_code == 422
    assert "This address is read already." in response.content.decode()


def test_a_manager_connects_for_the_own_supplier_and_its_clients_only(cast: Cast, tried: Tried) -> None:
    client = client_of(cast.asha)
    foreign = (*(f"all:{cast.norvane.id}", str(cast.line_engagement.id), str(cast.tilden_engagement.id), "everybody"),)
    assert {client.post(NEW, form(cast, serves=each)).status_code for each in foreign} == {422}
    assert tried == []
    assert client.post(NEW, form(cast, serves=str(cast.engagement.id))).status_code == 303
    assert Mailbox.objects.get().business_id == cast.oakhurst.id


def test_an_administrator_connects_one_for_everybody_and_no_manager_sees_it(cast: Cast, tried: Tried) -> None:
    client_of(cast.ada).post(NEW, form(cast, serves="everybody"))
    mailbox = Mailbox.objects.get()
    assert (mailbox.supplier, mailbox.business) == (None, None)
    assert "help@fennimore.example" in page(cast.ada)
    assert "help@fennimore.example" not in page(cast.asha)
    assert client_of(cast.asha).get(f"{LIST}{mailbox.id}/").status_code == 404


@pytest.mark.parametrize("who", ["sam", "dele", "ruth", "jo"])
def test_nobody_else_connects_a_mailbox(cast: Cast, tried: Tried, who: str) -> None:
    client = client_of(getattr(cast, who))
    assert {client.get(path).status_code for path in (NEW, LIST, "/set-up/mail-services/")} == {403}
    assert client.post(NEW, form(cast)).status_code == 403
    assert tried == []


@pytest.mark.parametrize("verb", ["try", "pause", "resume", "disconnect", "sign-in", ""])
def test_only_who_looks_after_a_mailbox_touches_it(cast: Cast, verb: str) -> None:
    mailbox = connected(cast)
    path = f"{LIST}{mailbox.id}/{verb}/" if verb else f"{LIST}{mailbox.id}/"
    for who in (cast.sam, cast.ines, cast.ruth, cast.lee):
        assert client_of(who).post(path).status_code == 404
    assert Mailbox.objects.filter(ended_at=None, paused_at=None).exists()


def test_a_disconnected_mailbox_forgets_its_secrets(cast: Cast) -> None:
    mailbox = connected(cast)
    assert client_of(cast.asha).post(reverse("support:disconnect_mailbox", args=[mailbox.id])).status_code == 303
    mailbox.refresh_from_db()
    assert (mailbox.ended_at is None, bytes(mailbox.sealed_password)) == (False, b"")


def test_folders_that_are_missing_are_named_and_made_if_somebody_ticks_it(cast: Cast, tried: Tried) -> None:
    client = client_of(cast.asha)
    sent = form(cast, folders="INBOX\nCalls\n\nCalls", after="move", after_folder="Done")
    response = client.post(NEW, sent)
    assert response.status_code == 422
    for name in ("Calls", "Done"):
        assert f"There is no folder {name}." in response.content.decode()
    assert client.post(NEW, {**sent, "make": "on"}).status_code == 303
    assert tried[-1][2:] == (["INBOX", "Calls", "Done"], ["INBOX", "Calls", "Done"])
    assert sorted(Mailbox.objects.get().folders.values_list("name", flat=True)) == ["Calls", "INBOX"]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"folders": " \n "}, "This field is required."),
        ({"folders": "a*"}, "Name one to 50 folders"),
        ({"folders": "\n".join(map(str, range(51)))}, "Name one to 50 folders"),
        ({"after": "move"}, "Name the folder."),
        ({"after": "move", "after_folder": "INBOX"}, "This folder is read."),
        ({"after": "burn"}, "burn"),
        ({"host": "imap.example/x"}, "This is no name of a server."),
        ({"host": ""}, "Name the mail server."),
        ({"password": ""}, "Type the password."),
        ({"password": "a\r\nb"}, "There is a character in it"),
        ({"port": "99999"}, "65535"),
        ({"trusted_server": "two words"}, "This is one word"),
    ],
)
def test_what_cannot_be_is_refused_in_words(cast: Cast, tried: Tried, sent: dict[str, str], words: str) -> None:
    response = client_of(cast.asha).post(NEW, form(cast, **sent))
    assert (response.status_code, tried) == (422, [])
    assert words in response.content.decode()


def test_a_mailbox_that_mail_is_handed_to_needs_no_server(cast: Cast, tried: Tried) -> None:
    sent = form(cast, way="handed", host="", user="", password="")
    assert client_of(cast.asha).post(NEW, sent).status_code == 303
    mailbox = Mailbox.objects.get()
    assert (mailbox.way, mailbox.folders.exists(), tried) == ("handed", False, [])
    assert "quietmonday intake --mailbox help@fennimore.example" in page(cast.asha, f"{LIST}{mailbox.id}/")
    assert not OutboxItem.objects.filter(topic="post.read_mailbox").exists()


def test_settings_are_changed_without_typing_the_password_again(cast: Cast, tried: Tried) -> None:
    mailbox = connected(cast, host="imap.fennimore.example", user="help")
    client = client_of(cast.asha)
    sent = form(cast, password="", folders="INBOX\nBüro", after="seen", trusted_server="MX.fennimore.example;")
    assert client.post(f"{LIST}{mailbox.id}/", sent).status_code == 303
    mailbox.refresh_from_db()
    assert (mailbox.after, mailbox.trusted_server, password_of(mailbox)) == ("seen", "mx.fennimore.example", PASSWORD)
    assert tried[-1][1] == Key(PASSWORD)
    entry = Entry.objects.get(verb="mailbox.changed")
    assert entry.payload.body["folders"] == ["Büro", "INBOX"]


def test_a_password_never_goes_to_another_server_or_user_unasked(cast: Cast, tried: Tried) -> None:
    mailbox = connected(cast, host="imap.fennimore.example", user="help")
    client = client_of(cast.asha)
    for elsewhere in ({"host": "imap.evil.example"}, {"user": "boss"}):
        response = client.post(f"{LIST}{mailbox.id}/", form(cast, password="", **elsewhere))
        assert response.status_code == 422
        assert "Type the password once more" in response.content.decode()
    assert tried == []


def test_paused_it_is_not_read_and_a_quiet_week_is_unknown(cast: Cast) -> None:
    mailbox = connected(cast)
    now = clock.now()
    reading_worked(mailbox=mailbox, now=now)
    client = client_of(cast.asha)
    for _ in range(2):
        client.post(f"{LIST}{mailbox.id}/pause/")
    mailbox.refresh_from_db()
    assert (mailbox.is_read, mailbox.paused_by) == (False, "Asha Fennimore")
    assert "Asha Fennimore paused it" in page(cast.asha)
    assert IntakeGap.objects.get().until_at is None
    client.post(f"{LIST}{mailbox.id}/resume/")
    mailbox.refresh_from_db()
    assert mailbox.is_read
    assert IntakeGap.objects.get().until_at is None  # until it was read
    reading_worked(mailbox=mailbox, now=clock.now())
    assert IntakeGap.objects.get().until_at is not None
    assert [each.verb for each in Entry.objects.filter(verb__startswith="mailbox.").order_by("recorded_at", "seq")] == [
        "mailbox.connected", "mailbox.paused", "mailbox.resumed",
    ]  # fmt: skip


def test_how_each_is_stands_in_words(cast: Cast) -> None:
    now = clock.now()
    fine = connected(cast, "fine@x.example")
    reading_worked(mailbox=fine, now=now)
    live = connected(cast, "live@x.example")
    reading_worked(mailbox=live, now=now)
    MailboxLease.objects.create(mailbox=live, until_at=now + 5 * MINUTE, listens_since=now)
    away = connected(cast, "away@x.example")
    reading_worked(mailbox=away, now=now - 60 * MINUTE)
    away.refresh_from_db()
    reading_failed(mailbox=away, error="the server did not answer in time", now=now - 20 * MINUTE)
    Mailbox.objects.filter(pk=fine.pk).update(after_error="there is no folder into which mails can be moved")
    connected(cast, "new@x.example")
    for n in range(2):
        data = f"From: a{n}@nowhere.example\r\nSubject: x\r\n\r\nhello {n}".encode()
        item, _ = keep_raw(data=data, source="mailbox", origin=f"x{n}", now=now, supplier=cast.fennimore, mailbox=fine)
        if n:
            take_in(item_id=item.id, now=now)
    shown = page(cast.asha)
    for words in (
        "2 mailboxes bring nothing in.",
        "It is read each minute.",
        "The server says at once when a mail comes.",
        "Because the server did not answer in time.",
        "Its mail has not come in for 1 h",
        "The first reading comes within a minute",
        "What came in stayed where it was: there is no folder into which mails can be moved.",
        "1 mail waits to be looked at.",
        "1 mail waits for somebody’s word.",
    ):
        assert words in shown, words
    assert shown.index("away@x.example") < shown.index("fine@x.example")


def test_trying_says_what_is_there_and_what_is_not(cast: Cast, tried: Tried, monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox = connected(cast, folders=["INBOX", "Gone"])
    client = client_of(cast.asha)
    shown = client.post(f"{LIST}{mailbox.id}/try/", follow=True).content.decode()
    assert "There is no folder Gone." in shown
    mailbox.folders.filter(name="Gone").delete()
    assert "It opens. 2 folders are there." in client.post(f"{LIST}{mailbox.id}/try/", follow=True).content.decode()
    Mailbox.objects.update(user="refused")
    shown = client.post(f"{LIST}{mailbox.id}/try/", follow=True).content.decode()
    assert "It could not be opened: the server refused user or password." in shown


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_cost_the_same_few_queries_at_one_and_at_three_rows(cast: Cast, rows: int) -> None:
    for n in range(rows):
        mailbox = connected(cast, f"m{n}@x.example", folders=[f"F{n}" for n in range(rows)])
        reading_failed(mailbox=mailbox, error="the server did not answer in time", now=clock.now() + n * MINUTE)
        pause_mailbox(mailbox=mailbox, actor=actor(cast.asha), now=clock.now())
        resume_mailbox(mailbox=mailbox, actor=actor(cast.asha), now=clock.now())
        service(cast)
    client = client_of(cast.asha)
    counts = []
    for path in (LIST, f"{LIST}{mailbox.id}/", NEW, "/set-up/mail-services/"):
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts.append(len(queries))
    assert counts == [7, 9, 7, 7]


def service(cast: Cast, **more: Any) -> MailService:
    values = {
        "name": "Google", "kind": "google", "flow": "person", "authorise_url": "https://a.example/",
        "exchange_url": "https://t.example/", "client_id": "id", "scopes": "s", **more.pop("values", {}),
    }  # fmt: skip
    given = {"supplier": cast.fennimore, "secret": "sh", **more}
    return add_service(values=values, actor=actor(cast.asha), now=clock.now(), **given)


def sent(**more: str) -> dict[str, str]:
    return {"name": "Ours", "kind": "google", "flow": "person", "client_id": "abc", "secret": "shh", **more}


def test_a_manager_registers_google_with_two_words_and_a_secret(cast: Cast) -> None:
    client = client_of(cast.asha)
    assert client.post("/set-up/mail-services/", sent(owner=str(cast.fennimore.id))).status_code == 303
    found = MailService.objects.get()
    assert (found.supplier_id, found.exchange_url, found.scopes) == (
        cast.fennimore.id, "https://oauth2.googleapis.com/token", "https://mail.google.com/",
    )  # fmt: skip
    assert b"shh" not in bytes(found.sealed_secret)
    assert "http://localhost:8000/set-up/mailbox/signed-in/" in page(cast.asha, "/set-up/mail-services/")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "other"}, "Write the address that gives tokens."),
        ({"kind": "microsoft", "flow": "firm"}, "Copy it from the registration at Microsoft."),
        ({"flow": "firm"}, "Only Microsoft lets an installation sign in by itself."),
        (
            {
                "kind": "other",
                "exchange_url": "http://t.example/",
                "authorise_url": "https://a.example/",
                "scopes": "s",
            },
            "The address must begin with https://",
        ),
        (
            {
                "kind": "other",
                "exchange_url": "https://t.example/",
                "authorise_url": "javascript:alert(1)",
                "scopes": "s",
            },
            "This is not a web address that we can use.",
        ),
        ({"client_id": "a b"}, "This is one word"),
    ],
)
def test_a_registration_that_cannot_be_is_refused_in_words(cast: Cast, changes: dict[str, str], words: str) -> None:
    response = client_of(cast.asha).post("/set-up/mail-services/", sent(owner=str(cast.fennimore.id), **changes))
    assert response.status_code == 422
    assert words in response.content.decode().replace("&#x27;", "'")
    assert not MailService.objects.exists()


def test_only_its_keepers_change_a_registration_and_none_goes_that_is_used(cast: Cast) -> None:
    ours, everybodys = service(cast), service(cast, supplier=None)
    paths = [f"/set-up/mail-services/{each.id}/{verb}" for each in (ours, everybodys) for verb in ("", "end/")]
    for who in (cast.ines, cast.sam, cast.ruth):
        assert {client_of(who).post(path).status_code for path in paths} == {404}
    client = client_of(cast.asha)
    assert {client.post(path).status_code for path in paths[2:]} == {404}
    connected(cast, service=ours)
    assert "Change or disconnect them first." in client.post(paths[1], follow=True).content.decode()
    Mailbox.objects.update(ended_at=clock.now())
    client.post(paths[1])
    ours.refresh_from_db()
    assert (ours.ended_at is None, bytes(ours.sealed_secret)) == (False, b"")


def test_another_token_server_forgets_the_secret_and_asks_everybody_to_sign_in_again(cast: Cast) -> None:
    ours = service(cast)
    mailbox = connected(cast, service=ours)
    Mailbox.objects.update(sign_in_again_since=None, sealed_refresh_token=b"x")
    client = client_of(cast.asha)
    same = sent(kind="google", exchange_url="https://t.example/", authorise_url="https://a.example/", client_id="id")
    client.post(f"/set-up/mail-services/{ours.id}/", {**same, "scopes": "more", "secret": ""})
    mailbox.refresh_from_db()
    ours.refresh_from_db()
    assert (bytes(mailbox.sealed_refresh_token), bool(ours.sealed_secret), ours.scopes) == (b"x", True, "more")
    client.post(f"/set-up/mail-services/{ours.id}/", {**same, "client_id": "other", "scopes": "s", "secret": ""})
    mailbox.refresh_from_db()
    ours.refresh_from_db()
    assert (bytes(mailbox.sealed_refresh_token), bytes(ours.sealed_secret)) == (b"", b"")
    assert mailbox.sign_in_again_since is not None


def test_a_registration_that_opens_every_mailbox_is_offered_to_its_own_keepers_only(cast: Cast, tried: Tried) -> None:
    firm = service(cast, supplier=None, values={"flow": "firm", "kind": "microsoft", "name": "Whole firm"})
    person = service(cast, supplier=None, values={"name": "Everybody’s"})
    client = client_of(cast.asha)
    shown = client.get(NEW).content.decode()
    assert ("Whole firm" in shown, "Everybody’s" in shown) == (False, True)
    assert client.post(NEW, form(cast, sign_in=str(firm.id), password="")).status_code == 422
    assert client.post(NEW, form(cast, sign_in=str(person.id), password="")).status_code == 303
    assert "Whole firm" in client_of(cast.ada).get(NEW).content.decode()

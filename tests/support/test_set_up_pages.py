"""Connecting a mailbox and handing in mail files: who may, what is refused, what comes of it."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from quietmonday.people.models import Account, Business, Engagement, Membership, Role, Supplier
from quietmonday.post.actions.mailboxes import connect_mailbox, password_of
from quietmonday.post.models import InboxItem, Mailbox
from quietmonday.support.actions.intake import take_in
from quietmonday.support.views import set_up
from tests.cast import SINCE, Cast, sign_in
from tests.support.scene import actor, client_of

pytestmark = pytest.mark.django_db

PASSWORD = "corr3ct horse canary"


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Stand in for the mail server; the list says what was tried. A user called `refused` is refused."""
    calls: list[dict[str, object]] = []

    def try_mailbox(**given: object) -> str:
        calls.append(given)
        return "the server refused user or password" if given["user"] == "refused" else ""

    monkeypatch.setattr(set_up, "try_mailbox", try_mailbox)
    return calls


def form(cast: Cast, **more: str) -> dict[str, str]:
    return {
        "serves": f"all:{cast.fennimore.id}",
        "address": "Help@Fennimore.example",
        "host": "imap.fennimore.example",
        "port": "993",
        "security": "tls",
        "user": "help",
        "password": PASSWORD,
        "folder": "INBOX",
        **more,
    }


def test_a_manager_connects_a_mailbox_once_it_was_opened(cast: Cast, tried: list[dict[str, object]]) -> None:
    response = client_of(cast.asha).post("/set-up/mailbox/", form(cast), follow=True)
    mailbox = Mailbox.objects.get()
    assert (mailbox.address, mailbox.supplier_id, mailbox.business) == (
        "help@fennimore.example",
        cast.fennimore.id,
        None,
    )
    assert password_of(mailbox) == PASSWORD
    assert tried == [
        {"host": "imap.fennimore.example", "port": 993, "security": "tls", "user": "help", "password": PASSWORD}
        | {"folder": "INBOX"}
    ]
    page = response.content.decode()
    assert "help@fennimore.example" in page
    assert PASSWORD not in page


def test_a_mailbox_that_cannot_be_opened_is_not_stored(cast: Cast, tried: list[dict[str, object]]) -> None:
    response = client_of(cast.asha).post("/set-up/mailbox/", form(cast, user="refused"))
    page = response.content.decode()
    assert response.status_code == 422
    assert "the server refused user or password" in page
    assert "imap.fennimore.example" in page
    assert PASSWORD not in page
    assert not Mailbox.objects.exists()


def test_without_encryption_only_this_machine_is_read(cast: Cast, tried: list[dict[str, object]]) -> None:
    client = client_of(cast.asha)
    assert client.post("/set-up/mailbox/", form(cast, security="none")).status_code == 422
    assert tried == []
    assert client.post("/set-up/mailbox/", form(cast, security="none", host="localhost", port="143")).status_code == 303


def test_an_address_is_read_once(cast: Cast, tried: list[dict[str, object]]) -> None:
    client = client_of(cast.asha)
    client.post("/set-up/mailbox/", form(cast))
    response = client.post("/set-up/mailbox/", form(cast))
    assert response.status_code == 422
    assert "This address is read already." in response.content.decode()


def test_a_manager_connects_for_the_own_supplier_and_its_clients_only(
    cast: Cast, tried: list[dict[str, object]]
) -> None:
    client = client_of(cast.asha)
    foreign = (f"all:{cast.norvane.id}", str(cast.line_engagement.id), str(cast.tilden_engagement.id))
    assert {client.post("/set-up/mailbox/", form(cast, serves=each)).status_code for each in foreign} == {422}
    assert tried == []
    assert client.post("/set-up/mailbox/", form(cast, serves=str(cast.engagement.id))).status_code == 303
    assert Mailbox.objects.get().business_id == cast.oakhurst.id


@pytest.mark.parametrize("who", ["sam", "dele", "ruth", "jo"])
def test_nobody_else_connects_a_mailbox(cast: Cast, tried: list[dict[str, object]], who: str) -> None:
    client = client_of(getattr(cast, who))
    assert client.get("/set-up/mailbox/").status_code == 403
    assert client.post("/set-up/mailbox/", form(cast)).status_code == 403
    assert tried == []


def test_only_who_looks_after_a_mailbox_disconnects_it(cast: Cast) -> None:
    mailbox = connect_mailbox(
        supplier=cast.fennimore, business=None, address="help@fennimore.example", host="h", port=993, security="tls",
        user="u", password=PASSWORD, actor=actor(cast.asha), now=dt.datetime.now(dt.UTC),
    )  # fmt: skip
    path = reverse("support:disconnect_mailbox", args=[mailbox.id])
    assert client_of(cast.asha).get(path).status_code == 405
    assert {client_of(who).post(path).status_code for who in (cast.sam, cast.ines, cast.ruth, cast.lee)} == {404}
    assert client_of(cast.asha).post(path).status_code == 303
    mailbox.refresh_from_db()
    assert (mailbox.ended_at is None, bytes(mailbox.sealed_password)) == (False, b"")


def eml(number: int, sender: str = "Nia <nia@oakhurst.example>") -> bytes:
    return f"From: {sender}\nSubject: Mail {number}\nMessage-ID: <{number}@x>\n\nPlease help\n".encode()


def mbox(count: int) -> bytes:
    return b"".join(b"From nia@x Thu May  3 12:04:29 2012\n" + eml(100 + n) + b"\n" for n in range(count))


def hand_in(cast: Cast, who: str, *files: SimpleUploadedFile, **more: str) -> tuple[int, str]:
    response = client_of(getattr(cast, who)).post("/set-up/mails/", {"mails": list(files), **more}, follow=True)
    return response.status_code, response.content.decode()


def test_an_owner_hands_in_mail_files_and_sees_how_far_they_are(cast: Cast) -> None:
    files = [SimpleUploadedFile("one.eml", eml(1)), SimpleUploadedFile("old.mbox", mbox(2))]
    files += [SimpleUploadedFile("empty.eml", b""), SimpleUploadedFile("away.eml", eml(9, "noreply@shop.example"))]
    status, page = hand_in(cast, "ruth", *files, engagement=str(cast.engagement.id))
    assert status == 200
    assert "0 of 4 are looked at." in page
    assert sorted(InboxItem.objects.values_list("name", flat=True)) == [
        "away.eml",
        "old.mbox#1",
        "old.mbox#2",
        "one.eml",
    ]
    for item in InboxItem.objects.all():
        take_in(item_id=item.id, now=dt.datetime.now(dt.UTC))
    at = InboxItem.objects.values_list("received_at", flat=True).first()
    where = reverse("support:import_progress", args=[cast.engagement.id])
    page = client_of(cast.ruth).get(where, {"at": at.isoformat() if at else ""}).content.decode()
    assert "All 4 mails are looked at." in page
    assert "hx-trigger" not in page


def test_the_same_file_twice_changes_nothing(cast: Cast) -> None:
    hand_in(cast, "ruth", SimpleUploadedFile("one.eml", eml(1)), engagement=str(cast.engagement.id))
    status, page = hand_in(cast, "ruth", SimpleUploadedFile("again.eml", eml(1)), engagement=str(cast.engagement.id))
    assert (status, InboxItem.objects.count()) == (200, 1)
    assert "1 mail was here before." in page
    assert "Nothing new came in." in page


def test_an_owner_hands_in_for_the_own_business_only(cast: Cast) -> None:
    status, _page = hand_in(
        cast, "ruth", SimpleUploadedFile("a.eml", eml(1)), engagement=str(cast.tilden_engagement.id)
    )
    assert status == 422
    where = reverse("support:import_progress", args=[cast.tilden_engagement.id])
    assert client_of(cast.ruth).get(where, {"at": "2026-11-17T09:00:00+00:00"}).status_code == 404
    assert {client_of(who).get("/set-up/mails/").status_code for who in (cast.sam, cast.asha, cast.dele)} == {403}
    assert not InboxItem.objects.exists()


@pytest.mark.parametrize("at", ["", "x", "2026-11-17", "2026-11-17T09:00:00"])
def test_a_moment_that_is_none_is_a_404(cast: Cast, at: str) -> None:
    where = reverse("support:import_progress", args=[cast.engagement.id])
    assert client_of(cast.ruth).get(where, {"at": at}).status_code == 404


def test_no_file_is_refused_in_words(cast: Cast) -> None:
    status, page = hand_in(cast, "ruth", engagement=str(cast.engagement.id))
    assert status == 422
    assert "Choose at least one file." in page


def test_on_an_empty_installation_two_names_begin_it(client: object) -> None:
    account = Account.objects.create(email="ada@example.org")
    Membership.objects.create(account=account, role=Role.ADMINISTRATOR, starts_at=SINCE)
    signed_in = sign_in(client, account)  # type: ignore[arg-type]  # pytest-django's own client
    sent = {"business": "Mead Joinery", "supplier": "Pell IT", "mails": [SimpleUploadedFile("a.eml", eml(1))]}
    assert signed_in.post("/set-up/mails/", sent).status_code == 303
    assert (Business.objects.get().name, Supplier.objects.get().name) == ("Mead Joinery", "Pell IT")
    assert InboxItem.objects.get().params == {"engagement": str(Engagement.objects.get().id)}

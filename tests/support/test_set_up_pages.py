"""Handing in mail files: who may, what is refused, what comes of it."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from quietmonday.people.models import Account, Business, Engagement, Membership, Role, Supplier
from quietmonday.post.models import InboxItem
from quietmonday.support.actions.intake import take_in
from tests.cast import SINCE, Cast, sign_in
from tests.support.scene import client_of

pytestmark = pytest.mark.django_db


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

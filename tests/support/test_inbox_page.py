"""What came in and did not become a request: who sees which, the reasons, the bytes."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quietmonday.post.actions.inbox import keep_raw
from quietmonday.post.models import InboxItem
from quietmonday.support.actions.intake import take_in
from quietmonday.support.logic.kept import REASONS
from tests.cast import Cast
from tests.support.scene import client_of

pytestmark = pytest.mark.django_db


def kept(cast: Cast, subject: str, **place: object) -> InboxItem:
    """Return a mail from nobody we know, looked at and kept."""
    now = dt.datetime.now(dt.UTC)
    data = f"From: mallory@evil.example\r\nSubject: {subject}\r\nMessage-ID: <{subject}@x>\r\n\r\nhello\r\n".encode()
    item, _ = keep_raw(data=data, source="mailbox", origin=f"test:{subject}", now=now, **place)  # type: ignore[arg-type]  # places are given by name
    item = take_in(item_id=item.id, now=now)
    assert (item.state, item.rule) == ("kept", "unknown_sender")
    return item


def test_each_sees_what_came_for_their_own(cast: Cast) -> None:
    kept(cast, "to-fennimore", supplier=cast.fennimore)
    kept(cast, "to-oakhurst", supplier=cast.fennimore, business=cast.oakhurst)
    kept(cast, "to-line", supplier=cast.norvane, business=cast.oakhurst)
    kept(cast, "to-tilden", supplier=cast.brightwell, business=cast.tilden)
    subjects = ("to-fennimore", "to-oakhurst", "to-line", "to-tilden")
    seen = {}
    for who in ("ruth", "maria", "sam", "asha", "ines", "jo", "lee", "ada"):
        page = client_of(getattr(cast, who)).get("/inbox/").content.decode()
        seen[who] = {subject for subject in subjects if subject in page}
    assert seen == {
        "ruth": {"to-oakhurst", "to-line"},
        "maria": {"to-oakhurst", "to-line"},
        "sam": {"to-fennimore", "to-oakhurst"},
        "asha": {"to-fennimore", "to-oakhurst"},
        "ines": {"to-line"},
        "jo": {"to-tilden"},
        "lee": {"to-tilden"},
        "ada": set(subjects),
    }


def test_staff_have_no_inbox(cast: Cast) -> None:
    assert {client_of(who).get("/inbox/").status_code for who in (cast.dele, cast.kim)} == {403}


def test_a_supplier_that_has_left_sees_nothing_of_the_business(cast: Cast) -> None:
    item = kept(cast, "to-oakhurst", supplier=cast.fennimore, business=cast.oakhurst)
    cast.engagement.ends_at = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
    cast.engagement.save()
    client = client_of(cast.sam)
    assert "to-oakhurst" not in client.get("/inbox/").content.decode()
    assert client.get(reverse("support:raw", args=[item.id])).status_code == 404


def test_the_raw_mail_is_a_download_byte_for_byte(cast: Cast) -> None:
    item = kept(cast, "to-fennimore", supplier=cast.fennimore)
    path = reverse("support:raw", args=[item.id])
    response = client_of(cast.sam).get(path)
    assert response.content.startswith(b"From: mallory@evil.example\r\n")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == f'attachment; filename="{item.id}.eml"'
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert {client_of(who).get(path).status_code for who in (cast.ruth, cast.lee, cast.ines, cast.dele)} == {404}


def test_every_reason_has_its_words_on_the_page(cast: Cast) -> None:
    item = kept(cast, "to-fennimore", supplier=cast.fennimore)
    client = client_of(cast.sam)
    for name, sentence in REASONS.items():
        rule, _, case = name.partition(".")
        params = {case: ["a@b.example"] if case != "delayed" else True} if case else {}
        if rule in ("marked", "doubted"):
            params = {"mark": case, "by": "X-Spam-Flag"}
        InboxItem.objects.filter(pk=item.pk).update(rule=rule, params=params, asks_at=None)
        words = sentence % {"who": "a@b.example", "by": "X-Spam-Flag"}
        assert words in client.get("/inbox/").content.decode().replace("&#x27;", "'")
        assert words in client.get(f"/inbox/{item.pk}/").content.decode().replace("&#x27;", "'")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_inbox_costs_the_same_few_queries_at_one_and_at_three_rows(cast: Cast, rows: int) -> None:
    for number in range(rows):
        kept(cast, f"mail-{number}", supplier=cast.fennimore)
    client = client_of(cast.sam)
    client.get("/inbox/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/inbox/")
    assert len(queries) == 8

"""The administrator's page of background work."""

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from quietmonday.journal.models import Entry
from quietmonday.kit import doors
from quietmonday.kit.actors import Actor
from quietmonday.outbox.actions import enqueue_mail, put
from quietmonday.outbox.actions.beats import begin_life
from quietmonday.outbox.actions.ticking import tick
from quietmonday.outbox.models import OutboxItem
from tests.outbox.conftest import NOON

pytestmark = pytest.mark.django_db

ADA = Actor(id=uuid.UUID(int=7), name="Ada Byron")


@pytest.fixture
def ada(client: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """The administrator's browser: whoever asks with her header is she."""

    def check(request: HttpRequest) -> Actor | None:
        return ADA if request.headers.get("X-Test") == "ada" else None

    monkeypatch.setattr(doors, "_check", check)
    client.defaults["HTTP_X_TEST"] = "ada"
    yield client


def a_failed(n: int = 1) -> OutboxItem:
    """An item that was given up."""
    return OutboxItem.objects.create(
        topic=f"test.shelf{n}",
        ids={},
        put_at=NOON,
        due_at=NOON,
        failed_at=NOON,
        attempts=8,
        last_error="TimeoutError: x",
    )


def said(client: Client, query: str = "") -> str:
    """The page's text."""
    response = client.get(f"/work/{query}")
    assert response.status_code == 200
    return " ".join(response.content.decode().split()).replace(" </h1>", "</h1>")


def test_the_door_is_shut_to_everybody_else(ada: Client) -> None:
    item = a_failed()
    paths = [("get", "/work/"), ("post", "/work/again/"), ("post", f"/work/{item.pk}/again/")]
    assert [getattr(ada, verb)(path).status_code for verb, path in paths] == [200, 302, 302]
    del ada.defaults["HTTP_X_TEST"]
    OutboxItem.objects.update(failed_at=NOON)
    assert [getattr(ada, verb)(path).status_code for verb, path in paths] == [404, 404, 404]
    assert OutboxItem.objects.get().failed_at == NOON


def test_without_a_way_to_tell_administrators_the_door_stays_shut(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "_check", doors._nobody)
    assert client.get("/work/").status_code == 404


def test_a_get_changes_nothing(ada: Client) -> None:
    item = a_failed()
    assert ada.get("/work/again/").status_code == 405
    assert ada.get(f"/work/{item.pk}/again/").status_code == 405


def test_the_first_sentence_is_the_answer(ada: Client) -> None:
    assert "<h1>Nothing waits and nothing failed.</h1>" in said(ada)
    put(topic="test.note", ids={}, now=NOON)
    assert "<h1>1 thing waits. " in said(ada)
    assert "Nothing failed." in said(ada)
    for _ in range(2):
        put(topic="test.note", ids={}, now=NOON)
    a_failed()
    assert "<h1>3 things wait. 1 failed.</h1>" in said(ada)
    OutboxItem.objects.filter(failed_at=None).delete()
    assert "<h1>Nothing waits. 1 failed.</h1>" in said(ada)


def test_it_says_when_no_worker_runs(ada: Client) -> None:
    assert "No worker is running" in said(ada)
    begin_life("worker", NOON)
    assert "No worker is running" not in said(ada)


def test_what_failed_says_why_in_words_and_a_mail_says_to_whom_but_not_what(ada: Client) -> None:
    message = enqueue_mail(
        key="k",
        recipient="dele@oakhurst.example",
        sender="desk@quiet.example",
        subject="CANARY-subject",
        text="CANARY-text",
        message_id="<k@quiet.example>",
        now=NOON,
    )
    OutboxItem.objects.filter(pk=message.item_id).update(failed_at=NOON, last_error="SMTPRecipientsRefused: 550")
    page = said(ada)
    assert "A mail to dele@oakhurst.example" in page
    assert "The mail server does not take mail for this address." in page
    assert "SMTPRecipientsRefused: 550" in page
    assert "CANARY" not in page


def test_trying_again_runs_it_and_is_in_the_journal(ada: Client, runs: list[dict[str, str]]) -> None:
    item = a_failed()
    other = a_failed()
    OutboxItem.objects.filter(pk=item.pk).update(topic="test.note", ids={"n": "1"})
    assert ada.post(f"/work/{item.pk}/again/").headers["Location"] == "/work/"
    item.refresh_from_db()
    assert (item.failed_at, item.attempts) == (None, 0)
    tick(now=item.due_at, schedule=False)
    assert runs == [{"n": "1"}]
    [entry] = Entry.objects.select_related("payload")
    assert (entry.verb, entry.actor_id, entry.subject_id) == ("outbox.tried_again", ADA.id, item.pk)
    assert entry.payload.body["reason"] == "TimeoutError: x"
    other.refresh_from_db()
    assert other.failed_at == NOON


def test_trying_again_what_is_not_failed_any_more_changes_nothing(ada: Client) -> None:
    item = a_failed()
    ada.post(f"/work/{item.pk}/again/")
    OutboxItem.objects.update(due_at=NOON, attempts=3)
    assert ada.post(f"/work/{item.pk}/again/").status_code == 302
    assert ada.post(f"/work/{uuid.uuid4()}/again/").status_code == 302
    item.refresh_from_db()
    assert (item.due_at, item.attempts) == (NOON, 3)
    assert Entry.objects.count() == 1


def test_all_that_failed_can_be_tried_again_at_once(ada: Client) -> None:
    for n in range(3):
        a_failed(n)
    assert "3 things are tried again now." in ada.post("/work/again/", follow=True).content.decode()
    assert not OutboxItem.objects.exclude(failed_at=None).exists()
    assert Entry.objects.count() == 3


def test_the_lists_go_on_where_the_page_before_ended(ada: Client) -> None:
    for n in range(27):
        put(topic=f"test.waits{n}-", ids={}, now=NOON)
        a_failed(n)
    first = said(ada)
    assert ("test.waits24-" in first, "test.waits25-" in first) == (True, False)
    last_shown = OutboxItem.objects.get(topic="test.waits24-")
    second = said(ada, f"?after={last_shown.pk}")
    assert ("test.waits24-" in second, "test.waits25-" in second, "test.waits26-" in second) == (False, True, True)
    assert "?after=" not in second
    assert "27 things wait" in second
    assert "test.shelf24" in second
    assert "27 things wait" in said(ada, "?after=not-an-id&failed_after=%00")


def test_the_page_costs_the_same_at_one_and_at_three_rows(ada: Client) -> None:
    counts = []
    for n in (1, 3):
        while OutboxItem.objects.count() < 2 * n:
            put(topic="test.note", ids={}, now=NOON, due_at=NOON + dt.timedelta(days=3650))
            a_failed()
        with CaptureQueriesContext(connection) as asked:
            said(ada)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8

"""Markup in any text that a person or a mail can bring is shown as text, on every page that shows it."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from quietmonday.post.actions.files import store_file
from quietmonday.post.models import InboxItem
from quietmonday.support.actions.answering import dispute, give_feedback
from quietmonday.support.actions.handing import assign
from quietmonday.support.actions.settling import reopen, resolve
from quietmonday.support.actions.talking import note_for_colleagues
from quietmonday.support.actions.telling import feedback_path
from quietmonday.support.models import FeedbackQuestion, Message, Ticket
from tests.cast import Cast
from tests.support.scene import actor, answered, asked, client_of, words

pytestmark = pytest.mark.django_db

CANARY = "<script>canary()</script>\"'><img src=x onerror=canary()>{{ 7|add:7 }}"
ALIVE = ("<script>canary", "<img src=x", "onerror=canary()>", "\"'><", ">14<")


def named(cast: Cast) -> None:
    for record, field in (
        (cast.oakhurst, "name"),
        (cast.fennimore, "name"),
        (cast.dele.person, "name"),
        (cast.dele.person, "job"),
        (cast.sam.person, "name"),
        (cast.asha.person, "name"),
        (cast.ruth.person, "name"),
    ):
        setattr(record, field, f"{field} {CANARY}"[:200])
        record.save()


def full_ticket(cast: Cast) -> Ticket:
    """Return a request with markup in everything that it shows."""
    now = dt.datetime.now(dt.UTC)
    file = store_file(business=cast.oakhurst, data=b"GIF89a", now=now)
    ticket = asked(
        cast, CANARY, subject=f"subject {CANARY}", at=now - dt.timedelta(hours=9), files=[(f"file {CANARY}", file)]
    )
    answered(cast, ticket, CANARY, at=now - dt.timedelta(hours=8), waits_for="customer")
    note_for_colleagues(
        ticket=ticket,
        words=words(cast.sam, CANARY, now),
        supplier_id=cast.fennimore.id,
        actor=actor(cast.sam),
        now=now,
    )
    Message.objects.filter(ticket=ticket).update(quoted=CANARY, author_name=CANARY)
    assign(ticket=ticket, person=cast.asha.person, actor=actor(cast.sam), now=now)
    resolve(ticket=ticket, kind="fixed", note=CANARY, actor=actor(cast.sam), now=now)
    question = FeedbackQuestion.objects.get(ticket=ticket)
    give_feedback(question=question, answer="partly", text=CANARY, actor=actor(cast.dele), now=now, signed_in=True)
    dispute(ticket=ticket, about="quick", note=CANARY, actor=actor(cast.sam), now=now)
    return ticket


def alive(page: str) -> list[str]:
    return [piece for piece in ALIVE if piece in page]


@pytest.mark.search_is_behind
def test_no_page_lets_markup_live(cast: Cast) -> None:
    named(cast)
    ticket = full_ticket(cast)
    page = reverse("support:ticket", args=[ticket.id])
    question = FeedbackQuestion.objects.get(ticket=ticket)
    shown = {
        (who, path): client_of(getattr(cast, who)).get(path).content.decode()
        for who, path in (
            ("sam", page), ("dele", page), ("ruth", page), ("dele", "/report/"), ("ruth", "/requests/"),
            ("sam", f"/report/?for={cast.oakhurst.id}"), ("sam", "/requests/"), ("asha", "/set-up/mailbox/"),
            ("ruth", "/set-up/mails/"),
        )
    }  # fmt: skip
    shown["", "feedback"] = Client().get(feedback_path(question)).content.decode()
    reopen(ticket=ticket, actor=actor(cast.dele), now=dt.datetime.now(dt.UTC), note=CANARY)
    shown["sam", "/queue/"] = client_of(cast.sam).get("/queue/?view=all").content.decode()
    shown["sam", "open"] = client_of(cast.sam).get(page).content.decode()
    assert {where for where, text in shown.items() if "canary" not in text} == set()
    assert {where: alive(text) for where, text in shown.items() if alive(text)} == {}


def test_no_refused_form_lets_markup_live(cast: Cast) -> None:
    ticket = asked(cast)
    path = reverse("support:messages", args=[ticket.id])
    refused = client_of(cast.sam).post(path, {"text": CANARY, "next_word": CANARY, "after": CANARY})
    report = client_of(cast.dele).post("/report/", {"text": CANARY, "can_work": CANARY})
    assert (refused.status_code, report.status_code) == (422, 422)
    for response in (refused, report, client_of(cast.sam).get("/queue/", {"q": CANARY, "view": CANARY})):
        assert "canary" in response.content.decode()
        assert alive(response.content.decode()) == []


def test_the_inbox_lets_no_markup_live(cast: Cast) -> None:
    InboxItem.objects.create(
        supplier=cast.fennimore, source="mailbox", origin="x", name=CANARY, sha256="", size=1,
        received_at=dt.datetime.now(dt.UTC), state="kept", rule="unknown_sender", sender=CANARY, subject=CANARY,
        params={"because": CANARY},
    )  # fmt: skip
    page = client_of(cast.sam).get("/inbox/").content.decode()
    assert "canary" in page
    assert alive(page) == []


@pytest.mark.parametrize("path", ["/queue/", "/requests/", "/report/", "/inbox/", "/set-up/mailbox/", "/set-up/mails/"])
def test_no_page_has_inline_style_or_script(cast: Cast, path: str) -> None:
    asked(cast)
    who = {"/queue/": cast.sam, "/set-up/mailbox/": cast.asha}.get(path, cast.ruth)
    response = client_of(who).get(path)
    page = response.content.decode()
    assert response.status_code == 200
    assert " style=" not in page
    assert "<script>" not in page
    assert " onclick" not in page
    assert "unsafe-inline" not in response["Content-Security-Policy"]

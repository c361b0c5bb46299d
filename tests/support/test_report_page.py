"""Tell us what is wrong: one's own request, and one logged for a client."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from quietmonday.people.models import Engagement
from quietmonday.support.models import Message, Ticket, TicketEngagement
from tests.cast import Cast
from tests.support.scene import asked, client_of

pytestmark = pytest.mark.django_db


def token_of(page: str) -> str:
    found = re.search(r'name="token" value="([0-9a-f-]{36})"', page)
    assert found
    return found[1]


def test_one_sentence_is_enough(cast: Cast) -> None:
    client = client_of(cast.dele)
    token = token_of(client.get("/report/").content.decode())
    response = client.post("/report/", {"text": "Cannot print", "token": token}, follow=True)
    ticket = Ticket.objects.get()
    assert response.redirect_chain == [(reverse("support:sent", args=[ticket.id]), 303)]
    page = response.content.decode()
    assert f"We have it: request {ticket.work_item.number}." in page
    assert "A person answers you by" in page
    assert "Fennimore IT" in page
    assert (ticket.subject, ticket.source, ticket.requester_id) == ("Cannot print", "web", cast.dele.person.id)


def test_a_double_tap_gives_one_request(cast: Cast) -> None:
    client = client_of(cast.dele)
    sent = {"text": "Cannot print", "token": token_of(client.get("/report/").content.decode())}
    first, second = client.post("/report/", sent), client.post("/report/", sent)
    assert Ticket.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_the_token_of_somebody_else_is_another_request(cast: Cast) -> None:
    sent = {"text": "Cannot print", "token": token_of(client_of(cast.dele).get("/report/").content.decode())}
    client_of(cast.dele).post("/report/", sent)
    client_of(cast.bill).post("/report/", sent)
    assert {t.requester_id for t in Ticket.objects.all()} == {cast.dele.person.id, cast.bill.person.id}


def test_a_refused_report_keeps_what_was_typed_and_its_token(cast: Cast) -> None:
    client = client_of(cast.dele)
    token = token_of(client.get("/report/").content.decode())
    response = client.post("/report/", {"text": " ", "can_work": "partly", "since": "today", "token": token})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Say in one sentence what is wrong." in page
    assert re.search(r'value="partly"[^>]*checked', page)
    assert token_of(page) == token
    assert not Ticket.objects.exists()


def test_photo_and_files_come_with_it(cast: Cast) -> None:
    sent = {
        "text": "See",
        "photo": SimpleUploadedFile("a.jpg", b"\xff\xd8\xff1"),
        "attached": [SimpleUploadedFile("b.txt", b"b"), SimpleUploadedFile("c.txt", b"c")],
    }
    assert client_of(cast.dele).post("/report/", sent).status_code == 303
    assert {a.name for a in Message.objects.get().attachments.all()} == {"a.jpg", "b.txt", "c.txt"}


def test_it_goes_to_the_supplier_that_was_chosen_or_to_all(cast: Cast) -> None:
    client = client_of(cast.dele)
    client.post("/report/", {"text": "Line", "which": str(cast.line_engagement.id)})
    client.post("/report/", {"text": "Who knows", "which": ""})
    assert client.post("/report/", {"text": "Theirs", "which": str(cast.tilden_engagement.id)}).status_code == 422
    parties = TicketEngagement.objects.values_list("ticket__subject", "engagement__supplier__name")
    assert sorted(parties) == [
        ("Line", "Norvane Telecom"),
        ("Who knows", "Fennimore IT"),
        ("Who knows", "Norvane Telecom"),
    ]


def test_without_a_supplier_the_page_says_so(cast: Cast) -> None:
    for engagement in Engagement.objects.filter(business=cast.oakhurst):
        engagement.ends_at = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
        engagement.save()
    page = client_of(cast.dele).get("/report/").content.decode()
    assert "Nobody supports Oakhurst Joinery here yet." in page


def test_a_technician_logs_what_a_client_said_on_the_phone(cast: Cast) -> None:
    asked(cast, "Before")  # so that Dele is known
    client = client_of(cast.sam)
    where = client.get("/report/")
    assert (where.status_code, where["Location"]) == (303, f"/report/?for={cast.oakhurst.id}")
    told_at = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=30)
    sent = {
        "source": "phone",
        "person": str(cast.dele.person.id),
        "subject": "No line",
        "text": "The line is dead",
        "kind": "incident",
        "priority": "1",
        "told_at": told_at.strftime("%Y-%m-%dT%H:%M"),
    }
    assert client.post(where["Location"], sent).status_code == 303
    ticket = Ticket.objects.get(subject="No line")
    assert (ticket.source, ticket.requester_id, ticket.priority) == ("phone", cast.dele.person.id, 1)
    message = ticket.messages.get()
    assert (message.author_name, message.clock_quality, message.channel) == ("Dele Adeyemi", "stated", "phone")
    assert [e.engagement.supplier.name for e in ticket.parties.select_related("engagement__supplier")] == [
        "Fennimore IT"
    ]


def test_somebody_who_is_not_in_the_list_is_written_by_name(cast: Cast) -> None:
    sent = {"source": "visit", "somebody": "Nia", "subject": "x", "text": "y", "kind": "incident", "priority": "3"}
    client = client_of(cast.sam)
    assert client.post(f"/report/?for={cast.oakhurst.id}", {**sent, "somebody": ""}).status_code == 422
    assert client.post(f"/report/?for={cast.oakhurst.id}", sent).status_code == 303
    assert (Ticket.objects.get().requester, Message.objects.get().author_name) == (None, "Nia")


@pytest.mark.parametrize("told_at", ["2999-01-01T10:00", "2020-01-01T10:00", "soon"])
def test_they_cannot_have_told_us_then(cast: Cast, told_at: str) -> None:
    sent = {"source": "visit", "somebody": "Nia", "subject": "x", "text": "y", "kind": "incident", "priority": "3"}
    response = client_of(cast.sam).post(f"/report/?for={cast.oakhurst.id}", {**sent, "told_at": told_at})
    assert response.status_code == 422
    assert not Ticket.objects.exists()


def test_nobody_logs_for_a_business_they_do_not_serve(cast: Cast) -> None:
    for who in (cast.sam, cast.dele, cast.ruth):
        assert client_of(who).get(f"/report/?for={cast.tilden.id}").status_code == 404
    assert client_of(cast.sam).get("/report/?for=x").status_code == 404
    assert client_of(cast.ada).get("/report/").status_code == 403


def test_a_technician_chooses_among_people_the_supplier_has_met(cast: Cast) -> None:
    asked(cast, "Before")
    page = client_of(cast.sam).get(f"/report/?for={cast.oakhurst.id}").content.decode()
    assert {name for name in ("Ruth", "Maria", "Dele", "Bill") if f">{name}" in page} == {"Ruth", "Maria", "Dele"}

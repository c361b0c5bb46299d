"""Tickets over the API: what people do on the pages, by the same doors and actions."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from quietmonday.journal.models import Payload
from quietmonday.kit.clock import now
from quietmonday.support.models import Message, Ticket
from tests.cast import Cast
from tests.integrations.api.calling import API, Program, program_of, token_of
from tests.support.scene import asked

pytestmark = pytest.mark.django_db


def problem(answer: Any, status: int, name: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert (body["type"], body["status"]) == (f"/api/v1/problems/{name}", status)
    return body


def test_a_ticket_from_its_opening_to_its_verdict(cast: Cast) -> None:
    dele, sam = program_of(cast.dele, name="Desk"), program_of(cast.sam, name="Night watch")
    opened = dele.post("/tickets", {"business": str(cast.oakhurst.id), "text": "The label printer prints blank."})
    assert opened.status_code == 201, opened.content
    ticket = opened.json()
    assert (ticket["state"], ticket["move"], ticket["source"]) == ("open", "supplier", "api")
    assert ticket["requester"] == {"id": str(cast.dele.person.id), "name": "Dele Adeyemi"}
    path = f"/tickets/{ticket['id']}"

    due = (now() + dt.timedelta(hours=2)).isoformat()
    said = sam.post(f"{path}/messages", {"text": "I am on it.", "next_word_by": due})
    assert said.status_code == 201, said.content
    assert sam.post(f"{path}/notes", {"text": "Same as in spring."}).status_code == 201
    assert (
        sam.post(f"{path}/assignment", {"person": str(cast.sam.person.id)}).json()["assignee"]["name"] == "Sam Kessler"
    )
    assert sam.post(f"{path}/priority", {"priority": 2}).json()["priority"] == 2
    assert sam.post(f"{path}/promise", {"due_at": due}).json()["next_word_by"] is not None
    assert sam.post(f"{path}/waiting", {"reason": "third_party"}).json()["move"] == "third_party"
    assert sam.delete(f"{path}/waiting").json()["move"] == "supplier"
    settled = sam.post(f"{path}/resolution", {"kind": "fixed", "note": "New head."})
    assert (settled.status_code, settled.json()["state"]) == (200, "resolved")
    assert dele.post(f"{path}/feedback", {"answer": "partly", "text": "Slow."}).status_code == 201
    assert sam.post(f"{path}/disputes", {"about": "effective", "note": "It is as fast as before."}).status_code == 201
    assert dele.post(f"{path}/reopening", {"note": "Blank again."}).json()["state"] == "open"

    assert [each["text"] for each in dele.get(f"{path}/messages").json()["items"]] == [
        "The label printer prints blank.",
        "I am on it.",
    ]
    assert [each["public"] for each in sam.get(f"{path}/messages").json()["items"]] == [True, True, False]
    assert dele.get(f"{path}/feedback").json()["items"][0]["answer"] == "partly"
    assert dele.get(f"{path}/disputes").json()["items"][0]["by_name"] == "Sam Kessler (API token “Night watch”)"
    verdict = dele.get(f"{path}/verdict").json()
    assert verdict["quick"]["sentence"] and verdict["effective"]["disputed"] is True


def test_the_journal_names_the_person_and_the_token(cast: Cast) -> None:
    sam = program_of(cast.sam, name="Night watch")
    ticket = asked(cast)
    assert sam.post(f"/tickets/{ticket.id}/priority", {"priority": 1}).status_code == 200
    payload = Payload.objects.select_related("entry").get(entry__verb="ticket.prioritised")
    assert payload.actor_name == "Sam Kessler (API token “Night watch”)"
    assert payload.entry.actor_id == cast.sam.person.id


def test_nobody_sees_more_than_on_the_pages(cast: Cast) -> None:
    ticket = asked(cast, "Ours: markoursx")
    for member in (cast.bill, cast.jo, cast.kim, cast.lee, cast.ines):
        program = program_of(member)
        problem(program.get(f"/tickets/{ticket.id}"), 404, "not_found")
        assert program.get("/tickets").json()["items"] == []
        problem(program.post(f"/tickets/{ticket.id}/messages", {"text": "Hello"}), 404, "not_found")
    absent = program_of(cast.jo).get(f"/tickets/{uuid.uuid4()}")
    hidden = program_of(cast.jo).get(f"/tickets/{ticket.id}")
    assert absent.content == hidden.content


def test_what_one_sees_is_not_always_ones_own_to_do(cast: Cast) -> None:
    ticket = asked(cast)
    dele = program_of(cast.dele)
    problem(dele.post(f"/tickets/{ticket.id}/priority", {"priority": 1}), 403, "forbidden")
    problem(dele.post(f"/tickets/{ticket.id}/notes", {"text": "x"}), 403, "forbidden")
    problem(dele.post(f"/tickets/{ticket.id}/aside", {"state": "spam"}), 403, "forbidden")
    problem(program_of(cast.ruth).post(f"/tickets/{ticket.id}/feedback", {"answer": "solved"}), 403, "forbidden")


def test_a_supplier_logs_what_a_client_said(cast: Cast) -> None:
    sam = program_of(cast.sam)
    place = {"business": str(cast.oakhurst.id), "text": "No mail since nine."}
    problem(sam.post("/tickets", place), 409, "refused")  # who asked?
    problem(sam.post("/tickets", {**place, "requester": str(cast.jo.person.id)}), 404, "not_found")
    problem(sam.post("/tickets", {**place, "business": str(cast.tilden.id), "requester_name": "Jo"}), 404, "not_found")
    late = (now() - dt.timedelta(days=40)).isoformat()
    problem(sam.post("/tickets", {**place, "requester_name": "A caller", "told_at": late}), 409, "refused")
    line = [str(cast.line_engagement.id)]
    problem(sam.post("/tickets", {**place, "requester_name": "A caller", "engagements": line}), 404, "not_found")
    told_at = (now() - dt.timedelta(minutes=20)).isoformat()
    opened = sam.post(
        "/tickets",
        {**place, "requester": str(cast.ruth.person.id), "source": "phone", "told_at": told_at, "priority": 1},
    )
    assert opened.status_code == 201, opened.content
    ticket = opened.json()
    assert (ticket["priority"], ticket["source"], ticket["requester"]["name"]) == (1, "phone", "Ruth Okafor")
    assert ticket["engagements"] == [str(cast.engagement.id)]


def test_lists_go_on_where_the_page_before_ended(cast: Cast) -> None:
    for number in range(7):
        asked(cast, f"Request {number}")
    sam = program_of(cast.sam)
    seen, cursor = [], None
    while True:
        page = sam.get("/tickets", limit=3, **({"cursor": cursor} if cursor else {})).json()
        seen += [each["number"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == sorted(seen, reverse=True) and len(seen) == 7
    first = sam.get("/tickets", limit=3).json()["next"]
    problem(sam.get("/tickets", limit=3, cursor=first, state="open"), 404, "no_such_page")
    problem(sam.get("/tickets", cursor="x" + first), 404, "no_such_page")
    problem(program_of(cast.asha).get("/tickets", limit=3, cursor=first), 404, "no_such_page")
    for limit in (0, 101, "many"):
        problem(sam.get("/tickets", limit=limit), 422, "invalid")


def test_who_follows_asks_for_what_changed_since(cast: Cast) -> None:
    first, second = asked(cast, "First", at=now()), asked(cast, "Second", at=now())
    sam = program_of(cast.sam)
    since = now().isoformat()
    assert sam.get("/tickets", updated_since=since).json()["items"] == []
    sam.post(f"/tickets/{first.id}/assignment", {"person": str(cast.sam.person.id)})
    sam.post(f"/tickets/{second.id}/notes", {"text": "Looked at it."})
    changed = sam.get("/tickets", updated_since=since).json()["items"]
    assert [each["id"] for each in changed] == [str(first.id), str(second.id)]


def test_filters_are_those_that_are_named(cast: Cast) -> None:
    ticket = asked(cast)
    sam = program_of(cast.sam)
    number = ticket.work_item.number
    assert len(sam.get("/tickets", business=cast.oakhurst.id, number=number, state="open").json()["items"]) == 1
    assert sam.get("/tickets", engagement=cast.line_engagement.id).json()["items"] == []
    for filters in ({"requester__name": "x"}, {"business__name__startswith": "O"}, {"order_by": "subject"}):
        body = problem(sam.get("/tickets", **filters), 422, "invalid")
        assert body["errors"]


def test_a_field_that_is_not_known_is_refused_and_named(cast: Cast) -> None:
    ticket = asked(cast)
    body = problem(
        program_of(cast.sam).post(f"/tickets/{ticket.id}/messages", {"text": "Hi", "verified": True, "side": "system"}),
        422,
        "invalid",
    )
    assert [each["where"] for each in body["errors"]] == ["body.verified", "body.side"]
    assert Message.objects.count() == 1


def test_a_file_is_sent_in_then_named_then_fetched(cast: Cast) -> None:
    ticket = asked(cast)
    sam = program_of(cast.sam)
    sent = sam.client.post(
        f"{API}/files", {"business": str(cast.oakhurst.id), "file": SimpleUploadedFile("../log<1>.txt", b"line one")}
    )
    assert sent.status_code == 201, sent.content
    handle = sent.json()["id"]
    assert (sent.json()["size"], sent.json()["name"].count("/")) == (8, 0)
    path = f"/tickets/{ticket.id}/messages"
    problem(program_of(cast.asha).post(path, {"text": "Mine", "files": [handle]}), 404, "not_found")
    problem(sam.post(path, {"text": "Made up", "files": [handle[:-2] + "xx"]}), 404, "not_found")
    said = sam.post(path, {"text": "See the log.", "files": [handle]}).json()
    [file] = said["files"]
    fetched = sam.get(f"/files/{file['id']}")
    assert (fetched.content, fetched.headers["Content-Disposition"]) == (b"line one", "attachment")
    assert program_of(cast.dele).get(f"/files/{file['id']}").status_code == 200
    problem(program_of(cast.jo).get(f"/files/{file['id']}"), 404, "not_found")
    problem(
        program_of(cast.jo).client.post(
            f"{API}/files", {"business": str(cast.oakhurst.id), "file": SimpleUploadedFile("a", b"a")}
        ),
        404,
        "not_found",
    )


def test_what_cannot_be_done_as_things_stand_is_said(cast: Cast) -> None:
    ticket = asked(cast)
    sam = program_of(cast.sam)
    path = f"/tickets/{ticket.id}"
    past = (now() - dt.timedelta(minutes=1)).isoformat()
    problem(sam.post(f"{path}/promise", {"due_at": past}), 409, "refused")
    problem(sam.post(f"{path}/promise", {"due_at": "2026-11-26T10:00:00"}), 422, "invalid")  # which zone?
    problem(sam.post(f"{path}/resolution", {"kind": "workaround"}), 409, "refused")
    problem(sam.post(f"{path}/reopening", {}), 409, "refused")
    problem(sam.post(f"{path}/permanent-fix"), 409, "refused")
    problem(sam.post(f"{path}/assignment", {"person": str(cast.ines.person.id)}), 404, "not_found")
    assert sam.post(f"{path}/aside", {"state": "duplicate"}).json()["state"] == "duplicate"
    problem(sam.post(f"{path}/messages", {"text": "x", "waits_for": "customer"}), 409, "refused")
    assert Ticket.objects.get().state == "duplicate"


def test_queries_stay_the_same_however_long_the_list(cast: Cast, django_assert_num_queries: Any) -> None:
    sam = Program(token_of(cast.sam))
    sam.get("/me")  # the first use of a day is written down
    asked(cast)
    with django_assert_num_queries(5):
        assert len(sam.get("/tickets").json()["items"]) == 1
    asked(cast)
    asked(cast)
    with django_assert_num_queries(5):
        assert len(sam.get("/tickets").json()["items"]) == 3

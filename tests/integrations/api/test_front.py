"""The door of the API: who is let in, how often, and what every refusal looks like (attacks 3, 13, 15, 20)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from quietmonday.integrations.views.api import pacing
from quietmonday.kit.clock import now
from quietmonday.people.actions.memberships import end_membership
from quietmonday.people.actions.tokens import revoke_token
from quietmonday.people.models import Token
from quietmonday.support.models import Ticket
from tests.cast import Cast
from tests.integrations.api.calling import API, Program, program_of, token_of
from tests.integrations.api.test_tickets import problem
from tests.support.scene import actor, asked, client_of

pytestmark = pytest.mark.django_db


def test_without_a_token_that_works_nothing_is_there(cast: Cast) -> None:
    good = token_of(cast.ruth)
    for header in (
        "",
        "Bearer",
        "Bearer ",
        f"Basic {good}",
        f"Token {good}",
        f"Bearer {good}0",
        f"Bearer {good[:-1]}!",
    ):
        answer = Client(headers={"authorization": header}).get(f"{API}/me")
        problem(answer, 401, "no_token")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert Program(good).get("/me").json()["name"] == "Ruth Okafor"


def test_a_session_is_no_token_and_an_address_holds_none(cast: Cast) -> None:
    signed_in = client_of(cast.ruth)
    problem(signed_in.get(f"{API}/me"), 401, "no_token")
    problem(signed_in.post(f"{API}/tickets", {}, content_type="application/json"), 401, "no_token")
    for name in ("token", "access_token", "api_key"):
        problem(Client().get(f"{API}/me?{name}={token_of(cast.ruth)}"), 401, "no_token")


def test_it_is_over_at_once_when_the_role_or_the_token_is(cast: Cast) -> None:
    sam = program_of(cast.sam)
    assert sam.get("/tickets").status_code == 200
    revoke_token(token=Token.objects.get(), now=now())
    problem(sam.get("/tickets"), 401, "no_token")
    again = program_of(cast.sam)
    end_membership(membership=cast.sam.membership, actor=actor(cast.asha), now=now())
    problem(again.get("/tickets"), 401, "no_token")


def test_a_scope_that_is_missing_is_named(cast: Cast) -> None:
    ticket = asked(cast)
    reads = program_of(cast.sam, ["tickets:read"])
    assert reads.get(f"/tickets/{ticket.id}").status_code == 200
    body = problem(reads.post(f"/tickets/{ticket.id}/priority", {"priority": 1}), 403, "scope")
    assert "tickets:write" in str(body["detail"])
    for path in ("/persons", "/businesses", "/statements", "/inbox-items"):
        problem(reads.get(path), 403, "scope")
    assert Ticket.objects.get().priority == 3


def test_a_token_of_one_firm_knows_no_other(cast: Cast) -> None:
    cast.tilden_engagement.supplier = cast.fennimore
    cast.tilden_engagement.save()
    ours = asked(cast)
    theirs = asked(cast, by=cast.kim, engagements=[cast.tilden_engagement])
    both, one = program_of(cast.asha), program_of(cast.asha, firm=cast.oakhurst)
    assert len(both.get("/tickets").json()["items"]) == 2
    assert [each["id"] for each in one.get("/tickets").json()["items"]] == [str(ours.id)]
    problem(one.get(f"/tickets/{theirs.id}"), 404, "not_found")
    assert [each["id"] for each in one.get("/businesses").json()["items"]] == [str(cast.oakhurst.id)]
    assert str(cast.tilden.id) not in one.get("/engagements").content.decode()
    assert one.get("/inbox-items").json()["items"] == []


def test_who_asks_too_often_waits(cast: Cast, settings: Any) -> None:
    settings.API_REQUESTS_A_MINUTE = 20
    pacing.forget()
    ruth, maria = program_of(cast.ruth), program_of(cast.maria)
    answers = [ruth.get("/me") for _ in range(8)]
    assert [each.status_code for each in answers[:5]] == [200] * 5
    problem(answers[-1], 429, "too_many")
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 3
    assert maria.get("/me").status_code == 200
    pacing.forget()


def test_every_refusal_is_a_problem_with_our_headers(cast: Cast) -> None:
    ruth = program_of(cast.ruth)
    problem(ruth.get("/nothing"), 404, "not_found")
    problem(ruth.get("/tickets/not-an-id"), 404, "not_found")
    answer = ruth.delete("/tickets")
    problem(answer, 405, "method")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "POST"}
    send = ruth.client.post
    problem(send(f"{API}/tickets", "{", content_type="application/json"), 400, "malformed")
    problem(send(f"{API}/tickets", "[" * 100_000, content_type="application/json"), 400, "malformed")
    problem(send(f"{API}/tickets", "a=b", content_type="application/x-www-form-urlencoded"), 415, "media_type")
    problem(send(f"{API}/tickets", "{}", content_type="text/plain"), 415, "media_type")
    problem(send(f"{API}/tickets", " " * (6 * 1024 * 1024), content_type="application/json"), 413, "too_large")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_fault_of_ours_is_a_problem_too_and_says_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("secret words")

    monkeypatch.setattr("quietmonday.integrations.views.api.firms.businesses_seen_by", broken)
    answer = program_of(cast.ruth).get("/businesses")
    problem(answer, 500, "failed")
    assert b"secret" not in answer.content


BODY = {"text": "The till is down."}


def test_one_key_one_ticket(cast: Cast) -> None:
    dele = program_of(cast.dele)
    body = {"business": str(cast.oakhurst.id), **BODY}
    first = dele.post("/tickets", body, Idempotency_Key="a-1")
    again = dele.post("/tickets", body, Idempotency_Key="a-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert json.loads(first.content) == json.loads(again.content)
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert Ticket.objects.count() == 1
    problem(dele.post("/tickets", {**body, "text": "Another"}, Idempotency_Key="a-1"), 422, "key_reused")
    assert dele.post("/tickets", body, Idempotency_Key="a-2").status_code == 201
    assert program_of(cast.maria).post("/tickets", body, Idempotency_Key="a-1").status_code == 201
    assert Ticket.objects.count() == 3


def test_what_was_refused_may_be_sent_again_mended(cast: Cast) -> None:
    dele = program_of(cast.dele)
    problem(dele.post("/tickets", {"text": "x"}, Idempotency_Key="b"), 422, "invalid")
    body = {"business": str(cast.oakhurst.id), **BODY}
    assert dele.post("/tickets", body, Idempotency_Key="b").status_code == 201


def test_a_key_is_what_the_header_may_hold(cast: Cast) -> None:
    dele = program_of(cast.dele)
    for key in ("", " ", "a b", "x" * 256, "ä"):
        problem(dele.post("/tickets", BODY, Idempotency_Key=key), 422, "invalid")


def test_a_change_made_meanwhile_is_not_written_over(cast: Cast) -> None:
    ruth = program_of(cast.ruth)
    path = f"/persons/{cast.dele.person.id}"
    seen = ruth.get(path)
    etag = seen.headers["ETag"]
    assert ruth.client.get(API + path, headers={"if-none-match": etag}).status_code == 304
    changed = ruth.patch(path, {"job": "Foreman"}, If_Match=etag)
    assert (changed.status_code, changed.json()["job"]) == (200, "Foreman")
    problem(ruth.patch(path, {"job": "Boss"}, If_Match=etag), 412, "changed")
    assert ruth.patch(path, {"phone": "123"}, If_Match=changed.headers["ETag"]).json()["job"] == "Foreman"
    problem(program_of(cast.dele).patch(path, {"job": "Boss"}), 404, "not_found")
    problem(ruth.patch(path, {"role": "owner"}), 422, "invalid")


def test_the_description_needs_no_token(cast: Cast) -> None:
    told = Client().get(f"{API}/openapi.json").json()
    assert told["openapi"] == "3.1.0"
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            codes = set(operation["responses"])
            assert {"401", "422", "429"} <= codes, (method, path)
            assert operation["summary"] and operation["x-scope"] is not None
    page = Client().get(f"{API}/")
    assert page.status_code == 200 and b"style=" not in page.content and b"<script>" not in page.content

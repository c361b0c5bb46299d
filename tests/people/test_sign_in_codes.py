"""Codes by mail: once, soon, in the browser that asked."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from quietmonday.kit.clock import now
from quietmonday.outbox.models import OutgoingMessage
from tests.cast import Cast
from tests.people.signing_in import ask, is_in, last_code, words_of

pytestmark = pytest.mark.usefixtures("fresh_counts")


def test_a_mailed_code_signs_in_once(cast: Cast) -> None:
    client = Client()
    assert ask(client, cast.dele.email).headers["Location"] == "/sign-in/code/confirm/"
    mail = OutgoingMessage.objects.get()
    assert mail.recipient == cast.dele.email
    code = last_code()
    response = client.post("/sign-in/code/confirm/", {"code": code.lower().replace("-", " ")})
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert is_in(client)
    again = Client()
    again.cookies = client.cookies.copy()
    client.post("/sign-out/")
    assert client.post("/sign-in/code/confirm/", {"code": code}).headers["Location"] == "/sign-in/code/"
    assert not is_in(client)


def test_a_code_serves_only_the_browser_that_asked_for_it(cast: Cast) -> None:
    ask(Client(), cast.dele.email)
    code = last_code()
    thief = Client()
    ask(thief, "nobody@nowhere.example")
    assert thief.post("/sign-in/code/confirm/", {"code": code}).status_code == 200
    other = Client()
    ask(other, cast.bill.email)
    other.post("/sign-in/code/confirm/", {"code": code})
    assert not is_in(thief)
    assert not is_in(other)


def test_a_code_is_void_after_ten_minutes(cast: Cast) -> None:
    client = Client()
    ask(client, cast.dele.email)
    code = last_code()
    with time_machine.travel(now() + dt.timedelta(minutes=10, seconds=5), tick=False):
        response = client.post("/sign-in/code/confirm/", {"code": code})
    assert (response.status_code, is_in(client)) == (302, False)


def test_a_code_is_void_after_three_wrong_tries(cast: Cast) -> None:
    client = Client()
    ask(client, cast.dele.email)
    code = last_code()
    statuses = [client.post("/sign-in/code/confirm/", {"code": "WRONG-CODE"}).status_code for _ in range(3)]
    assert statuses == [200, 200, 302]
    assert client.post("/sign-in/code/confirm/", {"code": code}).status_code == 302
    assert not is_in(client)


def test_tries_in_the_same_moment_do_not_start_the_count_again(cast: Cast) -> None:
    """What a race does: every request reads the session as it was before the others wrote theirs."""
    client = Client()
    ask(client, cast.dele.email)
    code = last_code()
    before = dict(client.session.items())
    statuses = []
    for _ in range(4):
        session = client.session
        session.update(before)
        session.save()
        statuses.append(client.post("/sign-in/code/confirm/", {"code": "WRONG-CODE"}).status_code)
    session = client.session
    session.update(before)
    session.save()
    statuses.append(client.post("/sign-in/code/confirm/", {"code": code}).status_code)
    assert statuses == [200, 200, 200, 429, 429]
    assert not is_in(client)


def test_an_unknown_address_gets_the_same_pages_the_same_work_and_no_mail(cast: Cast) -> None:
    known, unknown = Client(), Client()
    ask(Client(), "warm@oakhurst.example")  # the count of this network exists from here on
    with CaptureQueriesContext(connection) as for_known:
        first = ask(known, cast.dele.email)
    with CaptureQueriesContext(connection) as for_unknown:
        second = ask(unknown, "dele@oakhorst.example")
    assert (first.status_code, first.headers["Location"]) == (second.status_code, second.headers["Location"])
    assert _kinds(for_known) == _kinds(for_unknown)
    pages = [
        words_of(client.get("/sign-in/code/confirm/")).replace(email, "ADDRESS")
        for client, email in ((known, cast.dele.email), (unknown, "dele@oakhorst.example"))
    ]
    assert pages[0] == pages[1]
    assert [mail.recipient for mail in OutgoingMessage.objects.all()] == [cast.dele.email]


def _kinds(queries: CaptureQueriesContext) -> list[str]:
    """First words of the statements, without the savepoint that a rollback ends differently."""
    kinds = [query["sql"].split()[0] for query in queries.captured_queries]
    return [kind for kind in kinds if kind in {"SELECT", "INSERT", "UPDATE"}]


def test_codes_for_one_address_are_few_so_that_nobody_is_bombed(cast: Cast) -> None:
    statuses = [ask(Client(REMOTE_ADDR=f"203.0.113.{n}"), cast.dele.email).status_code for n in range(4)]
    assert statuses == [302, 302, 302, 429]
    assert OutgoingMessage.objects.count() == 3
    unknown = [ask(Client(REMOTE_ADDR=f"203.0.113.{n}"), "no@body.example").status_code for n in range(4)]
    assert unknown == statuses


def test_somebody_who_mistyped_the_address_of_a_code_can_start_again(cast: Cast) -> None:
    client = Client()
    ask(client, "dele@oakhorst.example")
    assert client.get("/sign-in/code/").status_code == 200
    assert client.get("/sign-in/").status_code == 200

"""Passwords: new ones, weak ones, forgotten ones."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from quietmonday.journal.models import Entry
from quietmonday.kit.clock import now
from quietmonday.people.actions.passwords import set_password
from quietmonday.people.models import Account
from tests.cast import Cast, sign_in
from tests.people.acting import RUTH
from tests.people.signing_in import PASSWORD, ask, by_password, last_code, with_password

pytestmark = pytest.mark.usefixtures("fresh_counts")


def test_a_new_password_ends_all_other_sessions(cast: Cast) -> None:
    with_password(cast.ruth)
    here, there, page = Client(), Client(), reverse("people:password")
    by_password(here, cast.ruth.email)
    by_password(there, cast.ruth.email)
    assert there.get(page).status_code == 200
    new = "another four words now"
    wrong = here.post(page, {"old": "not it", "new": new, "again": new})
    assert wrong.status_code == 422
    assert here.post(page, {"old": PASSWORD, "new": new, "again": new}).status_code == 302
    assert here.get(page).status_code == 200
    assert there.get(page).status_code == 302
    assert by_password(Client(), cast.ruth.email).status_code == 200
    assert by_password(Client(), cast.ruth.email, new).status_code == 302


def test_after_a_mailed_code_a_forgotten_password_is_replaced_for_ten_minutes(cast: Cast) -> None:
    with_password(cast.ruth)
    client, page, new = Client(), reverse("people:password"), "another four words now"
    ask(client, cast.ruth.email)
    client.post("/sign-in/code/confirm/", {"code": last_code()})
    with time_machine.travel(now() + dt.timedelta(minutes=11), tick=False):
        assert client.post(page, {"new": new, "again": new}).status_code == 422
    assert client.post(page, {"new": new, "again": new}).status_code == 302
    assert Account.objects.get(pk=cast.ruth.account.pk).check_password(new)


@pytest.mark.parametrize(
    ("new", "again"),
    [
        ("short", "short"),
        ("password12345", "password12345"),
        ("ruth@oakhurst.example",) * 2,
        ("a" * 12, "b" * 12),
    ],
)
def test_weak_and_mistyped_passwords_are_refused(cast: Cast, new: str, again: str) -> None:
    response = sign_in(Client(), cast.ruth).post(reverse("people:password"), {"new": new, "again": again})
    assert response.status_code == 422
    assert not Account.objects.get(pk=cast.ruth.account.pk).has_usable_password()


def test_guessing_the_old_password_in_a_stolen_session_is_limited(cast: Cast) -> None:
    with_password(cast.ruth)
    client, page = Client(), reverse("people:password")
    by_password(client, cast.ruth.email)
    statuses = [client.post(page, {"old": f"guess {n}", "new": "x", "again": "x"}).status_code for n in range(6)]
    assert statuses == [422] * 5 + [429]


def test_a_password_is_journalled_without_itself(cast: Cast) -> None:
    set_password(account=cast.ruth.account, password=PASSWORD, actor=RUTH, now=now())
    entry = Entry.objects.select_related("payload").get(verb="account.password_set")
    assert entry.payload.body == {"account": cast.ruth.email}

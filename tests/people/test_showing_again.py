"""Grave acts ask anew who is there; sign-ins are told of, listed and ended."""

import datetime as dt
from typing import Any

import pyotp
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from quietmonday.outbox.actions.mails import content_of
from quietmonday.outbox.models import OutgoingMessage
from quietmonday.people.actions.codes import set_code_app
from quietmonday.people.actions.erasing import erase_person
from quietmonday.people.actions.memberships import end_membership
from quietmonday.people.models import CodeApp, Passkey, SignIn
from tests.cast import Cast, sign_in
from tests.people.device import SEED, Device
from tests.people.signing_in import PASSWORD, by_password, is_in, last_code, with_password
from tests.people.test_second_factors import NOW, STEP, passkey_of
from tests.support.scene import actor

pytestmark = pytest.mark.usefixtures("fresh_counts")

LATER = dt.timedelta(minutes=11)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1"


@pytest.fixture
def stale(cast: Cast) -> Any:
    """Ruth, eleven minutes after she signed in by password."""
    with_password(cast.ruth)
    with time_machine.travel(NOW, tick=False) as clock:
        client = sign_in(Client(), cast.ruth)
        clock.shift(LATER)
        yield client


def grave_pages(cast: Cast) -> list[str]:
    return [
        reverse("people:erase_person", args=[cast.dele.person.pk]),
        reverse("people:add_person"),
        reverse("people:code_app"),
        reverse("people:relationship", args=[cast.engagement.pk]),
    ]


def test_a_screen_left_open_opens_no_grave_page(cast: Cast, stale: Client) -> None:
    for url in grave_pages(cast):
        answer = stale.get(url)
        assert answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in/again/?next="), url
    assert stale.get(reverse("people:people")).status_code == 200
    assert stale.get(reverse("people:keeping", args=[cast.oakhurst.pk])).status_code == 200


def test_what_was_pressed_too_late_is_not_done_and_leads_back_to_its_page(cast: Cast, stale: Client) -> None:
    page = reverse("people:person", args=[cast.dele.person.pk])
    url = reverse("people:grant_role", args=[cast.dele.person.pk])
    answer = stale.post(url, {"role": "owner"}, headers={"referer": f"http://testserver{page}"})
    assert answer.headers["Location"] == f"/sign-in/again/?next={page.replace('/', '%2F')}"
    assert not cast.dele.account.memberships.filter(role="owner").exists()
    assert "Nothing was done yet" in stale.get(answer.headers["Location"]).content.decode()
    away = stale.post(url, {"role": "owner"}, headers={"referer": "http://evil.example/x"})
    assert away.headers["Location"] == "/sign-in/again/?next=%2F"


def test_the_password_shows_it_for_ten_minutes(cast: Cast, stale: Client) -> None:
    url = reverse("people:add_person")
    again = stale.get(url).headers["Location"]
    assert stale.post(again, {"way": "password", "password": "wrong", "next": url}).status_code == 422
    assert stale.get(url).status_code == 302
    answer = stale.post(again, {"way": "password", "password": PASSWORD, "next": url})
    assert answer.headers["Location"] == url and stale.get(url).status_code == 200


def test_a_mailed_code_shows_it_once_and_three_wrong_ones_end_it(cast: Cast, stale: Client) -> None:
    again, url = reverse("people:again"), reverse("people:add_person")
    stale.post(again, {"way": "mail"})
    first = last_code()
    for _ in range(3):
        assert stale.post(again, {"way": "mailed", "code": "AAAA-AAAA"}).status_code == 422
    assert stale.post(again, {"way": "mailed", "code": first}).status_code == 422
    stale.post(again, {"way": "mail"})
    assert stale.post(again, {"way": "mailed", "code": last_code().lower(), "next": url}).headers["Location"] == url
    assert stale.get(url).status_code == 200
    assert stale.post(again, {"way": "mailed", "code": last_code()}).status_code == 422


def test_with_a_second_factor_a_mailed_code_shows_nothing(cast: Cast, stale: Client) -> None:
    again, url = reverse("people:again"), reverse("people:add_person")
    stale.post(again, {"way": "mail"})
    code = last_code()
    app = pyotp.TOTP(SEED)
    now = NOW + LATER
    set_code_app(account=cast.ruth.account, seed=SEED, typed=app.at(now - STEP), now=now)
    assert stale.post(again, {"way": "mailed", "code": code}).status_code == 422
    before = OutgoingMessage.objects.count()
    stale.post(again, {"way": "mail"})
    assert OutgoingMessage.objects.count() == before
    answer = stale.post(again, {"way": "code", "code": app.at(now), "next": "//evil.example"})
    assert answer.headers["Location"] == "/" and stale.get(url).status_code == 200


def test_tries_to_show_it_are_few(cast: Cast, stale: Client) -> None:
    got = [stale.post(reverse("people:again"), {"way": "password", "password": "x"}).status_code for _ in range(11)]
    assert got == [422] * 10 + [429]


def test_a_new_browser_is_told_of_and_a_known_one_is_not(cast: Cast) -> None:
    with_password(cast.ruth)
    client = Client(headers={"user-agent": FIREFOX})

    def mails() -> list[str]:
        return [content_of(row).text for row in OutgoingMessage.objects.filter(recipient=cast.ruth.email)]

    by_password(client, cast.ruth.email)
    assert mails() == []  # the first of an account is news to nobody
    client.post("/sign-out/")
    by_password(client, cast.ruth.email)
    assert mails() == []
    by_password(Client(headers={"user-agent": PHONE}), cast.ruth.email)
    (told,) = mails()
    assert "new browser: Safari, iPhone, address 127.0.0.1" in told
    forged = Client()
    forged.cookies["known_browser"] = "ff.ff"
    by_password(forged, cast.ruth.email)
    assert len(mails()) == 2


def test_sign_ins_are_listed_and_ended_one_or_all(cast: Cast) -> None:
    with_password(cast.ruth)
    here, phone, old = (Client(headers={"user-agent": agent}) for agent in (FIREFOX, PHONE, ""))
    for client in (here, phone, old):
        by_password(client, cast.ruth.email)
    page = here.get(reverse("people:ways")).content.decode()
    assert "Firefox, Linux" in page and "Safari, iPhone" in page and "A browser we do not know" in page
    row = SignIn.objects.get(browser="Safari, iPhone")
    assert sign_in(Client(), cast.maria).post(reverse("people:end_sign_in", args=[row.pk])).status_code == 404
    assert here.post(reverse("people:end_sign_in", args=[row.pk])).status_code == 302
    assert (is_in(here), is_in(phone), is_in(old)) == (True, False, True)
    here.post(reverse("people:end_other_sign_ins"))
    assert (is_in(here), is_in(old)) == (True, False)
    assert SignIn.objects.count() == 1
    here.post("/sign-out/")
    by_password(here, cast.ruth.email)
    assert here.get(reverse("people:ways")).content.decode().count("Since") == 1


def test_somebody_erased_leaves_nothing_to_sign_in_with(cast: Cast) -> None:
    passkey_of(cast.bill.account, Device())
    set_code_app(account=cast.bill.account, seed=SEED, typed=pyotp.TOTP(SEED).at(NOW), now=NOW)
    with_password(cast.bill)
    client = Client()
    by_password(client, cast.bill.email)
    end_membership(membership=cast.bill.membership, actor=actor(cast.ruth), now=dt.datetime.now(dt.UTC))
    erase_person(
        person=cast.bill.person, words=False, actor=actor(cast.ruth), reason="wish", now=dt.datetime.now(dt.UTC)
    )
    assert not (Passkey.objects.exists() or CodeApp.objects.exists() or SignIn.objects.exists())

"""The language of a page is what the reader chose, else what the browser asks; that of mails is the business's."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from quietmonday.kit.clock import now
from quietmonday.outbox.actions.mails import as_email
from quietmonday.outbox.models import OutgoingMessage
from quietmonday.people.actions.businesses import add_business
from quietmonday.people.actions.languages import choose_language, choose_language_of_mails
from quietmonday.people.models import Account, Business
from quietmonday.support.actions.telling import tell_opened
from tests.cast import Cast, sign_in
from tests.people.acting import RUTH, entries, refusal
from tests.support.scene import asked

pytestmark = pytest.mark.django_db

GERMAN = {"HTTP_ACCEPT_LANGUAGE": "de-AT,de;q=0.9,en;q=0.5"}


def spoken(client: Client, path: str, **headers: str) -> tuple[str, str]:
    """Return what the page and its header say the language is."""
    response = client.get(path, **headers)
    lang = re.search(r'<html lang="([^"]*)"', response.content.decode())
    assert lang is not None
    return lang[1], response.headers["Content-Language"]


def test_signed_out_the_browser_decides(client: Client) -> None:
    assert spoken(client, reverse("account_login"), **GERMAN) == ("de", "de")
    assert spoken(client, reverse("account_login"), HTTP_ACCEPT_LANGUAGE="en-US,en;q=0.9,de;q=0.8") == ("en-gb",) * 2
    assert spoken(client, reverse("account_login"), HTTP_ACCEPT_LANGUAGE="fr") == ("en-gb", "en-gb")
    vary = client.get(reverse("account_login")).headers["Vary"]
    assert {"Accept-Language", "Cookie"} <= set(vary.split(", "))


def test_signed_in_the_choice_counts_and_without_one_the_browser(cast: Cast) -> None:
    client = sign_in(Client(), cast.ruth)
    assert spoken(client, "/people/", **GERMAN) == ("de", "de")
    page = reverse("people:language")
    assert client.post(page, {"language": "de"}).headers["Location"] == reverse(
        "people:person", args=[cast.ruth.person.pk]
    )
    assert "Gespeichert." in client.get("/people/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert spoken(client, "/people/", HTTP_ACCEPT_LANGUAGE="en") == ("de", "de")
    assert spoken(client, "/not/here/", HTTP_ACCEPT_LANGUAGE="en") == ("de", "de")
    client.post(page, {"language": ""})
    assert spoken(client, "/people/", HTTP_ACCEPT_LANGUAGE="en") == ("en-gb", "en-gb")


def test_one_readers_language_is_not_the_next_ones(cast: Cast) -> None:
    choose_language(account=cast.ruth.account, language="de", actor=RUTH, now=now())
    assert spoken(sign_in(Client(), cast.ruth), "/people/") == ("de", "de")
    assert spoken(sign_in(Client(), cast.maria), "/people/") == ("en-gb", "en-gb")


def test_a_choice_is_told_once_and_an_unknown_language_is_refused(cast: Cast) -> None:
    for _twice in range(2):
        choose_language(account=cast.ruth.account, language="de", actor=RUTH, now=now())
        choose_language_of_mails(business=cast.oakhurst, language="de", actor=RUTH, now=now())
    assert Account.objects.get(pk=cast.ruth.account.pk).language == "de"
    assert [entry.payload.body["language"] for entry in entries("account.language_chosen")] == ["de"]
    assert [entry.business_id for entry in entries("business.language_chosen")] == [cast.oakhurst.pk]
    for call in (
        lambda: choose_language(account=cast.ruth.account, language="tlh", actor=RUTH, now=now()),
        lambda: choose_language_of_mails(business=cast.oakhurst, language="", actor=RUTH, now=now()),
        lambda: add_business(name="X", zone="Europe/London", language="tlh", actor=RUTH, now=now()),
    ):
        assert refusal(call) == "language"


def test_mails_about_a_business_have_the_language_it_chose(cast: Cast) -> None:
    ruth = sign_in(Client(), cast.ruth)
    ruth.post(reverse("people:language_of_mails", args=[cast.oakhurst.pk]), {"language": "de"})
    ticket = asked(cast, "Labels print blank", at=now())
    OutgoingMessage.objects.all().delete()
    tell_opened(ticket_id=ticket.pk, now=now())
    assert {as_email(mail).subject.split(":")[0] for mail in OutgoingMessage.objects.all()} == {
        "Neue Anfrage",
        "Wir haben es",
    }


def test_a_new_business_gets_the_language_of_the_page_unless_another_is_chosen(cast: Cast) -> None:
    ada = sign_in(Client(), cast.ada)
    page = reverse("people:add_business")
    assert '<option value="de" selected>Deutsch' in ada.get(page, **GERMAN).content.decode()
    ada.post(page, {"name": "Werkstatt", "zone": "Europe/Berlin", "language": "de"})
    assert Business.objects.get(name="Werkstatt").language == "de"


def test_words_of_an_unknown_choice_do_not_break_a_page(cast: Cast) -> None:
    Account.objects.filter(pk=cast.ruth.account.pk).update(language="tlh")
    assert spoken(sign_in(Client(), cast.ruth), "/people/") == ("en-gb", "en-gb")

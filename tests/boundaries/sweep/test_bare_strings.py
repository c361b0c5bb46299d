"""Every word on a page or in a mail goes through gettext: under a pseudo-locale that wraps it, none stands bare."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import translation

from quietmonday.outbox.actions.mails import as_email
from quietmonday.outbox.models import OutgoingMessage
from quietmonday.people.logic.public_holidays import public_holidays
from quietmonday.people.models import Business
from quietmonday.post.actions.files import read_file
from quietmonday.post.models import RawBytes
from quietmonday.reports.actions.monday_mail import keep_monday
from quietmonday.support.actions.asking import tell_who_asks
from quietmonday.support.actions.telling import ask_whether_solved, tell_opened, tell_reopened, tell_said
from quietmonday.support.logic.week import week_from_key
from quietmonday.support.models import Message, SheetImport
from tests.boundaries.sweep.canaries import STRUCTURAL, text_fields
from tests.boundaries.sweep.core import Door, send, undone
from tests.boundaries.sweep.doors import DOORS
from tests.boundaries.sweep.world import NOW, World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

TOKEN = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>|<[^>]*>|[^<]+", re.DOTALL)
SPOKEN = re.compile(r'\b(?:alt|title|placeholder|aria-label|aria-description|content-label)="([^"]*)"')
DATA_LIST = re.compile(r'<select[^>]*name="(?:zone|country|which|serves|business|supplier)".*?</select>', re.DOTALL)
WORD = re.compile(r"[^\W\d_]{2,}")
# Names of keys, commands of the shell, and the line of a seal are the same in every language.
NO_WORDS = re.compile(r"<(code|kbd)\b.*?</\1>|qm-seal:[\w:./+-]+", re.DOTALL)

ADDRESSES = re.compile(r"https?://\S+|\S+@\S+")

NOT_LANGUAGE = {
    "CSV", "XLSX",  # kinds of files
    "Quiet", "Monday",  # our name
    "GMT", "UTC", "Europe", "London",  # zones
}  # fmt: skip


PSEUDO = "eo"


class Pseudo:
    """What stands in for gettext: ⟦…⟧ around whatever it would have translated, where the pseudo-locale is spoken."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧" if message and translation.get_language() == PSEUDO else message

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.gettext(one if number == 1 else many)

    def npgettext(self, context: str, one: str, many: str, number: int) -> str:
        return self.ngettext(one, many, number)


@pytest.fixture
def pseudo() -> Iterator[None]:
    """A language of its own, so that nothing wrapped is kept for another: some parts of pages are drawn once each."""
    stand_in = Pseudo()
    names = ("gettext", "pgettext", "ngettext", "npgettext")
    with override_settings(LANGUAGES=[("en-gb", "⟦English⟧"), (PSEUDO, "⟦Pseudo⟧")]), translation.override(PSEUDO):
        for name in names:
            getattr(translation._trans, name)  # filled in when first asked
        patches = [mock.patch.object(translation._trans, name, getattr(stand_in, name)) for name in names]
        for patch in patches:
            patch.start()
        yield
        for patch in patches:
            patch.stop()


def bare(text: str) -> str:
    """Return what of `text` stands outside the brackets of the pseudo-locale."""
    kept, depth = [], 0
    for character in text:
        depth += (character == "⟦") - (character == "⟧")
        if depth == 0 and character != "⟧":
            kept.append(character)
    return "".join(kept)


def bare_words(page: str, data: set[str]) -> set[str]:
    """Return the words of a page that nobody could translate and that are no data."""
    page = NO_WORDS.sub("", DATA_LIST.sub("", page))
    texts, spoken = [], []
    for token in TOKEN.finditer(page):
        if token.group().startswith("<"):
            spoken += [bare(each) for each in SPOKEN.findall(token.group())]
        else:
            texts.append(token.group())
    found = {word for text in (bare(" ".join(texts)), *spoken) for word in WORD.findall(text)}
    return {word for word in found if word not in data | NOT_LANGUAGE}


def data_of(world: World) -> set[str]:
    """Return every word that people wrote."""
    words: set[str] = set()
    for model, field, place in text_fields():
        if place not in STRUCTURAL:
            for value in model._base_manager.values_list(field.name, flat=True):
                words |= set(WORD.findall(str(value or "")))
    for raw in RawBytes.objects.all():  # a mail that came in is shown as it is
        words |= set(WORD.findall(bytes(raw.data).decode()))
    for log in SheetImport.objects.select_related("file__business"):
        words |= set(WORD.findall(read_file(log.file).decode()))
    for door in DOORS:  # what the sweep itself writes
        words |= set(WORD.findall(" ".join(str(value) for value in door.data(world).values())))
    words |= {word for each in settings.SIGN_IN_PROVIDERS.values() for word in WORD.findall(each.label)}
    return words | set(WORD.findall(" ".join(public_holidays("GB", "ENG", (2026, 2027, 2028)).values())))


CODES = re.compile(r'<(?:p class="seal"|code)(?=[ >])[^>]*>[^<]*</(?:p|code)>')
"""Tokens, secrets and their first characters: words of no language."""

# What is said to programs is said in English.
FOR_PROGRAMS = {"integrations:api", "integrations:openapi", "integrations:api_reference"}
NO_PAGES = FOR_PROGRAMS | {"kit:metrics", "kit:health", "support:attachment", "support:raw", "support:picture"}


def test_no_page_has_a_word_that_cannot_be_translated(world: World, pseudo: None) -> None:
    data = data_of(world)
    with undone():
        Business.objects.update(language=PSEUDO)  # some words are stored in it
        found = {
            f"{door} as {viewer}": sorted(words)
            for door in DOORS
            if door.name not in NO_PAGES
            for viewer in sorted(door.ok)[: 2 if door.method == "get" else 1] or ["nobody"]
            if (words := bare_words(_shown(world, door, viewer), data))
        }
    assert found == {}


def _shown(world: World, door: Door, viewer: str) -> str:
    """Return the page that comes of it, one behind a redirect too; nothing of a download, whose heads are the same in
    every language, so that our import knows them again."""
    with undone():
        response = send(world, door, viewer, HTTP_ACCEPT_LANGUAGE=PSEUDO)
        if response.status_code in (302, 303):
            response = world.client(viewer).get(response.headers["Location"], HTTP_ACCEPT_LANGUAGE=PSEUDO)
    for_a_script = response.headers["Content-Type"] == "application/json"
    return "" if response.streaming or for_a_script else CODES.sub("", response.content.decode())


def test_no_mail_has_a_word_that_cannot_be_translated(world: World, pseudo: None) -> None:
    """The worker speaks another language than the business: what it says outside the business's own stands bare."""
    data = data_of(world)
    with undone(), translation.override("en-gb"):
        Business.objects.update(language=PSEUDO)
        OutgoingMessage.objects.all().delete()
        ticket, question = world["ours"], world["ours_question"]
        tell_opened(ticket_id=ticket.pk, now=NOW)
        for message in Message.objects.filter(ticket=ticket):
            tell_said(message_id=message.pk, now=NOW)
        tell_reopened(ticket_id=world["ours_settled"].pk, now=NOW)
        ask_whether_solved(question_id=question.pk, now=NOW)
        kept = world["ours_kept"]
        tell_who_asks(supplier_id=kept.supplier_id, business_id=kept.business_id, now=NOW)
        ours = Business.objects.get(pk=world["ours_business"].pk)
        keep_monday(business=ours, week=week_from_key("2026-W47"), now=NOW)
        world.client("nobody").post("/sign-in/code/", {"email": "ruth@oakhurst.example"}, HTTP_ACCEPT_LANGUAGE=PSEUDO)
        mails = [as_email(each) for each in OutgoingMessage.objects.all()]
    kinds = {each.subject.split()[0] for each in mails}
    assert len(kinds) >= 5, kinds
    found = {each.subject: words for each in mails if (words := _bare_of_mail(each, data))}
    assert found == {}


def _bare_of_mail(mail: Any, data: set[str]) -> list[str]:
    text = ADDRESSES.sub("", NO_WORDS.sub("", f"{mail.subject}\n{mail.body}"))
    return sorted({word for word in WORD.findall(bare(text)) if word not in data | NOT_LANGUAGE})


def test_a_bare_word_is_found_and_a_wrapped_one_is_not() -> None:
    page = '<p title="Bare">⟦Wrapped <b>and bold⟧</b> Ruth</p><img alt="⟦fine⟧"><script>no words</script>'
    assert bare_words(page, {"Ruth"}) == {"Bare"}
    assert bare_words("<p>⟦one⟧ forgotten ⟦two⟧</p>", set()) == {"forgotten"}

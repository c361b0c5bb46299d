"""Erasing many entries at once, and what may stay of them, sealed anew."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import pytest

from quietmonday.journal.actions import UNTOUCHED, append, erase_payloads
from quietmonday.journal.logic.verification import NOTES
from quietmonday.journal.models import Chain, Entry
from quietmonday.journal.queries import check_chain, entries_naming
from quietmonday.kit.actors import Actor
from quietmonday.people.models import Business

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 17, 9, tzinfo=dt.UTC)
OMAR = Actor(id=uuid.uuid4(), name="Omar Haddad")


@pytest.fixture
def business() -> Business:
    return Business.objects.create(name="Oakhurst", began_at=NOW)


def told(business: Business, **payload: Any) -> Entry:
    (entry,) = append(
        verb="ticket.opened",
        actor=OMAR,
        business_id=business.pk,
        engagement_ids=[],
        subject=("ticket", uuid.uuid4()),
        payload=payload,
        occurred_at=NOW,
        recorded_at=NOW,
    )
    return entry


def without_text(entry: Entry, body: Mapping[str, Any]) -> Mapping[str, Any]:
    stays = {key: value for key, value in body.items() if key != "text"}
    return UNTOUCHED if stays == body else stays


def damage(business: Business) -> list[str]:
    return [
        finding.rule
        for chain in Chain.objects.filter(business_id=business.pk)
        for finding in check_chain(chain)
        if finding.rule not in NOTES
    ]


def test_what_stays_of_an_entry_is_sealed_with_its_erasure(business: Business) -> None:
    entry = told(business, text="the password is swordfish", number=7)
    (said,) = erase_payloads(entries=[entry], actor=OMAR, reason="wish", now=NOW, rest=without_text)
    said.refresh_from_db()
    assert said.payload.body == {"reason": "wish", "seq": 1, "stays": {"number": 7}}
    entry = Entry.objects.select_related("payload").get(pk=entry.pk)
    assert (entry.payload.body, entry.payload.actor_name, entry.payload.salt) == (None, "", "")
    assert damage(business) == []


def test_an_entry_of_which_nothing_goes_is_left_alone(business: Business) -> None:
    entry = told(business, number=7)
    assert erase_payloads(entries=[entry], actor=OMAR, reason="wish", now=NOW, rest=without_text) == []
    assert Entry.objects.count() == 1


def test_what_an_erasure_left_can_be_erased_later(business: Business) -> None:
    entry = told(business, text="swordfish", number=7)
    erase_payloads(entries=[entry], actor=OMAR, reason="name", now=NOW, rest=lambda _entry, body: dict(body))
    erase_payloads(entries=[entry], actor=OMAR, reason="words", now=NOW, rest=without_text)
    erase_payloads(entries=[entry], actor=OMAR, reason="words again", now=NOW, rest=without_text)
    bodies = [each.payload.body for each in Entry.objects.select_related("payload").order_by("seq")]
    assert bodies == [None, None, {"reason": "words", "seq": 2, "stays": {"number": 7}}]
    assert damage(business) == []


def test_more_entries_than_one_query_takes(business: Business) -> None:
    entries = [told(business, text=f"word {number}") for number in range(205)]
    assert len(erase_payloads(entries=entries, actor=OMAR, reason="wish", now=NOW)) == 205
    assert damage(business) == []


@pytest.mark.parametrize("name", ["Zoë O’Neil", 'Quote "Q" Quine', "back\\slash", "日本 太郎"])
def test_entries_that_name_somebody_are_found_on_both_engines(business: Business, name: str) -> None:
    named, other = told(business, deep=[{"who": name}]), told(business, who="Somebody else")
    found = entries_naming(business_id=business.pk, person_ids=[uuid.uuid4()], texts={name})
    assert [each.pk for each in found] == [named.pk]
    assert other.pk in {
        each.pk for each in entries_naming(business_id=business.pk, person_ids=[OMAR.id or named.pk], texts=())
    }

"""Appending: which chains, in which transaction, and what the ORM refuses afterwards."""

import dataclasses
import datetime as dt
import sys
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from quietmonday.journal.actions import Event, NotInTransaction, append, append_many, append_told, register_listener
from quietmonday.journal.logic.canonical import NotCanonical
from quietmonday.journal.models import AppendOnly, Chain, Entry, Payload, Seal
from quietmonday.journal.queries import check_chain, entries_of
from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.clock import ClockQuality
from quietmonday.kit.records import CrossBusinessReference
from tests.journal.chains import BUSINESS, DANA, IT_SUPPLIER, LINE_SUPPLIER, START, TICKET, chain_of, happens

pytestmark = pytest.mark.django_db


def test_an_event_of_two_engagements_has_one_entry_in_each_chain() -> None:
    entries = happens(engagement_ids=[IT_SUPPLIER, LINE_SUPPLIER])
    assert [(e.chain.kind, e.chain.engagement_id, e.seq) for e in entries] == [
        ("engagement", IT_SUPPLIER, 1),
        ("engagement", LINE_SUPPLIER, 1),
    ]
    one, other = entries
    assert one.event_id == other.event_id
    assert one.payload.body == other.payload.body
    assert one.payload.salt != other.payload.salt
    assert one.commitment != other.commitment
    assert Chain.objects.count() == 2


def test_an_engagement_named_twice_gets_one_entry() -> None:
    assert len(happens(engagement_ids=[IT_SUPPLIER, IT_SUPPLIER])) == 1


def test_an_event_of_no_engagement_is_in_the_private_chain_and_one_of_no_business_in_the_installations() -> None:
    (private,) = happens(engagement_ids=[])
    (ours,) = happens(engagement_ids=[], business_id=None, actor=SYSTEM)
    assert (private.chain.kind, private.chain.business_id, private.chain.engagement_id) == ("business", BUSINESS, None)
    assert (ours.chain.kind, ours.chain.business_id, ours.business_id) == ("installation", None, None)
    assert happens(1, engagement_ids=[])[0].seq == 2
    assert happens(1, engagement_ids=[], business_id=None)[0].seq == 2


@pytest.mark.django_db(transaction=True)
def test_append_outside_a_transaction_is_refused() -> None:
    with pytest.raises(NotInTransaction):
        append(
            verb="support.reply_sent",
            actor=DANA,
            business_id=BUSINESS,
            engagement_ids=[],
            subject=("ticket", TICKET),
            payload={},
            occurred_at=START,
            recorded_at=START,
        )
    assert Chain.objects.count() == 0


def test_an_entry_vanishes_with_the_transaction_of_its_change() -> None:
    happens(0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        happens(1)
        _ = 1 / 0
    assert Entry.objects.count() == Chain.objects.get().count == 1


def test_an_engagement_known_for_one_business_is_refused_for_another() -> None:
    happens(0)
    with pytest.raises(CrossBusinessReference):
        happens(1, business_id=uuid.UUID(int=99))
    assert Entry.objects.count() == 1
    assert Chain.objects.count() == 1


def test_an_engagement_without_its_business_is_refused() -> None:
    with pytest.raises(ValueError, match="an engagement is of a business"):
        happens(business_id=None)


@pytest.mark.parametrize("name", ["Reply Sent", "reply\nsent", "", "support.", "\x1b[31mreply"])
def test_a_verb_that_is_no_permanent_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="permanent name"):
        happens(verb=name)


def test_text_that_a_database_or_a_terminal_obeys_is_cleaned_before_it_is_hashed() -> None:
    (entry,) = happens(
        payload={"text": "a\x00b\x1b[31m\r\nc\ud800", "n": 2**63 - 1, "none": None},
        actor=dataclasses.replace(DANA, name="Dana\r\n\x1b[2JRoberts"),
    )
    stored = Payload.objects.get(entry=entry)
    assert stored.body == {"text": "a\ufffdb\ufffd[31m\nc\ufffd", "n": 2**63 - 1, "none": None}
    assert stored.actor_name == "Dana \ufffd[2JRoberts"
    assert list(check_chain(entry.chain)) == []


def test_a_payload_with_a_float_is_refused_before_anything_is_written() -> None:
    with pytest.raises(NotCanonical):
        happens(payload={"hours": 1.5})
    assert Entry.objects.count() == 0


def test_ids_and_moments_in_a_payload_become_text() -> None:
    (entry,) = happens(payload={"id": TICKET, "at": START, "day": START.date(), "how": ClockQuality.STATED})
    assert entry.payload.body == {
        "id": str(TICKET),
        "at": "2026-11-16T09:00:00.000000Z",
        "day": "2026-11-16",
        "how": "stated",
    }


def test_appending_costs_four_queries_on_a_chain_that_exists() -> None:
    happens(0)
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        append(
            verb="support.reply_sent",
            actor=DANA,
            business_id=BUSINESS,
            engagement_ids=[IT_SUPPLIER],
            subject=("ticket", TICKET),
            payload={},
            occurred_at=START,
            recorded_at=START,
        )
    assert len([q for q in queries if "SAVEPOINT" not in q["sql"]]) == 4


def test_an_import_of_1200_rows_in_three_chains_is_a_few_queries_and_three_whole_chains() -> None:
    at = START
    events = [
        Event(
            verb="support.ticket_imported",
            actor=SYSTEM,
            business_id=BUSINESS,
            engagement_ids=[[IT_SUPPLIER], [LINE_SUPPLIER], []][row % 3],
            subject=("ticket", uuid.UUID(int=row)),
            payload={"row": row},
            occurred_at=at + dt.timedelta(seconds=row),
            recorded_at=at,
            clock_quality=ClockQuality.STATED,
        )
        for row in range(1200)
    ]
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        entries = append_many(events)
    assert len(queries) <= 40  # SQLite takes 999 parameters a statement
    assert [e.subject_id for e in entries] == [e.subject[1] for e in events]
    assert [chain.count for chain in Chain.objects.all()] == [400, 400, 400]
    assert [finding for chain in Chain.objects.all() for finding in check_chain(chain)] == []


def test_listeners_hear_of_each_event_with_its_own_entries_unless_many_are_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(sys.modules[append.__module__], "_listeners", [])
    register_listener(
        lambda event, entries: heard.append((event.verb, [str(each.chain.engagement_id) for each in entries]))
    )

    def event(verb: str, engagements: list[uuid.UUID]) -> Event:
        return Event(
            verb=verb,
            actor=DANA,
            business_id=BUSINESS,
            engagement_ids=engagements,
            subject=("ticket", TICKET),
            payload={},
            occurred_at=START,
            recorded_at=START,
        )

    with transaction.atomic():
        append_told([event("ticket.noted", [IT_SUPPLIER, LINE_SUPPLIER]), event("ticket.assigned", [IT_SUPPLIER])])
        append_told([])
        append_many([event("ticket.resolved", [IT_SUPPLIER])])
    assert heard == [
        ("ticket.noted", [str(IT_SUPPLIER), str(LINE_SUPPLIER)]),
        ("ticket.assigned", [str(IT_SUPPLIER)]),
    ]


def test_the_orm_refuses_to_change_or_delete_what_is_written_once() -> None:
    chain = chain_of(2)
    entry = Entry.objects.first()
    assert entry
    for refused in (
        lambda: Entry.objects.update(verb="x"),
        lambda: Entry.objects.filter(pk=entry.pk).delete(),
        lambda: Entry.objects.bulk_update([entry], ["verb"]),
        lambda: Entry.objects.bulk_create([entry], update_conflicts=True, update_fields=["verb"], unique_fields=["id"]),
        lambda: Entry.objects.update_or_create(pk=entry.pk, defaults={"verb": "x"}),
        lambda: chain.entries.update(verb="x"),
        lambda: chain.entries.all().delete(),
        lambda: Seal.objects.update(count=1),
        lambda: Seal.objects.all().delete(),
        lambda: Payload.objects.update(body={}),
        lambda: Payload.objects.all().delete(),
        entry.save,
        entry.delete,
        entry.payload.save,
        entry.payload.delete,
        chain.delete,
    ):
        with pytest.raises(AppendOnly):
            refused()
    assert list(check_chain(chain)) == []


def test_an_entry_with_the_key_of_another_does_not_overwrite_it() -> None:
    (entry,) = happens()
    forged = Entry(**{f.attname: getattr(entry, f.attname) for f in Entry._meta.concrete_fields} | {"verb": "x.y"})
    with pytest.raises(IntegrityError), transaction.atomic():
        forged.save()
    assert Entry.objects.get().verb == entry.verb


def test_what_happened_to_a_subject_names_each_event_once_and_to_a_supplier_only_its_own() -> None:
    happens(0, engagement_ids=[IT_SUPPLIER, LINE_SUPPLIER])
    happens(1, engagement_ids=[LINE_SUPPLIER])
    happens(2, engagement_ids=[])
    happens(3, subject=("ticket", uuid.UUID(int=77)))

    def minutes(engagement_ids: list[uuid.UUID] | None) -> list[int]:
        found = entries_of(subject_id=TICKET, business_id=BUSINESS, engagement_ids=engagement_ids)
        return [entry.payload.body["minutes"] for entry in found]

    assert minutes(None) == [0, 1, 2]
    assert minutes([IT_SUPPLIER]) == [0]
    assert minutes([]) == []
    assert entries_of(subject_id=TICKET, business_id=uuid.UUID(int=99)) == []

"""Seals, mailed and stored, and erased texts beside them."""

import datetime as dt
import io
import json
import sys
from collections.abc import Callable

import pytest
from django.core.management import CommandError

from quietmonday.journal.actions import erase_payload, seal_week
from quietmonday.journal.logic.hashing import commitment, entry_hash
from quietmonday.journal.models import Chain, Entry, Payload, Seal
from tests.journal.chains import IT_SUPPLIER, LINE_SUPPLIER, OMAR, chain_of, change_a_verb, happens, remove, sql
from tests.journal.verifying import MONDAY_AFTER, Broken, mailed_seal, verify

pytestmark = pytest.mark.django_db


def test_a_seal_sums_the_chain_to_the_end_of_its_week_and_stays_as_it_was_made() -> None:
    chain = chain_of(3)
    happens(7 * 24 * 60)  # Monday after, 09:00
    seal = seal_week(chain=chain, week="2026-W47", zone="Europe/London", now=MONDAY_AFTER)
    assert (seal.count, seal.head_hash) == (3, Entry.objects.get(seq=3).hash)
    assert (seal.starts_at, seal.ends_at) == (
        dt.datetime(2026, 11, 16, tzinfo=dt.UTC),
        dt.datetime(2026, 11, 23, tzinfo=dt.UTC),
    )
    again = seal_week(chain=chain, week="2026-W47", zone="Europe/London", now=MONDAY_AFTER + dt.timedelta(days=1))
    assert (again.id, again.sealed_at) == (seal.id, MONDAY_AFTER)
    assert Seal.objects.count() == 1


def test_a_mailed_seal_fits_an_untouched_chain_even_quoted_wrapped_and_with_later_entries() -> None:
    mail = mailed_seal(chain_of(6))
    happens(8 * 24 * 60)
    quoted = "\n".join(f"> {mail[at : at + 60]}" for at in range(0, len(mail), 60))
    assert verify("--seal", f"Dear Omar,\n\n{quoted}\n\nbest\n")[-1] == "The record is whole."


def test_a_mailed_seal_is_read_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    mail = mailed_seal(chain_of(2))
    monkeypatch.setattr(sys, "stdin", io.StringIO(mail))
    assert verify("--seal", "-")[-1] == "The record is whole."


def test_after_recomputing_every_hash_head_and_seal_only_the_mailed_seal_finds_it() -> None:
    mail = mailed_seal(chain_of(12))
    rewrite_everything(lambda entry, body: body | {"text": "we answered at once"} if entry.seq == 5 else body)
    assert verify()[-1] == "The record is whole."
    with pytest.raises(Broken) as broken:
        verify("--seal", mail)
    assert broken.value.damage == [
        "the mailed seal of 2026-W47 does not fit the first 12 entries: they were rewritten",
        "the mailed seal of 2026-W47 is not among the stored seals",
    ]


def test_a_mailed_seal_fails_when_stored_hashes_are_left_alone() -> None:
    mail = mailed_seal(chain_of(12))
    change_a_verb()
    with pytest.raises(Broken) as broken:
        verify("--seal", mail)
    assert "the mailed seal of 2026-W47 does not fit the first 12 entries: they were rewritten" in broken.value.damage


def test_a_mailed_seal_fails_when_the_chain_was_cut_short_with_all_its_sums() -> None:
    mail = mailed_seal(chain_of(12))
    for seq in (10, 11, 12):
        remove(seq)
    last = Entry.objects.get(seq=9)
    sql("UPDATE journal_chain SET count = 9, head_hash = %s", last.hash)
    sql("UPDATE journal_seal SET count = 9, head_hash = %s", last.hash)
    assert verify()[-1] == "The record is whole."
    with pytest.raises(Broken) as broken:
        verify("--seal", mail)
    assert broken.value.damage[0] == "the seal of 2026-W47 counts 12 entries, 9 are here"


def test_a_mailed_seal_fails_when_the_whole_chain_is_gone() -> None:
    chain = chain_of(3)
    mail = mailed_seal(chain)
    for table in ("journal_seal", "journal_payload", "journal_entry", "journal_chain"):
        sql(f"DELETE FROM {table}")
    assert verify()[-1] == "The record is whole."
    with pytest.raises(Broken) as broken:
        verify("--seal", mail)
    assert broken.value.damage == [f"the seal of 2026-W47 is of chain {chain.id}, which is not here"]


def test_a_stored_seal_that_does_not_fit_is_found() -> None:
    mailed_seal(chain_of(3))
    sql("UPDATE journal_seal SET head_hash = %s", "0" * 64)
    with pytest.raises(Broken) as broken:
        verify()
    assert broken.value.damage == ["the seal of 2026-W47 in the database does not fit the entries"]


def test_a_seal_damaged_on_its_way_is_called_that_and_not_a_rewriting() -> None:
    mail = mailed_seal(chain_of(3))
    head = Entry.objects.get(seq=3).hash
    other = ("0" if head[0] != "0" else "1") + head[1:]
    with pytest.raises(CommandError, match="damaged on its way"):
        verify("--seal", mail.replace(head, other))
    with pytest.raises(CommandError, match="no whole seal"):
        verify("--seal", mail.replace(head, head[:60]))


def test_an_erased_text_is_named_by_whom_and_when_and_the_seals_go_on_fitting() -> None:
    first, _ = happens(0, engagement_ids=[IT_SUPPLIER, LINE_SUPPLIER], payload={"text": "my password is hunter2"})
    happens(1)
    mail = mailed_seal(first.chain)
    now = MONDAY_AFTER + dt.timedelta(hours=3)
    erasing = erase_payload(entry=first, actor=OMAR, reason="a password in a request", now=now)

    assert len(erasing) == 2  # in the other supplier's chain too
    for payload in Payload.objects.filter(entry__event_id=first.event_id):
        assert (payload.salt, payload.actor_name, payload.body) == ("", "", None)
    lines = verify("--seal", mail)
    said = "the text of entry 1 was erased by Omar Haddad at 2026-11-23T12:00:00+00:00: a password in a request"
    assert lines.count(f"  note: {said}") == 2
    assert lines[-1] == "The record is whole."
    assert erase_payload(entry=first, actor=OMAR, reason="again", now=now) == []


def test_an_erasure_whose_own_text_was_erased_still_names_the_id() -> None:
    (first,) = happens(0)
    (said,) = erase_payload(entry=first, actor=OMAR, reason="wish", now=MONDAY_AFTER)
    erase_payload(entry=said, actor=OMAR, reason="wish", now=MONDAY_AFTER)
    lines = verify()
    assert f"somebody whose name was erased too ({OMAR.id})" in lines[0]
    assert lines[-1] == "The record is whole."


def test_a_clock_that_went_back_is_a_note_and_the_order_stays() -> None:
    for minute in (0, 60, 30):
        happens(minute)
    lines = verify()
    assert lines[0] == "  note: the clock went back by 1800 seconds before entry 3"
    assert lines[-1] == "The record is whole."
    assert [e.payload.body["minutes"] for e in Entry.objects.order_by("seq")] == [0, 60, 30]


def test_a_seal_after_the_clock_went_back_covers_everything_up_to_the_last_one_in_time() -> None:
    for minute in (0, 8 * 24 * 60, 30):  # the second one was stamped in the week after
        happens(minute)
    seal = seal_week(chain=Chain.objects.get(), week="2026-W47", zone="Europe/London", now=MONDAY_AFTER)
    assert seal.count == 3


def rewrite_everything(rewritten: Callable[[Entry, dict[str, object]], dict[str, object]]) -> None:
    """Change texts, then recompute commitments, hashes, links, the head and the stored seals."""
    chain = Chain.objects.get()
    hashes = {0: chain.genesis_hash}
    for entry in Entry.objects.order_by("seq").select_related("payload"):
        body = rewritten(entry, entry.payload.body)
        entry.commitment = commitment(salt=entry.payload.salt, actor_name=entry.payload.actor_name, body=body)
        entry.previous_hash = hashes[entry.seq - 1]
        hashes[entry.seq] = entry_hash(entry.facts())
        sql("UPDATE journal_payload SET body = %s WHERE entry_id = %s", json.dumps(body), entry.id)
        sql(
            "UPDATE journal_entry SET commitment = %s, previous_hash = %s, hash = %s WHERE id = %s",
            entry.commitment,
            entry.previous_hash,
            hashes[entry.seq],
            entry.id,
        )
    sql("UPDATE journal_chain SET head_hash = %s", hashes[max(hashes)])
    for seal in Seal.objects.all():
        sql("UPDATE journal_seal SET head_hash = %s WHERE id = %s", hashes[seal.count], seal.id)

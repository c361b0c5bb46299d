"""`quietmonday verify`: what somebody with a database shell did is found and named."""

import datetime as dt
import io
import json
import sys
import uuid
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from quietmonday.journal.actions import erase_payload, seal_week
from quietmonday.journal.logic import checks
from quietmonday.journal.logic.hashing import commitment, entry_hash
from quietmonday.journal.models import Chain, Entry, Payload, Seal
from quietmonday.journal.queries import text_of
from quietmonday.kit.sentences import Finding
from quietmonday.people.models import Address, Business, Person
from tests.journal.chains import BUSINESS, IT_SUPPLIER, LINE_SUPPLIER, OMAR, START, chain_of, happens, sql

pytestmark = pytest.mark.django_db
MONDAY_AFTER = START + dt.timedelta(days=7)


def test_a_chain_as_written_is_whole_and_the_command_says_so() -> None:
    chain_of(12)
    assert verify() == [
        f"engagement {IT_SUPPLIER} (chain {Chain.objects.get().id}), entries: 12: OK",
        "entries without a chain: OK",
        "references across businesses: OK",
        "The record is whole.",
    ]


def change_a_verb() -> None:
    sql("UPDATE journal_entry SET verb = 'support.ticket_closed' WHERE seq = 5")


def change_and_hash_again() -> None:
    entry = Entry.objects.get(seq=5)
    entry.verb = "support.ticket_closed"
    sql("UPDATE journal_entry SET verb = %s, hash = %s WHERE seq = 5", entry.verb, entry_hash(entry.facts()))


def change_the_text() -> None:
    body = json.dumps({"text": "reply 4", "minutes": 5})
    sql("UPDATE journal_payload SET body = %s WHERE entry_id = %s", body, Entry.objects.get(seq=5).id)


def change_the_name() -> None:
    sql("UPDATE journal_payload SET actor_name = 'Dana R' WHERE entry_id = %s", Entry.objects.get(seq=5).id)


def remove(seq: int) -> None:
    entry_id = Entry.objects.get(seq=seq).id
    sql("DELETE FROM journal_payload WHERE entry_id = %s", entry_id)
    sql("DELETE FROM journal_entry WHERE id = %s", entry_id)


def remove_and_renumber() -> None:
    remove(5)
    for seq in range(6, 13):
        sql("UPDATE journal_entry SET seq = %s WHERE seq = %s", seq - 1, seq)
    sql("UPDATE journal_chain SET count = 11")


def remove_the_text() -> None:
    sql("DELETE FROM journal_payload WHERE entry_id = %s", Entry.objects.get(seq=5).id)


def reorder() -> None:
    sql("UPDATE journal_entry SET seq = 100 WHERE seq = 5")
    sql("UPDATE journal_entry SET seq = 5 WHERE seq = 6")
    sql("UPDATE journal_entry SET seq = 6 WHERE seq = 100")


def insert_in_the_middle() -> None:
    for seq in range(12, 4, -1):
        sql("UPDATE journal_entry SET seq = %s WHERE seq = %s", seq + 1, seq)
    forge(5, after=Entry.objects.get(seq=4))
    sql("UPDATE journal_chain SET count = 13")


def insert_at_the_end() -> None:
    forge(13, after=Entry.objects.get(seq=12))


def change_the_last_and_hash_again() -> None:
    entry = Entry.objects.get(seq=12)
    entry.verb = "support.ticket_closed"
    sql("UPDATE journal_entry SET verb = %s, hash = %s WHERE seq = 12", entry.verb, entry_hash(entry.facts()))


def relabel_the_chain() -> None:
    sql("UPDATE journal_chain SET engagement_id = %s", LINE_SUPPLIER)


def erase_and_say_nothing() -> None:
    said = Entry.objects.get(seq=9)
    sql(
        "UPDATE journal_payload SET salt = '', actor_name = '', body = NULL, erasure_id = %s WHERE entry_id = %s",
        said.id,
        Entry.objects.get(seq=5).id,
    )


def move_to_another_business() -> None:
    sql("UPDATE journal_entry SET business_id = %s WHERE seq = 5", uuid.UUID(int=99))


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (change_a_verb, ["changed: entry 5"]),
        (change_and_hash_again, ["changed: entry 5"]),
        (change_the_text, ["changed: the text of entry 5"]),
        (change_the_name, ["changed: the text of entry 5"]),
        (change_the_last_and_hash_again, ["the last entry (12) is not the one that the chain's head names"]),
        (lambda: remove(1), ["removed: entry 1"]),
        (lambda: remove(5), ["removed: entry 5"]),
        (lambda: [remove(5), remove(6), remove(7)], ["removed: entries 5 to 7"]),
        (lambda: remove(12), ["removed: entry 12"]),
        (remove_and_renumber, ["removed: entry 5"]),
        (remove_the_text, ["removed: the text of entry 5"]),
        (
            reorder,
            [
                "reordered: entry 5; the first of them was entry 6",
                "reordered: entry 6; the first of them was entry 5",
            ],
        ),
        (insert_in_the_middle, ["inserted: entry 5"]),
        (insert_at_the_end, ["inserted: entry 13"]),
        (relabel_the_chain, ["the first entry belongs to a chain of another name"]),
        (erase_and_say_nothing, ["the text of entry 5 is gone, and no entry says who erased it"]),
        (
            move_to_another_business,
            [f"entry 5 belongs to another business: {uuid.UUID(int=99)}", "changed: entry 5"],
        ),
    ],
)
def test_damage_is_found_and_named(damage: Callable[[], object], named: list[str]) -> None:
    chain_of(12)
    damage()
    with pytest.raises(Broken) as broken:
        verify()
    assert broken.value.damage == named


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        ("UPDATE journal_entry SET recorded_at = 'soon' WHERE seq = 2", "cannot be read"),
        ("UPDATE journal_entry SET actor_id = 'nobody' WHERE seq = 2", "cannot be read"),
        ("UPDATE journal_entry SET seq = 'second' WHERE seq = 2", "cannot be read"),
        ("UPDATE journal_payload SET body = '{not json'", "changed: the text of entry 1"),
        ("UPDATE journal_payload SET salt = 'no hex'", "changed: the text of entry 1"),
    ],
)
def test_a_row_that_cannot_even_be_read_is_damage_and_no_traceback(damage: str, named: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL refuses to store it")
    chain_of(3)
    sql("PRAGMA ignore_check_constraints = ON")
    sql(damage)
    sql("PRAGMA ignore_check_constraints = OFF")
    with pytest.raises(Broken) as broken:
        verify()
    assert named in broken.value.damage[0]


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


def test_verify_of_one_business_leaves_the_others_out() -> None:
    happens(0)
    happens(0, business_id=uuid.UUID(int=99), engagement_ids=[])
    change = "UPDATE journal_entry SET verb = 'x.y' WHERE business_id = %s"
    sql(change, uuid.UUID(int=99))
    assert verify("--business", str(BUSINESS))[-1] == "The record is whole."
    with pytest.raises(Broken):
        verify()


def test_a_reference_across_businesses_that_got_in_is_named() -> None:
    ours = Business.objects.create(name="Ashworth", began_at=START)
    theirs = Business.objects.create(name="Birch", began_at=START)
    person = Person.objects.create(business=ours, name="Ines", since=START)
    Address.objects.create(business=ours, person=person, email="ines@ashworth.example")
    assert verify()[-1] == "The record is whole."
    sql("UPDATE people_person SET business_id = %s WHERE id = %s", theirs.id, person.id)
    with pytest.raises(Broken) as broken:
        verify()
    assert len(broken.value.damage) == 1
    assert str(ours.id) in broken.value.damage[0]
    assert str(theirs.id) in broken.value.damage[0]


def test_checks_of_other_areas_are_run_and_their_damage_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_checks", {})
    checks.register_check("files", lambda business_id: iter([Finding("post.file_missing", {"file": "a.pdf"})]))
    with pytest.raises(Broken) as broken:
        verify()
    assert broken.value.damage == ["post.file_missing {'file': 'a.pdf'}"]


def test_damage_beyond_a_hundred_lines_is_counted() -> None:
    chain_of(120)
    sql("UPDATE journal_payload SET actor_name = 'x'")
    with pytest.raises(Broken) as broken:
        verify()
    assert len(broken.value.damage) == 100
    assert "120 findings" in str(broken.value)


class Broken(Exception):
    """`verify` said that the record is not whole."""

    def __init__(self, why: CommandError, lines: list[str]) -> None:
        super().__init__(str(why))
        self.damage = [line.removeprefix("  DAMAGE: ") for line in lines if line.startswith("  DAMAGE: ")]


def verify(*args: str) -> list[str]:
    out = io.StringIO()
    try:
        call_command("verify", *args, stdout=out)
    except CommandError as why:
        if why.returncode != 1:
            raise
        raise Broken(why, out.getvalue().splitlines()) from why
    return out.getvalue().splitlines()


def mailed_seal(chain: Chain) -> str:
    return text_of(seal_week(chain=chain, week="2026-W47", zone="Europe/London", now=MONDAY_AFTER))


def forge(seq: int, *, after: Entry) -> None:
    """Insert an entry that hashes well and points to its predecessor."""
    forged = Entry(
        **{f.attname: getattr(after, f.attname) for f in Entry._meta.concrete_fields}
        | {"id": uuid.uuid4(), "seq": seq, "previous_hash": after.hash, "verb": "support.ticket_closed"}
    )
    forged.commitment = commitment(salt="00", actor_name="Dana Roberts", body={})
    forged.hash = entry_hash(forged.facts())
    forged.save()
    Payload(entry=forged, salt="00", actor_name="Dana Roberts", body={}).save()


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

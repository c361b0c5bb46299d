"""`quietmonday verify`: what somebody with a database shell did is found and named."""

import json
import uuid
from collections.abc import Callable

import pytest

from quietmonday.journal.logic import checks
from quietmonday.journal.logic.hashing import commitment, entry_hash
from quietmonday.journal.models import Chain, Entry, Payload
from quietmonday.kit.sentences import Finding
from quietmonday.people.models import Address, Business, Person
from tests.journal.chains import (
    BUSINESS,
    IT_SUPPLIER,
    LINE_SUPPLIER,
    START,
    chain_of,
    change_a_verb,
    happens,
    remove,
    sql,
)
from tests.journal.verifying import Broken, verify

pytestmark = pytest.mark.django_db


def test_a_chain_as_written_is_whole_and_the_command_says_so() -> None:
    chain_of(12)
    assert verify() == [
        f"engagement {IT_SUPPLIER} (chain {Chain.objects.get().id}), entries: 12: OK",
        "entries without a chain: OK",
        "references across businesses: OK",
        "requests: OK",
        "search: OK",
        "Checked: the journal, its seals, what points where, and that requests say what the journal says.",
        "The record is whole.",
    ]


def change_and_hash_again() -> None:
    entry = Entry.objects.get(seq=5)
    entry.verb = "support.ticket_closed"
    sql("UPDATE journal_entry SET verb = %s, hash = %s WHERE seq = 5", entry.verb, entry_hash(entry.facts()))


def change_the_text() -> None:
    body = json.dumps({"text": "reply 4", "minutes": 5})
    sql("UPDATE journal_payload SET body = %s WHERE entry_id = %s", body, Entry.objects.get(seq=5).id)


def change_the_name() -> None:
    sql("UPDATE journal_payload SET actor_name = 'Dana R' WHERE entry_id = %s", Entry.objects.get(seq=5).id)


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


@pytest.mark.sqlite  # PostgreSQL refuses to store it
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
    chain_of(3)
    sql("PRAGMA ignore_check_constraints = ON")
    sql(damage)
    sql("PRAGMA ignore_check_constraints = OFF")
    with pytest.raises(Broken) as broken:
        verify()
    assert named in broken.value.damage[0]


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
    monkeypatch.setattr(checks, "_sentences", {})
    missing, odd = Finding("post.file_missing", {"file": "a.pdf"}), Finding("post.odd", {"n": 1})
    checks.register_check("files", lambda business_id: iter([missing, odd]), {"post.file_missing": "%(file)s is gone"})
    with pytest.raises(Broken) as broken:
        verify()
    assert broken.value.damage == ["a.pdf is gone", "post.odd {'n': 1}"]


def test_damage_beyond_a_hundred_lines_is_counted() -> None:
    chain_of(120)
    sql("UPDATE journal_payload SET actor_name = 'x'")
    with pytest.raises(Broken) as broken:
        verify()
    assert len(broken.value.damage) == 100
    assert "120 findings" in str(broken.value)


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

"""The search on the engine at hand: the same answers on both, to nobody more than they see, at once after each verb."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quietmonday.kit.actors import SYSTEM
from quietmonday.people.actions.engagements import end_engagement
from quietmonday.people.actions.erasing import erase_person
from quietmonday.people.actions.memberships import end_membership
from quietmonday.people.actions.merging import merge_persons, undo_merge
from quietmonday.people.actions.persons import add_person
from quietmonday.people.models import Person
from quietmonday.post.actions.files import store_file
from quietmonday.support.actions.calling_in import involve
from quietmonday.support.actions.erasing import erase_message, erase_words, let_go_of_files
from quietmonday.support.actions.index_writing import writer
from quietmonday.support.actions.indexing import index_again, rebuild_search, tidy_search
from quietmonday.support.actions.settling import resolve
from quietmonday.support.logic.search_docs import Doc, doc_of
from quietmonday.support.logic.search_query import question_of
from quietmonday.support.models import Message, Ticket, TicketEngagement
from quietmonday.support.queries import search_index, searching
from quietmonday.support.queries.search_check import search_as_said
from quietmonday.support.queries.search_index import Sought, newest
from quietmonday.support.queries.search_state import state_of_search
from quietmonday.support.queries.searching import Narrowed, find, numbered, searched
from tests.cast import Cast
from tests.support.scene import TUESDAY, actor, answered, asked, wrote
from tests.support.searching import HOUR, TYPED, filled, noted, seen_by, shown, viewer

pytestmark = pytest.mark.django_db

EVERYBODY = ("ruth", "maria", "dele", "bill", "sam", "asha", "ines", "jo", "kim", "lee")


def wrong() -> list[str]:
    return [f"{finding.rule} {finding.params}" for finding in search_as_said(None)]


# the same on both engines


def test_the_same_fifty_questions_get_the_answers_that_looking_at_every_message_gives(cast: Cast) -> None:
    assert len(TYPED) >= 50
    filled(cast)
    assert wrong() == []
    seen = 0
    for name in EVERYBODY:
        who = viewer(getattr(cast, name))
        sees = seen_by(who)
        for typed in TYPED:
            found = shown(who, typed)
            assert found == sees.ought(typed), (name, typed)
            seen += len(found)
    assert seen > 500


def test_every_way_through_the_index_leads_to_the_same(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ways that only large histories take: reading on, stretches of time, several pages."""
    filled(cast)
    who = viewer(cast.ruth)
    before = {typed: shown(who, typed) for typed in TYPED}
    monkeypatch.setattr(searching, "ROWS", 3)
    monkeypatch.setattr(searching, "MOST_COUNTED", 4)
    for small, first, worth in ((0, 2, 99), (0, 5, 1), (10**9, 2, 1)):
        monkeypatch.setattr(search_index, "_SMALL", small)
        monkeypatch.setattr(search_index, "_FIRST_LOOK", first)
        monkeypatch.setattr(search_index, "_WORTH_READING_ON", worth)
        assert {typed: shown(who, typed) for typed in TYPED} == before


# who sees what


def test_nobody_finds_what_they_may_not_see(cast: Cast) -> None:
    ours = asked(cast, "Printer markours", by=cast.dele, at=TUESDAY)
    noted(cast, ours, "Printer marknote", at=TUESDAY + HOUR)
    line = asked(cast, "Printer markline", by=cast.bill, at=TUESDAY, engagements=[cast.line_engagement])
    shared = asked(
        cast, "Printer markshared", by=cast.ruth, at=TUESDAY, engagements=[cast.engagement, cast.line_engagement]
    )
    noted(cast, shared, "Printer marknorvane", at=TUESDAY + HOUR, by=cast.ines)
    theirs = asked(cast, "Printer marktheirs", by=cast.jo, at=TUESDAY, engagements=[cast.tilden_engagement])
    names = {ours.pk: "ours", line.pk: "line", shared.pk: "shared", theirs.pk: "theirs"}

    def found(name: str, typed: str) -> set[str]:
        return {names[ref] for ref in shown(viewer(getattr(cast, name)), typed)}

    assert {name: found(name, "printer") for name in EVERYBODY} == {
        "ruth": {"ours", "line", "shared"}, "maria": {"ours", "line", "shared"}, "dele": {"ours"}, "bill": {"line"},
        "sam": {"ours", "shared"}, "asha": {"ours", "shared"}, "ines": {"line", "shared"}, "jo": {"theirs"},
        "kim": set(), "lee": {"theirs"},
    }  # fmt: skip
    assert {name for name in EVERYBODY if found(name, "marknote")} == {"sam", "asha"}
    assert {name for name in EVERYBODY if found(name, "marknorvane")} == {"ines"}
    assert {name for name in EVERYBODY if found(name, "marktheirs")} == {"jo", "lee"}


def test_an_answer_says_and_counts_nothing_of_what_is_not_seen(cast: Cast) -> None:
    for n in range(30):
        ticket = asked(cast, f"Toner {n}", by=cast.dele, at=TUESDAY + n * HOUR)
        noted(cast, ticket, "Fuser, between us", at=TUESDAY + n * HOUR)
    own = asked(cast, "Toner for me", by=cast.bill, at=TUESDAY)
    page = find(viewer(cast.bill), question_of("toner"), Narrowed())
    assert ([hit.ticket.id for hit in page.hits], page.count, page.more_than, page.after) == ([own.pk], 1, False, "")
    page = find(viewer(cast.ruth), question_of("fuser"), Narrowed())
    assert (page.hits, page.count, page.more_than) == ([], 0, False)
    page = find(viewer(cast.ruth), question_of("toner"), Narrowed())
    assert {quote.is_note for hit in page.hits for quote in hit.quotes} == {False}
    assert {hit.more for hit in page.hits} == {0}  # a note would be a further message


def test_what_has_ended_ends_at_once(cast: Cast) -> None:
    ticket = asked(cast, "Toner", by=cast.dele, at=TUESDAY)
    now = dt.datetime.now(dt.UTC)
    assert shown(viewer(cast.sam), "toner") == [ticket.pk]
    end_engagement(engagement=cast.engagement, actor=SYSTEM, now=now)
    assert shown(viewer(cast.sam, now + HOUR), "toner") == []
    assert shown(viewer(cast.dele, now + HOUR), "toner") == [ticket.pk]
    end_membership(membership=cast.dele.membership, actor=actor(cast.ruth), now=now)
    assert shown(viewer(cast.dele, now + HOUR), "toner") == []


def test_of_many_engagements_those_that_have_ended_show_nothing(cast: Cast) -> None:
    """Beyond a few engagements the index is asked by supplier, and the rows say which engagement."""
    from quietmonday.people.actions.engagements import engage
    from quietmonday.people.models import Business

    refs: dict[int, uuid.UUID] = {}
    engagements = []
    for n in range(12):
        business = Business.objects.create(name=f"Client {n}", zone="Europe/London", began_at=TUESDAY)
        engagement = engage(business=business, supplier=cast.fennimore, country="GB", actor=SYSTEM, now=TUESDAY)
        person = add_person(place=business, name=f"Person {n}", emails=[], actor=SYSTEM, now=TUESDAY)
        by = dataclasses.replace(cast.dele, person=person)
        refs[n] = asked(cast, "Toner", by=by, at=TUESDAY + n * HOUR, engagements=[engagement]).pk
        engagements.append(engagement)
    now = dt.datetime.now(dt.UTC)
    sam = viewer(cast.sam, now)
    assert len(sam.sees.engagements) > 8
    assert shown(sam, "toner") == [refs[n] for n in reversed(range(12))]
    for n in (3, 11):
        end_engagement(engagement=engagements[n], actor=SYSTEM, now=now)
    page = find(viewer(cast.sam, now + HOUR), question_of("toner"), Narrowed())
    assert [hit.ticket.id for hit in page.hits] == [refs[n] for n in reversed(range(12)) if n not in (3, 11)]
    assert page.count == 10


def test_a_supplier_that_is_involved_later_finds_the_request_then(cast: Cast) -> None:
    ticket = asked(cast, "Toner", at=TUESDAY)
    noted(cast, ticket, "Toner, between us", at=TUESDAY + HOUR)
    assert shown(viewer(cast.ines), "toner") == []
    involve(ticket=ticket, engagement=cast.line_engagement, actor=actor(cast.ruth), now=TUESDAY + HOUR)
    assert (shown(viewer(cast.ines), "toner"), shown(viewer(cast.ines), "between us")) == ([ticket.pk], [])
    assert wrong() == []


@pytest.mark.search_is_behind
def test_the_door_holds_although_the_index_is_behind(cast: Cast) -> None:
    ticket = asked(cast, "Toner", by=cast.dele, at=TUESDAY)
    TicketEngagement.objects.filter(ticket=ticket).delete()  # and nobody told the index
    page = find(viewer(cast.sam), question_of("toner"), Narrowed())
    assert (page.hits, page.count) == ([], 0)


def test_staff_find_what_they_asked_under_a_name_that_was_merged_into_theirs(cast: Cast) -> None:
    twin = Person.objects.create(business=cast.oakhurst, name="D. Adeyemi", since=TUESDAY)
    ticket = asked(cast, "Toner", by=dataclasses.replace(cast.dele, person=twin), at=TUESDAY)
    assert shown(viewer(cast.dele), "toner") == []
    merge = merge_persons(kept=cast.dele.person, merged=twin, actor=actor(cast.ruth), now=TUESDAY)
    assert shown(viewer(cast.dele), "toner") == [ticket.pk]
    assert wrong() == []
    undo_merge(merge=merge, actor=actor(cast.ruth), now=TUESDAY)
    assert shown(viewer(cast.dele), "toner") == []


# at once


def test_what_is_said_is_found_at_once_and_what_is_erased_is_not(cast: Cast) -> None:
    ruth = viewer(cast.ruth)
    file = store_file(business=cast.oakhurst, data=b"x", now=TUESDAY)
    ticket = asked(cast, "Toner is out", subject="Quince", at=TUESDAY, files=[("medlar.pdf", file)])
    message = wrote(ticket, cast.dele, "Also the fuser", at=TUESDAY + HOUR)
    for typed in ("toner", "quince", "fuser", "quince fuser", "medlar", "file:medlar", "from:dele fuser"):
        assert shown(ruth, typed) == [ticket.pk], typed
    assert shown(ruth, "toner fuser") == []  # in two messages
    erase_message(message=message, actor=actor(cast.ruth), reason="wish", now=TUESDAY + 2 * HOUR)
    assert (shown(ruth, "fuser"), shown(ruth, "toner")) == ([], [ticket.pk])
    resolve(ticket=ticket, kind="fixed", actor=actor(cast.sam), now=TUESDAY + 3 * HOUR)
    let_go_of_files(cast.oakhurst.pk, TUESDAY + 400 * 24 * HOUR, "its time is over", TUESDAY + 400 * 24 * HOUR)
    assert shown(ruth, "medlar") == []
    erase_words(
        tickets=[ticket.pk], business=cast.oakhurst, actor=actor(cast.ruth), reason="wish", now=TUESDAY + 5 * HOUR
    )
    assert [shown(ruth, typed) for typed in ("toner", "quince")] == [[], []]
    assert shown(ruth, "from:dele") == [ticket.pk]  # that he wrote stays
    assert wrong() == []


def test_whoever_is_forgotten_is_not_found_by_name_any_more(cast: Cast) -> None:
    ticket = asked(cast, "Toner", by=cast.bill, at=TUESDAY, subject="Out")
    ruth = viewer(cast.ruth)
    assert shown(ruth, "from:hartley") == [ticket.pk]
    now = dt.datetime.now(dt.UTC)
    end_membership(membership=cast.bill.membership, actor=actor(cast.ruth), now=now)
    erase_person(person=cast.bill.person, words=False, actor=actor(cast.ruth), reason="wish", now=now + HOUR)
    assert (shown(ruth, "from:hartley"), shown(ruth, "hartley"), shown(ruth, "toner")) == ([], [], [ticket.pk])
    assert wrong() == []


def test_a_transaction_that_fails_leaves_the_index_as_it_was(cast: Cast) -> None:
    ticket = asked(cast, "Toner", at=TUESDAY)

    class Stop(Exception):
        pass

    with pytest.raises(Stop), transaction.atomic():
        wrote(ticket, cast.dele, "Fuser", at=TUESDAY + HOUR)
        assert shown(viewer(cast.ruth), "fuser") == [ticket.pk]
        raise Stop
    assert (shown(viewer(cast.ruth), "fuser"), shown(viewer(cast.ruth), "toner")) == ([], [ticket.pk])
    assert wrong() == []


def test_a_subject_or_party_that_changed_is_brought_up(cast: Cast) -> None:
    ticket = asked(cast, "Toner", subject="Quince", at=TUESDAY)
    Ticket.objects.filter(pk=ticket.pk).update(subject="Medlar")
    TicketEngagement.objects.create(
        business=cast.oakhurst, ticket=ticket, engagement=cast.line_engagement, since=TUESDAY
    )
    assert [line.split()[0] for line in wrong()] == ["support.search_differs"]
    with transaction.atomic():
        index_again(tickets=[ticket.pk])
    assert (shown(viewer(cast.ruth), "quince"), shown(viewer(cast.ines), "medlar")) == ([], [ticket.pk])
    assert wrong() == []


@pytest.mark.search_is_behind
def test_thousands_said_in_one_moment_find_room(cast: Cast) -> None:
    docs = [raw("toner", at=1_700_000_000) for _ in range(2_000)]
    for start in range(0, 2_000, 500):
        writer().put(docs[start : start + 500])
    places = all_places()
    assert len(set(places)) == 2_000
    second = 1_700_000_000
    if connection.vendor == "sqlite":
        assert max(places) == second and min(places) > second - search_index.SPILL


# whole, and made anew


def test_made_anew_it_is_the_same_and_twice_changes_nothing(cast: Cast) -> None:
    filled(cast, 12)
    ruth, before = viewer(cast.ruth), {}
    before = {typed: shown(ruth, typed) for typed in TYPED}
    for _ in range(2):
        assert rebuild_search() == Message.objects.count()
        assert {typed: shown(ruth, typed) for typed in TYPED} == before
        assert wrong() == []


def test_while_it_is_made_it_says_so_and_what_is_said_meanwhile_is_in_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from quietmonday.support.actions import indexing

    monkeypatch.setattr(indexing, "AT_ONCE", 4)
    filled(cast, 6)
    steps: list[tuple[bool, int]] = []

    def progress(_what: str, count: int) -> None:
        steps.append((state_of_search().is_ready, count))
        if len(steps) == 1:
            asked(cast, "Said meanwhile", at=TUESDAY)

    rebuild_search(progress=progress)
    assert len(steps) >= 2
    assert {ready for ready, _count in steps} == {False}
    assert state_of_search().is_ready
    assert len(shown(viewer(cast.ruth), "meanwhile")) == 1
    assert wrong() == []


def test_the_check_names_what_is_missing_what_differs_and_what_is_left_over(cast: Cast) -> None:
    one = asked(cast, "Toner", at=TUESDAY)
    two = asked(cast, "Fuser", at=TUESDAY)
    writer().take_out([one.pk], None)
    Message.objects.filter(ticket=two).update(text="Something else")
    writer().put([raw("nobody")])
    assert sorted(line.split()[0] for line in wrong()) == [
        "support.search_differs", "support.search_lacks", "support.search_left_over",
    ]  # fmt: skip
    rebuild_search()
    assert wrong() == []


@pytest.mark.search_is_behind
def test_the_check_sees_keys_that_do_not_lead_to_their_message(cast: Cast) -> None:
    ticket = asked(cast, "Toner", at=TUESDAY)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO support_search_keys (support_search_keys) VALUES ('delete-all')")
        else:
            cursor.execute("UPDATE support_search SET keys = '{1}'")
    assert shown(viewer(cast.ruth), "toner") == [] and ticket
    assert [line.split()[0] for line in wrong()] == ["support.search_differs"]


# bounded


def raw(text: str, *, mark: str = "b1", at: int = 0, ticket: uuid.UUID | None = None) -> Doc:
    raw.count += 1  # type: ignore[attr-defined]  # made below
    ref = uuid.UUID(int=raw.count)  # type: ignore[attr-defined]  # made below
    made = doc_of(
        message=ref, ticket=ticket or ref, note_of=None, occurred_at=TUESDAY, number=1, subject="", text=text, files=(),
        writer="", marks=[mark],
    )  # fmt: skip
    return dataclasses.replace(made, at=at or 1_000_000_000 + 6 * 3600 * raw.count)  # type: ignore[attr-defined]  # made below


raw.count = 0  # type: ignore[attr-defined]  # so that every message has an id of its own


def all_places() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT place FROM support_search")
        return [row[0] for row in cursor.fetchall()]


def sought(typed: str, *marks: str) -> Sought:
    from quietmonday.support.logic.search_docs import Marks

    return Sought(question_of(typed), Marks(frozenset(marks), marks), [])


@pytest.fixture
def history() -> Callable[[int], None]:
    def fill(many: int) -> None:
        """A word in every message, of which somebody sees ten that are spread over all of them; one that nobody said
        lately; and nothing of a third."""
        writer().clear()
        raw.count = 0  # type: ignore[attr-defined]  # the same ids and seconds each time
        docs = [
            raw(
                f"printer {'longago' if n < many // 2 else 'lately'} word{n}",
                mark="bsees" if n % (many // 10) == 0 else "bothers",
            )
            for n in range(many)
        ]
        for start in range(0, many, 500):
            writer().put(docs[start : start + 500])
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE support_search")

    return fill


CASES: dict[str, tuple[Sought, int]] = {
    "a word in all, ten are seen": (sought("printer", "bsees"), 10),
    "a word in all, all are seen": (sought("printer", "bsees", "bothers"), 26),
    "a word of long ago": (sought("longago", "bsees", "bothers"), 26),
    "a word in one": (sought('"word7"', "bothers"), 1),
    "a word in none": (sought("zymurgy", "bsees", "bothers"), 0),
}


@pytest.mark.search_is_behind
@pytest.mark.sqlite
@pytest.mark.parametrize("case", CASES)
def test_a_search_takes_as_many_steps_however_long_the_history_is(case: str, history: Callable[[int], None]) -> None:
    asked_for, found = CASES[case]

    def steps(many: int) -> int:
        history(many)
        count = [0]

        def step() -> int:
            count[0] += 1
            return 0

        connection.connection.set_progress_handler(step, 10)
        try:
            spots = newest(asked_for, most=26)
        finally:
            connection.connection.set_progress_handler(None, 0)
        assert len(spots.found) >= found and spots.whole
        return count[0]

    short, long = steps(500), steps(3_000)
    assert long <= short * 1.5 + 40, (short, long)


@pytest.mark.search_is_behind
@pytest.mark.postgres
@pytest.mark.parametrize("case", CASES)
def test_a_search_reads_as_many_rows_however_long_the_history_is(
    case: str, history: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the plans that were run: rows of the table that were read, kept or not."""
    monkeypatch.setattr(search_index, "_SMALL", 0)
    monkeypatch.setattr(search_index, "_FIRST_LOOK", 100)
    asked_for, _found = CASES[case]

    def rows(many: int) -> int:
        history(many)
        with CaptureQueriesContext(connection) as queries:
            newest(asked_for, most=26, about=many)
        read = 0
        with connection.cursor() as cursor:
            for query in queries:
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
                read += rows_read(cursor.fetchone()[0][0]["Plan"])
        return read

    short, long = rows(500), rows(3_000)
    assert long <= short * 1.5 + 150, (short, long)


def rows_read(plan: dict[str, Any]) -> int:
    own = 0
    if plan.get("Relation Name") == "support_search" and "Scan" in plan["Node Type"]:
        removed = plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Index Recheck", 0)
        own = int((plan["Actual Rows"] + removed) * plan["Actual Loops"])
    return own + sum(rows_read(each) for each in plan.get("Plans", []))


@pytest.mark.search_is_behind
@pytest.mark.sqlite
def test_whoever_asks_for_what_fits_almost_everywhere_and_nowhere_is_told_where_it_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(search_index, "MOST_LOOKED_AT", 50)
    writer().put([raw("printer toner") for _ in range(80)])
    spots = newest(sought("printer -toner", "b1"), most=26)
    assert (spots.found, spots.whole) == ([], False)
    assert newest(sought("printer", "b1"), most=26).whole
    assert newest(sought("zymurgy", "b1"), most=26).whole


@pytest.mark.search_is_behind
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.booleans(), st.integers(0, 5), st.sampled_from(["toner ink", "ink", "Druckertoner", "x", ""])),
        max_size=25,
    )
)
def test_in_and_out_in_any_order_leaves_what_is_in(db: None, steps: list[tuple[bool, int, str]]) -> None:
    with transaction.atomic():
        held: dict[int, Doc] = {}
        for comes, n, text in steps:
            if n in held:
                writer().take_out([held[n].ticket], [held.pop(n).message])
            if comes:
                held[n] = raw(text, ticket=uuid.UUID(int=1000 + n))
                writer().put([held[n]])
        for typed in ("toner", "ink", "drucker"):
            found = {spot.ticket for spot in newest(sought(typed, "b1"), most=26).found}
            assert found == {doc.ticket for doc in held.values() if typed in doc.words}
        assert len(all_places()) == len(held)
        transaction.set_rollback(True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=220))
def test_any_text_gets_an_answer(cast: Cast, typed: str) -> None:
    page = find(viewer(cast.ruth), question_of(typed), Narrowed())
    assert page.count == 0


# in the file


@pytest.mark.sqlite
def test_of_what_is_taken_out_no_key_is_left_once_the_index_is_tidied(cast: Cast) -> None:
    """Two letters that no other word has beside each other stand for the words: the index holds threes."""
    asked(cast, "Nothing", at=TUESDAY)
    ticket = asked(cast, "Qxwzvk", at=TUESDAY)
    answered(cast, ticket, "qxwzvk qxwzvk", at=TUESDAY + HOUR)

    def threes() -> bytes:
        with connection.cursor() as cursor:
            cursor.execute("SELECT block FROM support_search_keys_data")
            return b"".join(bytes(block) for (block,) in cursor.fetchall())

    assert b"xwz" in threes() or b"wzv" in threes()
    erase_words(tickets=[ticket.pk], business=cast.oakhurst, actor=actor(cast.ruth), reason="wish", now=TUESDAY + HOUR)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM support_search WHERE words LIKE '%qxwzvk%'")
        assert cursor.fetchone() == (0,)
    assert state_of_search().taken_out > 0
    tidy_search()
    assert state_of_search().taken_out == 0
    assert not any(three in threes() for three in (b"qxw", b"xwz", b"wzv", b"zvk"))
    assert wrong() == []


# lists and numbers


def test_lists_find_what_was_said_too_and_a_number_leads_to_its_request(cast: Cast) -> None:
    one = asked(cast, "Toner", at=TUESDAY)
    asked(cast, "Fuser", at=TUESDAY, by=cast.bill)
    wrote(one, cast.dele, "It was the drum", at=TUESDAY + HOUR)
    sam = viewer(cast.sam)
    assert [ticket.pk for ticket in searched(sam, Ticket.objects.all(), "drum")] == [one.pk]
    number = one.work_item.number
    assert [ticket.pk for ticket in searched(sam, Ticket.objects.all(), f"#{number}")] == [one.pk]
    assert [request.id for request, _subject in numbered(sam, number)] == [one.pk]
    assert numbered(viewer(cast.bill), number) == []
    assert list(searched(viewer(cast.jo), Ticket.objects.all(), "drum")) == []


def test_a_list_shows_so_many_of_what_was_found(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MOST_LISTED", 2)
    refs = [asked(cast, f"Toner {n}", at=TUESDAY + n * HOUR).pk for n in range(3)]
    found = searched(viewer(cast.sam), Ticket.objects.all(), "toner").values_list("pk", flat=True)
    assert set(found) == set(refs[1:])


def test_what_narrows_narrows(cast: Cast) -> None:
    early = asked(cast, "Toner early", at=TUESDAY)
    late = asked(cast, "Toner late", at=TUESDAY + 48 * HOUR, by=cast.bill, engagements=[cast.line_engagement])
    resolve(ticket=early, kind="fixed", actor=actor(cast.sam), now=TUESDAY + HOUR)
    ruth = viewer(cast.ruth)
    day = TUESDAY.date()
    for narrowed, expected in (
        (Narrowed(), [late.pk, early.pk]),
        (Narrowed(until=day), [early.pk]),
        (Narrowed(since=day), [late.pk, early.pk]),
        (Narrowed(since=day + dt.timedelta(days=1)), [late.pk]),
        (Narrowed(state="open"), [late.pk]),
        (Narrowed(state="settled"), [early.pk]),
        (Narrowed(client=cast.oakhurst.pk), [late.pk, early.pk]),
        (Narrowed(client=cast.tilden.pk), []),
        (Narrowed(since=dt.date.max, until=dt.date.max), []),
        (Narrowed(until=dt.date(1, 1, 1)), []),
    ):
        assert shown(ruth, "toner", narrowed) == expected, narrowed


def test_a_hit_shows_the_last_messages_that_fit_and_counts_the_others(cast: Cast) -> None:
    ticket = asked(cast, "Toner one", at=TUESDAY, subject="Out")
    for n in range(5):
        wrote(ticket, cast.dele, f"Toner {n}", at=TUESDAY + (n + 1) * HOUR)
    [hit] = find(viewer(cast.ruth), question_of("toner"), Narrowed()).hits
    assert ["".join(piece.text for piece in quote.said) for quote in hit.quotes] == ["Toner 4", "Toner 3", "Toner 2"]
    assert hit.more == 3
    [hit] = find(viewer(cast.ruth), question_of("out"), Narrowed()).hits
    assert (hit.quotes, hit.more) == ([], 0)  # it stands in the subject: no message says it


def test_a_log_that_is_undone_leaves_nothing(cast: Cast, tmp_path: Path) -> None:
    from quietmonday.support.actions.sheet_imports import begin_import, hand_in, run_import
    from quietmonday.support.actions.sheet_undoing import begin_undo, run_undo

    def taken_in(what: str, number: int = 1) -> Any:
        line = f"{number};04.11.2026 10:00;Dele;{what};05.11.2026"
        row = hand_in(
            engagement=cast.engagement, name="log.csv", actor=actor(cast.ruth), now=TUESDAY,
            chunks=[f"No;Date;Who;What;Done on\n{line}\n".encode()],
        )  # fmt: skip
        begin_import(import_id=row.id, actor=actor(cast.ruth), now=TUESDAY, here=True)
        for _done in run_import(import_id=row.id, clock=lambda: TUESDAY):
            pass
        return row

    ruth = viewer(cast.ruth)
    taken_in("Medlar jammed")
    assert len(shown(ruth, "medlar")) == 1
    taken_in("Quince jammed")  # the same line, told otherwise
    assert (shown(ruth, "medlar"), len(shown(ruth, "quince"))) == ([], 1)
    undone = taken_in("Loquat jammed", 2)
    assert len(shown(ruth, "loquat")) == 1
    begin_undo(import_id=undone.id, actor=actor(cast.ruth), now=TUESDAY, here=True)
    run_undo(import_id=undone.id, clock=lambda: TUESDAY)
    assert (shown(ruth, "loquat"), len(shown(ruth, "quince"))) == ([], 1)
    assert wrong() == []

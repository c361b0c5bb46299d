"""The search as plain rules: one spelling of words, keys that leave nothing out, no wrong questions."""

import datetime as dt
import re
import uuid

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quietmonday.support.logic.excerpts import excerpt, marked
from quietmonday.support.logic.search_docs import Doc, doc_of, keys_of, marks_of, marks_seen, number_of_key
from quietmonday.support.logic.search_query import (
    ANYWHERE,
    LONGEST,
    MOST_PARTS,
    Part,
    in_files_only,
    question_of,
)
from quietmonday.support.logic.search_words import folded, folded_character, groups, groups_of_part, words

NOW = dt.datetime(2026, 11, 17, 9, 20, tzinfo=dt.UTC)
REF = uuid.UUID(int=7)

# Letters that come apart, fold to two, or to none; signs without gaps; what the index and FTS5 write themselves.
texts = st.text(alphabet="aeouüäößÉéñ ŒﬁİıΣςABCxyz0123456789 打印机パ_-.@\"'*^:()\n\u0301\u200d½Ⅷ", max_size=60)


def doc(text: str = "", *, subject: str = "", files: tuple[str, ...] = (), writer: str = "Jo Marsh") -> Doc:
    return doc_of(
        message=REF, ticket=REF, note_of=None, occurred_at=NOW, number=417, subject=subject, text=text,
        files=files, writer=writer, marks=["b1"],
    )  # fmt: skip


def fits(held: Doc, part: Part) -> bool:
    """As both engines look at a row."""
    return any(spelling in getattr(held, part.where) for spelling in part.spellings)


def finds(typed: str, held: Doc) -> bool:
    question = question_of(typed)
    keys = {key for part in question.parts for key in part.keys}
    return (
        keys <= keys_of(held)
        and all(fits(held, part) for part in question.parts)
        and not any(fits(held, part) for part in question.without)
    )


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("drucker", "Der Netzwerkdrucker im Lager"),
        ("netzwerk", "Der Netzwerkdrucker im Lager"),
        ("werkdruck", "Der Netzwerkdrucker im Lager"),
        ("Müller", "Frau Mueller hat angerufen"),
        ("Mueller", "Frau Müller hat angerufen"),
        ("muller", "Frau Müller hat angerufen"),
        ("strasse", "In der Poststraße 7"),
        ("Straße", "STRASSE gesperrt"),
        ("5034441", "KB5034441 fails with 0x80070643"),
        ("kb5034441", "KB5034441 fails"),
        ("OAK-SQL1", "oak-sql1 is down"),
        ("sql1", "OAK-SQL1 is down"),
        ("jo.marsh@oakhurst.example", "Mail to Jo.Marsh@Oakhurst.example came back"),
        ("marsh@oak", "Mail to jo.marsh@oakhurst.example came back"),
        ("192.168.1.17", "ping 192.168.1.17 fails"),
        ("no paper", "It says paper, and no"),
        ('"no paper"', "There is no  paper"),
        ("ad", "The AD is slow"),
        ("vpn", "VPN-Client asks twice"),
        ("usb", "USB3 stick"),
        ("打印", "打印机坏了"),
        ("résumé", "RESUME.pdf"),
        ("417", "anything"),
        ("toner 417", "toner"),
        ("toner -ink", "toner"),
        ("from:jo toner", "toner"),
        ('from:"jo marsh"', "toner"),
        ("von:marsh", "toner"),
    ],
)
def test_it_is_found(typed: str, text: str) -> None:
    assert finds(typed, doc(text))


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("ad", "The address is wrong"),
        ("usb", "A hubusb"),
        ("true", "We trust it"),
        ("issue", "The issuing"),
        ('"no paper"', "It says paper, and no"),
        ('"print"', "The printer"),
        ("toner -ink", "toner and ink"),
        ("toner -ink", "toner and Inkjet"),
        ("from:toner", "toner"),
        ("file:toner", "toner"),
        ("toner fuser", "toner"),
        ("192.168.1.17", "ping 192.168.2.17"),
        ("drucker", "Der Drücke r"),
        ("417 418", "anything"),
    ],
)
def test_it_is_not_found(typed: str, text: str) -> None:
    assert not finds(typed, doc(text))


def test_file_names_and_subjects_are_found_and_no_phrase_reaches_over_them() -> None:
    held = doc("The new one", subject="Printer broken", files=("Toner order.PDF", "photo.jpg"))
    assert all(finds(typed, held) for typed in ("toner", "file:toner", "file:order.pdf", "photo.jpg", "printer new"))
    assert not any(finds(typed, held) for typed in ('"broken the new"', '"one toner"', '"pdf photo"', "file:printer"))


@given(text=texts, typed=texts)
@example(text="打印机 坏", typed="打印机")
@example(text="ﬁne", typed="fine")
@example(text="x" * 30, typed="x" * 27)
def test_what_stands_in_a_text_is_found_by_keys_too(text: str, typed: str) -> None:
    """The keys never leave out a message in which everything stands."""
    held = doc(text)
    for part in question_of(typed).parts:
        if fits(held, part):
            assert part.keys <= keys_of(held)


@given(text=texts)
def test_every_word_of_a_text_finds_it(text: str) -> None:
    for word in words(text):
        assert finds(f'"{word}"', doc(text))
        assert finds(word, doc(text))


@given(typed=st.text(max_size=300))
@example(typed='" * NEAR(a b, 2) {c} : ^d OR AND NOT -')
@example(typed="from: client: before: after: file:")
@example(typed="before:99999-99-99 after:31.02.2026 vor:0000")
@example(typed="-" * 200)
def test_any_text_is_a_question_within_bounds(typed: str) -> None:
    question = question_of(typed)
    assert len(question.parts) + len(question.without) <= MOST_PARTS
    assert question.cut or len(typed) <= LONGEST
    for part in (*question.parts, *question.without):
        # What goes to the engines: letters and digits, blanks between words, _ at the edges of keys. No syntax.
        assert all(re.fullmatch(r"[^\W_]+( [^\W_]+)*", spelling.strip()) for spelling in part.spellings)
        assert all(re.fullmatch(r"[wf]?[^\W]{3}", key) for key in part.keys)


@given(text=st.text(max_size=80))
def test_one_spelling_is_its_own(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)
    assert "".join(folded_character(char) for char in text) == folded(text)
    assert folded(text.upper()).split() == folded(text.upper().casefold()).split()


def test_days_are_read_and_what_is_none_is_text() -> None:
    def days(typed: str) -> tuple[dt.date | None, dt.date | None]:
        question = question_of(typed)
        assert question.parts == ()
        return question.since, question.until

    assert days("after:2026-03-01 before:2026-04") == (dt.date(2026, 3, 1), dt.date(2026, 4, 1))
    assert days("nach:1.3.2026 vor:2027") == (dt.date(2026, 3, 1), dt.date(2027, 1, 1))
    assert days("after:2026 after:2025") == (dt.date(2026, 1, 1), None)
    assert [part.typed for part in question_of("before:lunch after:2026-02-30").parts] == [
        "before lunch",
        "after 2026-02-30",
    ]


def test_a_number_alone_is_that_of_a_request() -> None:
    assert [question_of(typed).number for typed in ("417", " #417 ", '"417"', "417 toner", "0417", "9" * 10)] == [
        417, 417, None, None, 417, None,
    ]  # fmt: skip


def test_what_is_not_searched_for_is_told() -> None:
    question = question_of("!!! toner …")
    assert ([part.typed for part in question.parts], question.lost) == (["toner"], ("!!!", "…"))
    assert question_of("a b c d e f g h i j k l m").cut
    assert not question_of("-toner").asks_something
    assert question_of("client:oakhurst").asks_something


def test_only_in_names_of_files_asks_names_only() -> None:
    question = in_files_only(question_of("toner from:jo -ink"))
    assert [part.where for part in (*question.parts, *question.without)] == ["files", "writer", "files"]
    held = doc("ink", files=("toner.pdf",))
    assert {key for part in question.parts for key in part.keys} <= keys_of(held)


def test_keys_of_different_kinds_are_never_the_same_text() -> None:
    held = keys_of(doc("one two", files=("three.txt",)))
    assert {len(key) for key in held if key != "b1"} == {3, 4}
    assert all(key[0] in "wf" for key in held if len(key) == 4)
    assert all(-(2**31) <= number_of_key(key) < 2**31 for key in held)
    assert groups(["ab", "c"]) == {"_ab", "ab_", "_c_"}
    assert groups_of_part("oak sql") == {"oak", "ak_", "_sq", "sql"}


# marks

BUSINESS, OTHER = uuid.UUID(int=11), uuid.UUID(int=12)
REQUESTER = uuid.UUID(int=21)
SUPPLIERS = (uuid.UUID(int=41), uuid.UUID(int=42))
ENGAGEMENTS = {uuid.UUID(int=31 + n): SUPPLIERS[n % 2] for n in range(3)}


@given(
    leads=st.booleans(),
    asked=st.booleans(),
    sees=st.sets(st.sampled_from(sorted(ENGAGEMENTS)), max_size=3),
    more=st.integers(0, 12),
    parties=st.sets(st.sampled_from(sorted(ENGAGEMENTS)), max_size=3),
    note_of=st.sampled_from([None, *SUPPLIERS]),
    members=st.sets(st.sampled_from(SUPPLIERS)),
)
def test_marks_say_who_sees_a_message(
    leads: bool,
    asked: bool,
    sees: set[uuid.UUID],
    more: int,
    parties: set[uuid.UUID],
    note_of: uuid.UUID | None,
    members: set[uuid.UUID],
) -> None:
    """As access says it: the request is seen, and the message is public or a note of a supplier one is of."""
    served = {each for each in sees if ENGAGEMENTS[each] in members}
    many = {uuid.UUID(int=500 + n) for n in range(more)} if members else set()
    borne = marks_of(
        business=BUSINESS, requester=REQUESTER, parties=[(each, ENGAGEMENTS[each]) for each in parties], note_of=note_of
    )
    seen = marks_seen(
        businesses=[BUSINESS, OTHER] if leads else [OTHER],
        requesters=[REQUESTER] if asked else [],
        engagements=served | many,
        suppliers=members,
    )
    sees_request = leads or asked or bool(served & parties)
    is_seen = sees_request and (note_of is None or note_of in members)
    assert (not seen.exact.isdisjoint(borne)) == is_seen
    assert not is_seen or set(seen.narrow) & set(borne)
    if len(members) == 1:
        assert len(seen.narrow) <= 20


# excerpts


@given(text=texts, typed=texts)
def test_what_is_found_in_a_text_is_marked_in_it(text: str, typed: str) -> None:
    for part in question_of(typed).parts:
        pieces = marked(text, [part])
        assert re.sub(r"\s+", "", "".join(piece.text for piece in pieces)) == re.sub(r"\s+", "", text)
        if part.where == ANYWHERE and any(spelling in f" {' '.join(words(text))} " for spelling in part.spellings):
            told = [piece.text for piece in pieces if piece.marked]
            assert told
            assert any(spelling.strip() in " ".join(words(each)) for each in told for spelling in part.spellings)
            assert any(piece.marked for piece in excerpt(text, [part]))


def test_an_excerpt_stands_around_the_first_place_and_cuts_no_word() -> None:
    text = "Before that much was said. " * 20 + "Die Poststraße ist\n\n gesperrt." + " And much after it." * 20
    pieces = excerpt(text, question_of("strasse gesperrt").parts)
    assert [piece.text for piece in pieces if piece.marked] == ["straße", "gesperrt"]
    whole = "".join(piece.text for piece in pieces)
    assert whole.startswith("… ") and whole.endswith(" …") and len(whole) < 260
    assert set(whole.replace("…", "").split()) <= set(text.split())
    assert excerpt(text, question_of("nowhere").parts) == []


def test_marks_of_overlapping_words_do_not_nest() -> None:
    pieces = marked("Netzwerkdrucker", question_of("netzwerk werkdruck drucker").parts)
    assert "".join(piece.text for piece in pieces) == "Netzwerkdrucker"
    assert sum(piece.marked for piece in pieces) >= 1

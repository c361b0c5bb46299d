"""What the index holds of one message, and by which marks it is found for whoever may see it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import uuid
import zlib
from collections.abc import Collection, Iterable, Sequence

from quietmonday.support.logic.search_words import groups, words

MOST_TEXT = 20_000
"""Letters of one message that are searched."""

_PART = "\n"
"""Between number, subject, text, file names and writer: no phrase reaches over it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Doc:
    """One message in the index. `note_of`: whose note it is; `at`: seconds; `marks`: see `marks_of`.

    `words`: number and subject of its request, what it says, names of its files, its writer; `writer` and `files` again
    for who asks for them alone.
    """

    message: uuid.UUID
    ticket: uuid.UUID
    note_of: uuid.UUID | None
    at: int
    words: str
    writer: str
    files: str
    marks: tuple[str, ...]


def doc_of(
    *,
    message: uuid.UUID,
    ticket: uuid.UUID,
    note_of: uuid.UUID | None,
    occurred_at: dt.datetime,
    number: int,
    subject: str,
    text: str,
    files: Iterable[str],
    writer: str,
    marks: Sequence[str],
) -> Doc:
    """Return what the index holds of a message."""
    by, names = _spelt(writer), _PART.join(map(_spelt, files))
    return Doc(
        message=message,
        ticket=ticket,
        note_of=note_of,
        at=seconds(occurred_at),
        words=_PART.join((f" {number} ", _spelt(subject), _spelt(text[:MOST_TEXT]), names, by)),
        writer=by,
        files=names,
        marks=tuple(marks),
    )


def seconds(moment: dt.datetime) -> int:
    """Return a moment as the index orders by it."""
    return max(0, int(moment.timestamp()))


def keys_of(doc: Doc) -> set[str]:
    """Return everything by which the index finds a message: groups of its words, those of writer and file names apart,
    and its marks. Groups have three letters, those apart four, marks more: none is taken for another."""
    keys = groups(doc.words.split())
    keys.update(f"{WRITER}{group}" for group in groups(doc.writer.split()))
    keys.update(f"{FILES}{group}" for group in groups(doc.files.split()))
    keys.update(doc.marks)
    return keys


WRITER, FILES = "w", "f"


@functools.lru_cache(maxsize=60_000)
def number_of_key(key: str) -> int:
    """Return the number that stands for a key where keys are numbers of 32 bits."""
    return zlib.crc32(key.encode()) - 2**31


def bucket_of(at: int) -> int:
    """Return in which stretch of about twelve days a second lies: a key too, so that an index without order of its own
    can be read from the newest end."""
    return at >> BUCKET_BITS


BUCKET_BITS = 20
CHANCE_BITS = 20
"""By which places of one second are told apart where they may be larger than seconds."""


def marks_of(
    *,
    business: uuid.UUID,
    requester: uuid.UUID | None,
    parties: Iterable[tuple[uuid.UUID, uuid.UUID]],
    note_of: uuid.UUID | None,
) -> list[str]:
    """Return the marks of a message; `parties`: (engagement, supplier) of its request.

    A public message bears the marks of its business, its requester, its engagements and their suppliers. A note bears
    those of its supplier and of that one's own engagements, and each of all the others together with the supplier's:
    whoever sees the request some other way finds the note only as somebody of that supplier.
    """
    parties = list(parties)
    seen_by = [_mark("b", business), *(_mark("e", engagement) for engagement, _supplier in parties)]
    if requester is not None:
        seen_by.append(_mark("r", requester))
    if note_of is None:
        return [*seen_by, *dict.fromkeys(_mark("s", supplier) for _engagement, supplier in parties)]
    own = [_mark("e", engagement) for engagement, supplier in parties if supplier == note_of]
    return [_mark("s", note_of), *own, *(_together(note_of, mark) for mark in seen_by)]


def asked_by(doc: Doc, requester: uuid.UUID, other: uuid.UUID) -> Doc:
    """Return what the index holds of a message that `requester` asked for, had it been `other`."""
    one, instead = _mark("r", requester), _mark("r", other)
    return dataclasses.replace(doc, marks=tuple(mark.replace(one, instead) for mark in doc.marks))


@dataclasses.dataclass(frozen=True, slots=True)
class Marks:
    """By which somebody finds what they may see: a message must bear one of `exact`. `narrow`: marks of which it then
    bears one too, and fewer of them; with those the index is asked, which looks up one after the other."""

    exact: frozenset[str]
    narrow: tuple[str, ...]


def marks_seen(
    *,
    businesses: Collection[uuid.UUID],
    requesters: Collection[uuid.UUID],
    engagements: Collection[uuid.UUID],
    suppliers: Collection[uuid.UUID],
) -> Marks:
    """Return the marks of somebody who sees these businesses, what these persons asked for, and the requests of these
    engagements, and who is of these suppliers."""
    served = [_mark("e", each) for each in engagements]
    other = [*(_mark("b", each) for each in businesses), *(_mark("r", each) for each in requesters)]
    notes = [_together(supplier, mark) for supplier in suppliers for mark in other]
    # Of a single supplier all engagements are its own, and its notes bear those marks themselves.
    crossed = [_together(supplier, mark) for supplier in suppliers for mark in served] if len(suppliers) > 1 else []
    exact = [*served, *other, *notes, *crossed]
    if len(served) <= _FEW:
        return Marks(frozenset(exact), tuple(exact))
    return Marks(frozenset(exact), (*(_mark("s", each) for each in suppliers), *other, *notes))


_FEW = 8
"""Engagements that are looked for one by one. Of more the supplier's mark is: it lets in what was asked of engagements
that have ended, to be sorted out row by row."""


def _mark(kind: str, ref: uuid.UUID) -> str:
    return kind + ref.hex[-14:]  # the random end of the id: two that share it are told apart at the door


def _together(supplier: uuid.UUID, mark: str) -> str:
    return f"n{supplier.hex[-14:]}{mark}"


def _spelt(text: str) -> str:
    return f" {' '.join(words(text))} "

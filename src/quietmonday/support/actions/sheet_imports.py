"""A log of calls is handed in, its columns are told, it is taken in."""

from __future__ import annotations

import datetime as dt
import functools
import gc
import itertools
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.kit.faults import reached
from quietmonday.kit.sheets import UnreadableSheet
from quietmonday.kit.sheets.reading import MOST_BYTES
from quietmonday.kit.text import clean_line
from quietmonday.outbox.actions import put
from quietmonday.people.models import Engagement
from quietmonday.post.actions.files import FileTooLarge, hold_files, path_of, store_chunks
from quietmonday.post.models import File
from quietmonday.support.actions.entries import write_import_entry
from quietmonday.support.actions.sheet_taking import actor_of, locked_import, take_in_calls
from quietmonday.support.logic.sheet_headers import SERVICENOW, Heads
from quietmonday.support.models import (
    ImportState,
    SheetImport,
    SheetLayout,
)
from quietmonday.support.queries.sheets import Survey, items_of, layout_kept, survey

CHUNK = 500
CHUNKS_A_JOB = 8
TAKE_IN = "support.take_in_sheet"

T = TypeVar("T")


class CannotImport(ValueError):
    """The import does not stand where this verb needs it; `rule` says why: no_date, no_what, order, begun, not_done."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def hand_in(
    *,
    engagement: Engagement,
    name: str,
    chunks: Iterable[bytes],
    actor: Actor,
    now: dt.datetime,
    sheet: str = "",
    kind: str = "",
) -> SheetImport:
    """Keep a file raw, look it through, and return a draft of its import with its columns guessed.

    What somebody said before of a log with the same heads is taken over. The same file while its import is a draft or
    still runs is that import. `kind` must be what the heads say, if given. Raises UnreadableSheet; the file is kept all
    the same.
    """
    try:
        file = store_chunks(business=engagement.business, chunks=chunks, most=MOST_BYTES, now=now)
    except FileTooLarge as error:
        raise UnreadableSheet("too_large", mb=MOST_BYTES // (1024 * 1024)) from error
    reached("support.sheet.after_keep")
    file.business = engagement.business
    here = SheetImport.objects.filter(engagement=engagement, file=file).select_related("business", "engagement", "file")
    running = here.filter(state=ImportState.RUNNING).first()
    if running is not None:
        return running
    found = _survey(path_of(file.business, file.sha256), sheet, kind)
    draft = here.filter(state=ImportState.DRAFT, sheet=found.sheet).order_by("handed_in_at").first()
    if draft is not None:
        return draft
    return _write_draft(row=_drafted(engagement, file, found, name, actor, now), actor=actor, now=now)


def try_out(
    *, engagement: Engagement, path: Path, actor: Actor, now: dt.datetime, sheet: str = "", kind: str = ""
) -> SheetImport:
    """Return the draft that `hand_in` would make of a file, and keep neither: nothing is written. The engagement need
    not be on the record. Raises UnreadableSheet."""
    file = File(business=engagement.business, size=path.stat().st_size)
    return _drafted(engagement, file, _survey(path, sheet, kind), path.name, actor, now)


def _survey(path: Path, sheet: str, kind: str) -> Survey:
    found = survey(path, sheet)
    if kind and found.guess.kind != kind:
        raise UnreadableSheet("other_kind")
    return found


def _drafted(
    engagement: Engagement, file: File, found: Survey, name: str, actor: Actor, now: dt.datetime
) -> SheetImport:
    kept = layout_kept(engagement.business_id, found.heads) if found.guess.kind != SERVICENOW else None
    columns = dict(kept.columns) if kept else dict(found.guess.columns)
    # How the days of this file are written is told by itself; only where it does not tell, by what was said before.
    orders = {
        field: order or (kept.orders.get(field, "") if kept else "") for field, order in found.guess.orders.items()
    }
    return SheetImport(
        business=engagement.business,
        engagement=engagement,
        file=file,
        name=clean_line(name, 200) or "sheet",
        kind=found.guess.kind,
        sheet=found.sheet,
        heads=list(found.heads.names),
        heads_line=found.heads.line,
        columns=columns,
        orders=orders,
        unsaid=kept.unsaid if kept else "open",
        total=found.rows,
        by_id=actor.id,
        by_name=actor.name,
        handed_in_at=now,
    )


@transaction.atomic
def _write_draft(*, row: SheetImport, actor: Actor, now: dt.datetime) -> SheetImport:
    row.save(force_insert=True)
    hold_files([row.file])
    write_import_entry(
        row=row,
        verb="handed_in",
        actor=actor,
        payload={"name": row.name, "sha256": row.file.sha256, "size": row.file.size, "kind": row.kind},
        now=now,
    )
    return row


@transaction.atomic
def tell_columns(
    *,
    import_id: uuid.UUID,
    columns: Mapping[str, int],
    orders: Mapping[str, str],
    unsaid: str,
    place: tuple[int, str] | None = None,
) -> SheetImport:
    """Say what the columns of a draft hold. Raises CannotImport once it has begun. Beginning it writes the entry."""
    row = locked_import(import_id)
    if row.state != ImportState.DRAFT:
        raise CannotImport("begun")
    row.columns, row.orders, row.unsaid = dict(columns), dict(orders), unsaid
    row.place = list(place) if place else None
    row.save(update_fields=["columns", "orders", "unsaid", "place"])
    return row


@transaction.atomic
def begin_import(*, import_id: uuid.UUID, actor: Actor, now: dt.datetime, here: bool = False) -> SheetImport:
    """Begin to take the calls of a draft in; keep what was said of its columns for the next log with these heads.

    A worker does it, or (`here`) this very process. Raises CannotImport: begun; no_date, no_what (nobody said which
    column that is).
    """
    row = locked_import(import_id)
    if row.state != ImportState.DRAFT:
        raise CannotImport("begun")
    if row.kind != SERVICENOW:
        if "date" not in row.columns:
            raise CannotImport("no_date")
        if "what" not in row.columns and "details" not in row.columns:
            raise CannotImport("no_what")
        heads = Heads(0, row.heads_line, tuple(row.heads))
        SheetLayout.objects.update_or_create(
            business=row.business,
            fingerprint=heads.fingerprint,
            defaults={"columns": row.columns, "orders": row.orders, "unsaid": row.unsaid, "used_at": now},
        )
    row.state, row.begun_at = ImportState.RUNNING, now
    row.save(update_fields=["state", "begun_at"])
    if not here:
        tell_worker(TAKE_IN, row, now)
    write_import_entry(
        row=row,
        verb="begun",
        actor=actor,
        payload={"name": row.name, "sha256": row.file.sha256, "columns": dict(row.columns), "orders": dict(row.orders)},
        now=now,
    )
    return row


def run_import(
    *, import_id: uuid.UUID, clock: Callable[[], dt.datetime], most: int | None = None, chunk: int = CHUNK
) -> Iterator[SheetImport]:
    """Take in a running import chunk by chunk, each in its own transaction; yield the import after each.

    Goes on where it stands: a lost process loses at most the chunk it was at. With `most` chunks done a worker is told
    to go on. A file that cannot be read to its end stops the import; what came in stays, and the import says why.
    """
    row = SheetImport.objects.select_related("business", "engagement", "file").get(pk=import_id)
    if row.state != ImportState.RUNNING:
        yield row
        return
    # What was there before is not looked through again and again while tens of thousands of rows come and go; what is
    # new, once a chunk, when most of it is gone.
    collects = gc.isenabled()
    gc.freeze()
    gc.disable()
    try:
        chunks = _ahead(itertools.islice(items_of(row), row.cursor, None), chunk)
        for done, (items, is_last) in enumerate(chunks, start=1):
            now, at = clock(), row.cursor
            hand_on = most is not None and done == most and not is_last
            then = functools.partial(tell_worker, TAKE_IN, now=now) if hand_on else None
            row = take_in_calls(
                import_id=import_id,
                items=items,
                at=at,
                is_last=is_last,
                now=now,
                then=then,
            )
            reached("support.sheet.after_chunk")
            yield row
            if row.cursor != at + len(items) or row.state != ImportState.RUNNING or hand_on:
                return
            gc.collect()
    except (UnreadableSheet, FileNotFoundError) as problem:
        yield _stop(import_id=import_id, problem=problem, now=clock())
    finally:
        gc.unfreeze()
        if collects:
            gc.enable()


def _ahead(items: Iterator[T], size: int) -> Iterator[tuple[list[T], bool]]:
    """Yield chunks, each with whether it is the last; one empty last chunk if there is nothing."""
    chunk = list(itertools.islice(items, size))
    while True:
        following = list(itertools.islice(items, size))
        yield chunk, not following
        if not following:
            return
        chunk = following


def tell_worker(topic: str, row: SheetImport, now: dt.datetime) -> None:
    """Have a worker go on with an import where it stands; told twice, it does it once."""
    put(
        topic=topic,
        ids={"import": str(row.id)},
        now=now,
        key=f"{topic}:{row.id}:{row.cursor}",
        business_id=row.business_id,
    )


@transaction.atomic
def _stop(*, import_id: uuid.UUID, problem: Exception, now: dt.datetime) -> SheetImport:
    row = locked_import(import_id)
    if row.state != ImportState.RUNNING:
        return row
    rule, params = (problem.rule, problem.params) if isinstance(problem, UnreadableSheet) else ("gone", {})
    row.state, row.ended_at, row.problem = ImportState.STOPPED, now, [rule, params]
    row.save(update_fields=["state", "ended_at", "problem"])
    write_import_entry(
        row=row,
        verb="stopped",
        actor=actor_of(row),
        payload={"rule": rule, "made": row.made, "updated": row.updated},
        now=now,
    )
    return row

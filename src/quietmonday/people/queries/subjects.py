"""All that is held about one person, as a file that they can read and another system too."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from quietmonday.journal.models import Entry
from quietmonday.people.models import Address, Identity, Membership, Person, Token
from quietmonday.people.queries.merging import everyone_who_is

IN_MEMORY = 4 * 1024 * 1024


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """Rows of one kind. `name`: of the file in the archive; `says`: what it holds, for the reader."""

    name: str
    says: str
    rows: Iterable[Mapping[str, Any]]


@dataclasses.dataclass(frozen=True, slots=True)
class Held:
    """What one area holds: tables, and files as (name, where they lie or what is in them)."""

    tables: list[Table]
    files: Iterable[tuple[str, Path | bytes]] = ()


Holds = Callable[[Person], Held]

_holders: list[Holds] = []


def register_held(holds: Holds) -> None:
    """Have the subject export ask `holds`; an area does so when Django starts."""
    if holds not in _holders:
        _holders.append(holds)


def subject_file(person: Person, now: dt.datetime) -> IO[bytes]:
    """Return a ZIP archive, at its beginning: one JSON file a kind, files beside it, and a page that says what is what.

    Rows are written as they are read, so the memory does not grow with them. Files gone from the disk are named.
    """
    held = [_held_in_people(person), *(holds(person) for holds in _holders)]
    archive = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # handed out open
    lines = [
        _("What Quiet Monday holds about %(name)s, as it was on %(day)s (UTC).")
        % {"name": person.name, "day": now.strftime("%Y-%m-%d %H:%M")},
        "",
    ]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for table in (table for each in held for table in each.tables):
            count = _write_table(out, table, now)
            lines.append(f"{table.name}.json  {table.says} ({count})")
        missing = [name for each in held for name in _write_files(out, each.files, now)]
        lines += ["", *[_("Gone from the disk, and so not in here: %(name)s") % {"name": name} for name in missing]]
        lines += [
            _("Where other people's words mention this person, that is not in here: it is about them too."),
            _("Times are UTC. Copies of earlier days may be in backups that the installation keeps."),
        ]
        out.writestr(_part("READ-ME.txt", now), "\n".join(lines) + "\n")
    archive.seek(0)
    return archive


def _part(name: str, now: dt.datetime) -> zipfile.ZipInfo:
    """Return the head of a part, of the moment of the export: when a file came to our disk is nobody's matter."""
    part = zipfile.ZipInfo(name, now.timetuple()[:6])
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _write_table(out: zipfile.ZipFile, table: Table, now: dt.datetime) -> int:
    count = 0
    with out.open(_part(f"{table.name}.json", now), "w", force_zip64=True) as part:
        part.write(b"[")
        for row in table.rows:
            line = json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
            part.write((",\n" if count else "\n").encode() + line.encode())
            count += 1
        part.write(b"\n]\n")
    return count


def _write_files(out: zipfile.ZipFile, files: Iterable[tuple[str, Path | bytes]], now: dt.datetime) -> Iterator[str]:
    for number, (name, held) in enumerate(files, 1):
        # A name that somebody else chose is no path: numbered, and without anything that leads elsewhere.
        safe = "".join(char if char.isalnum() or char in " .-_()" else "_" for char in name).strip(" .") or "file"
        try:
            data = io.BytesIO(held) if isinstance(held, bytes) else held.open("rb")
        except FileNotFoundError:
            yield name
            continue
        with data, out.open(_part(f"files/{number:04}-{safe[:100]}", now), "w", force_zip64=True) as part:
            shutil.copyfileobj(data, part)


def _held_in_people(person: Person) -> Held:
    place = person.business or person.supplier
    own = {
        "name": person.name,
        "works_at": place.name if place else None,
        "job": person.job,
        "phone": person.phone,
        "on_record_since": person.since,
    }
    addresses = Address.objects.filter(person=person).order_by("pk")
    roles = list(Membership.objects.filter(person=person).select_related("account").order_by("starts_at"))
    everyone = everyone_who_is(person)
    logins = {role.account_id: role.account for role in roles}.values()
    return Held(
        [
            Table("person", _("who you are here"), [own]),
            Table(
                "addresses",
                _("your e-mail addresses"),
                ({"email": each.email, "first": each.is_first, "mail_came_back": each.failed_at} for each in addresses),
            ),
            Table(
                "roles",
                _("what you may do, and might"),
                ({"role": each.role, "from": each.starts_at, "until": each.ends_at} for each in roles),
            ),
            Table(
                "logins",
                _("with what you sign in"),
                (
                    {
                        "email": each.email,
                        "language": each.language,
                        "made": each.made_at,
                        "last_sign_in": each.last_login,
                    }
                    for each in logins
                ),
            ),
            Table(
                "api-tokens",
                _("with what programs act in your name"),
                (
                    {"name": each.name, "may": each.scopes, "made": each.made_at, "expires": each.expires_at}
                    for each in Token.objects.filter(account__in=list(logins)).order_by("pk")
                ),
            ),
            Table(
                "known-elsewhere",
                _("by whom you may be signed in, and as whom they know you"),
                (
                    {
                        "issuer": each.issuer,
                        "subject": each.subject,
                        "email": each.email,
                        "from": each.made_at,
                        "last_used": each.last_used_at,
                        "until": each.ended_at,
                    }
                    for each in Identity.objects.filter(account__in=list(logins)).order_by("made_at", "pk")
                ),
            ),
            Table(
                "also-on-record-as",
                _("under which other entries you stood here"),
                [
                    {"name": each.name, "job": each.job, "phone": each.phone, "since": each.since}
                    for each in everyone[1:]
                ],
            ),
            Table("journal", _("what the journal says you did"), _done_by(everyone)),
        ]
    )


def _done_by(everyone: list[Person]) -> Iterator[dict[str, Any]]:
    """What they did, once each: an event may stand in the chains of several suppliers."""
    seen = None
    theirs = Entry.objects.filter(actor_id__in=[person.pk for person in everyone]).order_by("event_id", "id")
    for entry in theirs.iterator(chunk_size=500):
        if entry.event_id != seen:
            yield {"what": entry.verb, "to": entry.subject_kind, "id": entry.subject_id, "at": entry.occurred_at}
        seen = entry.event_id

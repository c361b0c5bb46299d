"""The list of what has ended, kept outside the database, so that an old backup brings nothing of it back.

Each line is an entry of the journal that ends something (a role, a passkey, an engagement). The list is made from the
journal: what a dead worker did not write down, the next one does. Beside it lies the root key, which the backups do not
hold either.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import fcntl
import os
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.db import transaction
from django.db.models import Q

from quietmonday.journal.actions import append
from quietmonday.journal.logic.verification import ERASED_VERB
from quietmonday.journal.models import Entry
from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.endings import end_again_by, ending_verbs
from quietmonday.kit.envelope import derived_key
from quietmonday.kit.ids import new_id
from quietmonday.outbox.actions import put
from quietmonday.people.logic.ended import Ended, Listed, line_of, line_of_moment, listed
from quietmonday.people.models import Account, CodeApp, Identity, Passkey, RecoveryCode, Token

TOPIC = "people.note_ended"
LATE = dt.timedelta(minutes=10)
"""An entry is in the database by then, whatever id it got when its transaction began."""

LOOKED_EVERY = dt.timedelta(hours=20)
TAIL = 256 * 1024  # bytes of the end of the list that are read before more is written
LONGEST = 64 * 1024 * 1024  # bytes of a list that a restore reads


def must_stay_ended(now: dt.datetime) -> None:
    """Have the list written, in the transaction of an action that ends something."""
    put(topic=TOPIC, ids={}, now=now)


def note_ended(*, now: dt.datetime) -> int:
    """Write down what ended and is not in the list yet; return how much. Twice is once. Raises OSError.

    Stands in no transaction: it writes a file.
    """
    key = derived_key("ended list")
    with _locked(Path(settings.ENDED_FILE)) as file:
        known = listed(_tail(file), key)
        lines = [] if file.tell() else [line_of_moment("begins", now, key)]
        since = (known.looked or now) - LATE
        seen = {one.event for one in known.ended}
        new = [one for one in _ended_since(since) if one.event not in seen]
        lines += [line_of(one, key) for one in new]
        if known.looked is None or now - known.looked >= LOOKED_EVERY:
            lines.append(line_of_moment("looked", now, key))
        if lines:
            file.write("".join(f"{line}\n" for line in lines).encode())
            file.flush()
            os.fsync(file.fileno())
    return len(new)


@dataclasses.dataclass(frozen=True, slots=True)
class EndedAgain:
    """What a restore did with a list. `words`: what was ended again; `unknown`: verbs of another version; the rest as
    in Listed."""

    words: list[str]
    unknown: list[str]
    begins: dt.datetime | None
    looked: dt.datetime | None
    wrong: int


@transaction.atomic
def end_again(*, files: Sequence[Path], now: dt.datetime) -> EndedAgain:
    """End again, in a record that came back from a backup, what these lists say has ended since. Raises OSError."""
    said = _read(files)
    there = set(Entry.objects.filter(verb__in=ending_verbs()).values_list("event_id", flat=True))
    words, unknown = [], []
    for one in said.ended:
        if one.event in there:
            continue
        again = end_again_by(one.verb)
        if again is None:
            unknown.append(one.verb)
        elif told := again(one.subject, one.at, now):
            words.append(told)
    return EndedAgain(words, sorted(set(unknown)), said.begins, said.looked, said.wrong)


@transaction.atomic
def sign_in_anew(*, now: dt.datetime) -> dict[str, int]:
    """Take away from every account what opens by itself; return how much of what. Mailed codes remain, and apps that
    show codes are asked for after them, as before."""
    with_none = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    counts = {
        "passwords": Account.objects.exclude(with_none).update(password=make_password(None)),
        "passkeys": Passkey.objects.all().delete()[0],
        "identities": Identity.objects.filter(ended_at=None).update(ended_at=now),
        "tokens": Token.objects.filter(revoked_at=None).update(revoked_at=now),
    }
    RecoveryCode.objects.exclude(account__in=CodeApp.objects.values("account")).delete()
    append(
        verb="installation.sign_ins_taken_away",
        actor=SYSTEM,
        business_id=None,
        engagement_ids=(),
        subject=("installation", new_id()),
        payload=counts,
        occurred_at=now,
        recorded_at=now,
    )
    return counts


def _ended_since(since: dt.datetime) -> list[Ended]:
    first = uuid.UUID(int=int(since.timestamp() * 1000) << 80)  # ids begin with their moment: no index but their own
    rows = Entry.objects.filter(pk__gte=first, verb__in=ending_verbs()).order_by("pk")
    said = rows.values_list("recorded_at", "event_id", "verb", "subject_id").iterator(chunk_size=2000)
    found: dict[object, Ended] = {}
    for at, event, verb, subject in said:
        # One event may stand in several chains; and one erasure of a period is ten thousand entries of one moment.
        found.setdefault((verb, at) if verb == ERASED_VERB else event, Ended(at, event, verb, subject))
    return list(found.values())


def _read(files: Sequence[Path]) -> Listed:
    lines: list[str] = []
    for path in files:
        with path.open("rb") as file:
            lines += _lines(file.read(LONGEST))
    return listed(lines, derived_key("ended list"))


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    """Give the list, at its end, to one process after the other; only our user may read it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _tail(file: IO[bytes]) -> list[str]:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - TAIL))
    lines = _lines(file.read())
    return lines[1:] if size > TAIL else lines  # the first may be cut


def _lines(data: bytes) -> list[str]:
    return data.decode("utf-8", "replace").splitlines()

"""The list of what has ended: ids and moments, no name; each line with a sum that only this root key makes."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import hmac
import json
import uuid
from collections.abc import Iterable

LONGEST_LINE = 400


@dataclasses.dataclass(frozen=True, slots=True)
class Ended:
    """One entry of the journal that ended something: which event, of what, when."""

    at: dt.datetime
    event: uuid.UUID
    verb: str
    subject: uuid.UUID


@dataclasses.dataclass(frozen=True, slots=True)
class Listed:
    """What a list says. `begins`: since when; `looked`: until when all is in it; `wrong`: lines that are not ours."""

    ended: list[Ended]
    begins: dt.datetime | None
    looked: dt.datetime | None
    wrong: int


def line_of(what: Ended, key: bytes) -> str:
    """Return the line of an ending."""
    said = {"at": what.at.isoformat(), "event": str(what.event), "verb": what.verb, "id": str(what.subject)}
    return _signed(said, key)


def line_of_moment(name: str, at: dt.datetime, key: bytes) -> str:
    """Return the line that says since when the list is kept ("begins"), or until when all is in it ("looked")."""
    return _signed({name: at.isoformat()}, key)


def listed(lines: Iterable[str], key: bytes) -> Listed:
    """Return what the lines say, each event once, in the order of their moments. Never raises on any lines."""
    ended: dict[uuid.UUID, Ended] = {}
    moments: dict[str, list[dt.datetime]] = {"begins": [], "looked": []}
    wrong = 0
    for line in lines:
        said = _opened(line, key)
        try:
            if said is None:
                raise ValueError
            if "event" in said:
                one = Ended(_moment(said["at"]), uuid.UUID(said["event"]), said["verb"], uuid.UUID(said["id"]))
                ended[one.event] = one
            else:
                for name, text in said.items():
                    moments[name].append(_moment(text))
        except (ValueError, KeyError):
            wrong += 1
    return Listed(
        ended=sorted(ended.values(), key=lambda one: (one.at, one.event)),
        begins=min(moments["begins"], default=None),
        looked=max([*moments["looked"], *(one.at for one in ended.values())], default=None),
        wrong=wrong,
    )


def _signed(said: dict[str, str], key: bytes) -> str:
    return json.dumps({**said, "sum": _sum(said, key)}, separators=(",", ":"))


def _opened(line: str, key: bytes) -> dict[str, str] | None:
    try:
        said = json.loads(line) if len(line) <= LONGEST_LINE else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        return None
    given = said.pop("sum", "")
    return said if hmac.compare_digest(given.encode("utf-8", "replace"), _sum(said, key).encode()) else None


def _sum(said: dict[str, str], key: bytes) -> str:
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    return moment

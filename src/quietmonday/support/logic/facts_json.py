"""The facts of a ticket as JSON and back: what a verdict was computed from, kept beside it.

Only moments, dates, text, numbers, enums, tuples, mappings and our dataclasses occur; anything else is a TypeError.
"""

import dataclasses
import datetime as dt
import enum
import functools
import hashlib
import json
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any

from quietmonday.people.logic.calendar import WorkingHours
from quietmonday.support.logic.facts import Target, TicketFacts


def facts_as_json(facts: TicketFacts) -> dict[str, Any]:
    """Return `facts` as JSON values, for `facts_from_json`; fields at their default are left out."""
    stored: dict[str, Any] = _plain(facts)
    return stored


def facts_from_json(stored: Mapping[str, Any]) -> TicketFacts:
    """Return the facts that `facts_as_json` stored. Raises KeyError or TypeError for anything else."""
    facts: TicketFacts = _reader(TicketFacts)(stored)
    return facts


@functools.lru_cache(maxsize=512)
def hours_from_text(stored: str) -> WorkingHours:
    """Return the hours out of stored facts as the database hands them out, as text: the same text, the same object."""
    hours: WorkingHours = _reader(WorkingHours)(json.loads(stored))
    return hours


def inputs_hash(stored: Any) -> str:
    """Return the SHA-256 of JSON values in canonical form (sorted keys, no spaces)."""
    text = json.dumps(stored, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


_AS_IT_IS = frozenset((type(None), bool, int, str))


def _plain(value: Any) -> Any:
    kind: Any = type(value)  # functools.cache wants what can be hashed, and mypy does not believe it of a type
    return _writer(kind)(value)


@functools.cache
def _writer(kind: type) -> Callable[[Any], Any]:
    """Return how a value of `kind` becomes JSON, made once for each type: an import writes facts by the thousand."""
    if issubclass(kind, enum.Enum):
        return lambda value: value.value
    if kind in _AS_IT_IS:
        return lambda value: value
    if issubclass(kind, dt.datetime):
        return lambda value: value.astimezone(dt.UTC).isoformat()
    if issubclass(kind, dt.date):
        return lambda value: value.isoformat()
    if kind in (WorkingHours, Target):
        # The same few for every ticket of an engagement, and the longest part of its facts. Nobody changes them.
        return functools.lru_cache(maxsize=64)(_fields_of(kind))
    if dataclasses.is_dataclass(kind):
        return _fields_of(kind)
    if issubclass(kind, Mapping):
        return lambda value: {str(key): _plain(item) for key, item in value.items()}
    if issubclass(kind, frozenset):
        return lambda value: sorted(_plain(item) for item in value)
    if issubclass(kind, tuple | list):
        return lambda value: [_plain(item) for item in value]
    raise TypeError(f"no place for a {kind.__name__} among the facts of a ticket")


def _fields_of(kind: Any) -> Callable[[Any], dict[str, Any]]:
    fields = [(field.name, field.default) for field in dataclasses.fields(kind) if field.init]

    def as_mapping(value: Any) -> dict[str, Any]:
        mapping = {}
        for name, default in fields:
            found = getattr(value, name)
            if found != default:
                mapping[name] = found if type(found) in _AS_IT_IS else _plain(found)
        return mapping

    return as_mapping


@functools.cache
def _reader(kind: Any) -> Any:
    """Return a function that builds `kind` from JSON, made once for each type: pages read facts in every row."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        inner = _reader(next(a for a in args if a is not type(None)))
        return lambda v: None if v is None else inner(v)
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        item = _reader(args[0])
        return lambda v: tuple(item(each) for each in v)
    if origin is tuple:
        items = [_reader(each) for each in args]
        return lambda v: tuple(read(each) for read, each in zip(items, v, strict=True))
    if origin is frozenset:
        item = _reader(args[0])
        return lambda v: frozenset(item(each) for each in v)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        value = _reader(args[1])
        return lambda v: {key: value(each) for key, each in v.items()}
    if kind is dt.datetime:
        return dt.datetime.fromisoformat
    if kind is dt.date:
        return dt.date.fromisoformat
    if kind is WorkingHours:
        return lambda v: _hours(v["zone"], json.dumps(v["weekly"]), tuple(v.get("holidays", ())))
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        fields = {field.name: _reader(hints[field.name]) for field in dataclasses.fields(kind) if field.init}
        return lambda v: kind(**{name: fields[name](each) for name, each in v.items()})
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind
    if kind in (str, int, bool):
        return lambda v: v
    raise TypeError(f"no place for {kind} among the facts of a ticket")


@functools.lru_cache(maxsize=512)
def _hours(zone: str, weekly: str, holidays: tuple[str, ...]) -> WorkingHours:
    """The same hours are the same object: every row of a page has some, and what is known of them is kept by them."""
    return WorkingHours(
        zone,
        tuple(tuple((begin, end) for begin, end in day) for day in json.loads(weekly)),
        frozenset(map(dt.date.fromisoformat, holidays)),
    )

"""All rows of all our tables as text that two runs of the same story have in common.

What differs from run to run is replaced. Ids: by names that follow from what their rows say and what points at them.
Times, salts, hashes and sealed bytes: by the fact that there is one. Left out are tables and columns that say how work
was carried, not what came of it: background tasks of the library, lives of processes, how often a piece of work was
tried, and the turns of duties that repeat with the time alone.
"""

import contextlib
import hashlib
import json
import re
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections, models

from quietmonday.outbox.models import OutboxItem, OutgoingMessage, Slot

TRANSPORT_TABLES = {"outbox_workerbeat"}
TRANSPORT_COLUMNS = {
    "outbox_outboxitem": {"attempts", "task_id", "last_error"},
    "post_mailboxfolder": {"uid_validity"},  # the server's, when its mailbox began
}
TURNS_OF_TIME = {
    *("post.read_mailboxes", "post.read_mailbox", "outbox.prune", "support.recheck", "integrations.expire_exports"),
    *("people.let_go", "post.unlink_erased", "support.tidy_search", "support.forget_presence"),
    *("support.recurring", "integrations.forget"),
}
ALSO_TURNS = {"people.note_ended"}
"""Done with the time too, and called for by what happens: of these only the turns are left out."""
HASHES = {
    "hash",
    "previous_hash",
    "head_hash",
    "commitment",
    "salt",
    "inputs_hash",
    "bound_to",
    "token_hash",
    "session_key",
    "password",
}
# Of the order in which things were done, for a run whose order a kill may change.
PLACES = {
    "work_workitem": {"number"},
    "journal_entry": {"seq"},
}
# Told at most once in an hour of the clock, which a kill may move: as often as hours were passed with something to say.
HOURLY_TOPIC = "support.senders_ask"
HOURLY_MAIL = "asks:"
_ROUNDS = 6

Row = tuple[str, tuple[tuple[str, str], ...]]


@contextlib.contextmanager
def database(url_or_file: str) -> Iterator[str]:
    """Yield an alias of Django for another database than the test's own: a postgres:// URL or a SQLite file."""
    from quietmonday.config.settings import _database

    settings = _database(url_or_file) if "://" in url_or_file else _database("") | {"NAME": url_or_file}
    alias = "looked_at"
    connections.settings[alias] = connections.settings["default"] | {"TEST": {}} | settings | {"CONN_MAX_AGE": 0}
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]


def all_rows(alias: str, *, in_order: bool = True) -> Counter[Row]:
    """Return every row of every table of ours in the database `alias`, each with how often it is there.

    `in_order`: numbers that are given in the order of the work count too, and what is told once in an hour; without it
    a kill may change that order, and the hours.
    """
    left_out = set() if in_order else _hourly(alias)
    told = [
        _told(model, row, in_order)
        for model in _our_models()
        for row in _rows(model, alias)
        if row[model._meta.pk.attname] not in left_out
    ]
    names = _names(told)
    return Counter(
        (table, tuple((column, _named(text, names)) for column, text in columns)) for table, _, columns in told
    )


def differences(one: Counter[Row], other: Counter[Row], most: int = 12) -> str:
    """Return the rows that only one of two runs has, for a person to read; "" when there are none."""
    # One row that says something else changes the names of all around it: the rows without names come first.
    if (plain := _without_names(one)) != (other_plain := _without_names(other)):
        one, other = plain, other_plain
    lines = [f"only in the first: {_short(row)}" for row in (one - other).elements()][:most]
    lines += [f"only in the second: {_short(row)}" for row in (other - one).elements()][:most]
    return "\n".join(lines)


def _without_names(rows: Counter[Row]) -> Counter[Row]:
    plain: Counter[Row] = Counter()
    for (table, columns), count in rows.items():
        plain[table, tuple((column, re.sub("⟨[0-9a-f]+⟩", "⟨⟩", text)) for column, text in columns)] += count
    return plain


_Told = tuple[str, str, list[tuple[str, str]]]  # table, own id, columns


def _our_models() -> list[type[models.Model]]:
    ours = [model for model in apps.get_models() if model.__module__.startswith("quietmonday.")]
    return [model for model in ours if model._meta.db_table not in TRANSPORT_TABLES]


def _rows(model: type[models.Model], alias: str) -> Iterator[dict[str, Any]]:
    for row in model._base_manager.using(alias).values():
        topic = row.get("topic") if model._meta.app_label == "outbox" else None
        turn = topic in ALSO_TURNS and (model is Slot or "slot" in row["ids"])
        if topic not in TURNS_OF_TIME and not turn:
            yield row


def _hourly(alias: str) -> set[uuid.UUID]:
    """Return the ids of what is told once in an hour: the work that tells it, the mails, and the sending of them."""
    mails = OutgoingMessage.objects.using(alias).filter(key__startswith=HOURLY_MAIL)
    work = OutboxItem.objects.using(alias).filter(topic=HOURLY_TOPIC)
    return {ref for pair in mails.values_list("pk", "item") for ref in pair} | set(work.values_list("pk", flat=True))


def _told(model: type[models.Model], row: dict[str, Any], in_order: bool) -> _Told:
    """Return a row with all that differs from run to run replaced, but its ids: those become ⟨id⟩."""
    table = model._meta.db_table
    left_out = TRANSPORT_COLUMNS.get(table, set()) | (set() if in_order else PLACES.get(table, set()))
    columns = [
        (field.attname, _text(table, field, row[field.attname], in_order))
        for field in model._meta.concrete_fields
        if field.attname not in left_out
    ]
    return table, _plain(row[model._meta.pk.attname]), columns


def _text(table: str, field: "models.Field[Any, Any]", value: Any, in_order: bool) -> str:
    if value is None:
        return "nothing"
    if isinstance(field, models.UUIDField | models.ForeignKey):
        return f"⟨{_plain(value)}⟩"
    if isinstance(field, models.DateTimeField):
        return "a time"
    if field.attname in HASHES or (table, field.attname) == ("post_inboxitem", "sha256"):
        return "a hash" if value else ""
    if isinstance(field, models.BinaryField) and field.attname != "data":
        return "sealed"
    if isinstance(value, bytes | memoryview):
        return _replaced(bytes(value).decode("latin-1"))
    if isinstance(value, dict | list):
        return _replaced(json.dumps(value if in_order else _without_places(value), sort_keys=True, ensure_ascii=False))
    return _replaced(str(value))


def _without_places(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_places(each) for key, each in value.items() if key not in {"number", "seq"}}
    return [_without_places(each) for each in value] if isinstance(value, list) else value


def _plain(value: Any) -> str:
    return str(value).replace("-", "")


_REPLACED = [
    (re.compile(r"(mailbox:[0-9a-f-]{36}):\d+:(\d+)"), r"\1:validity:\2"),
    (re.compile(r"qm\.[a-z2-7]{45}\.([0-9a-f]{32})", re.IGNORECASE), r"qm.signed"),
    (re.compile(r"\+r\.[a-z2-7]{45}", re.IGNORECASE), "+r.signed"),
    (re.compile(r"<\d+\.\d+\.\d+\.monday"), "<random.monday"),
    (re.compile(r"\b([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\b"), r"⟨\1\2\3\4\5⟩"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "a hash"),
    (re.compile(r"(?<!⟨)([0-9a-f]{32})(?![0-9a-f])"), r"⟨\1⟩"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(\.\d+)?(Z|\+\d\d:\d\d)?"), "a time"),
]


def _replaced(text: str) -> str:
    for pattern, by in _REPLACED:
        text = pattern.sub(by, text)
    return text


_ID = re.compile(r"⟨([0-9a-f]{32})⟩")


def _names(told: list[_Told]) -> dict[str, str]:
    """Return a name for every id: first of what its row says, then also of the names in it and around it.

    Refined as colours of a graph are: two ids get the same name only where nothing in reach tells them apart.
    """
    names: dict[str, str] = defaultdict(lambda: "?")
    for _ in range(_ROUNDS):
        said: dict[str, list[str]] = defaultdict(list)
        for table, own, columns in told:
            whole = _hashed([table, *(f"{column}={_named(text, names)}" for column, text in columns)])
            said[own].append(f"is {whole}")
            for column, text in columns:
                for other in _ID.findall(text):
                    said[other].append(f"{table}.{column} {whole}")
        fresh = {each: _hashed(sorted(lines)) for each, lines in said.items()}
        names.clear()
        names.update(fresh)
    return names


def _named(text: str, names: dict[str, str]) -> str:
    return _ID.sub(lambda match: f"⟨{names[match[1]][:12]}⟩", text)


def _hashed(lines: list[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _short(row: Row) -> str:
    table, columns = row
    return f"{table} " + ", ".join(f"{column}={text[:300]}" for column, text in columns)

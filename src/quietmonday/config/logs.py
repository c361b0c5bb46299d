"""Structured logs: one JSON line an event, on standard error, without secrets or text that a person wrote.

A line holds what stands in COMMON, and beyond that what EVENTS allows for its event; anything else is left out and
counted. Libraries write sentences with paths, host names and messages of exceptions in them: of theirs the sentence is
kept without its words, and of an exception its class and the lines of code that it came through.
"""

import logging
import traceback
from collections.abc import Mapping, MutableMapping
from pathlib import PurePath
from typing import Any

import structlog

COMMON = frozenset({"event", "logger", "level", "timestamp", "request", "error", "at", "left_out"})
EVENTS: Mapping[str, frozenset[str]] = {
    "request": frozenset({"view", "method", "status", "ms"}),
    "child.ended": frozenset({"child", "code", "again_in", "log"}),
    "child.did_not_stop": frozenset({"child", "seconds"}),
    "outbox.done": frozenset({"topic", "item", "attempts", "held"}),
    "outbox.failed": frozenset({"topic", "item", "attempts", "reason", "again"}),
    "outbox.made_up_recipient": frozenset({"message"}),
    "outbox.reaped": frozenset({"topic", "item", "attempts"}),
    "outbox.schedule_broken": frozenset({"topic", "reason"}),
    "worker.database_error": frozenset({"reason"}),
    "worker.beat_missed": frozenset({"reason"}),
    "scheduler.database_error": frozenset({"reason"}),
    "provider refused": frozenset({"provider", "rule", "why"}),
    "worker.companion_failed": frozenset({"name", "reason"}),
    "mailbox not read": frozenset({"mailbox", "reason"}),
    "listening.not_begun": frozenset({"mailbox", "reason"}),
    "listening.database_error": frozenset({"reason"}),
    "smtp.database_error": frozenset({"reason"}),
    "smtp.not_kept": frozenset({"reason"}),
    "smtp.beat_missed": frozenset({"reason"}),
    "api.broken": frozenset({"exc_info"}),
    "chunk of mails taken in one by one": frozenset({"mails"}),
}
"""Event of ours → what its line may hold beside COMMON."""

MOST_FRAMES = 12
_Line = MutableMapping[str, Any]


def _bounded(logger: Any, method: str, line: _Line) -> _Line:
    """Keep of a line what the schema allows."""
    record: logging.LogRecord = line["_record"]
    if not line["_from_structlog"]:
        line["event"] = _sentence(record, line.pop("positional_args", ()))
    where = _where(line.pop("exc_info", None))
    allowed = COMMON | EVENTS.get(str(line["event"]), frozenset()) | {"_record", "_from_structlog"}
    odd = [name for name in line if name not in allowed]
    for name in odd:
        del line[name]
    return {**line, **where, **({"left_out": len(odd)} if odd else {})}


def _sentence(record: logging.LogRecord, words: Any) -> str:
    """Return what a library said without the words that it filled in; numbers stay."""
    if record.name.startswith("django.security"):
        return f"refused: {record.name.rpartition('.')[2]}"
    if not words and record.name.split(".")[0] not in ("gunicorn", "quietmonday"):
        return f"said something at {record.module}:{record.lineno}"
    try:
        return str(record.msg) % tuple(each if isinstance(each, int | float) else "…" for each in words)
    except (TypeError, ValueError):
        return str(record.msg)


def _where(exc_info: Any) -> dict[str, Any]:
    """Return class and way of an exception. Its message quotes what people wrote."""
    if not isinstance(exc_info, tuple) or exc_info[0] is None:
        return {}
    frames = traceback.extract_tb(exc_info[2])[-MOST_FRAMES:]
    lines = ["/".join(PurePath(frame.filename).parts[-3:]) + f":{frame.lineno} {frame.name}" for frame in frames]
    return {"error": exc_info[0].__name__, "at": lines}


_shared: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": _shared,
            "pass_foreign_args": True,
            "processors": [
                _bounded,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),  # escapes CR, LF and ESC, so that no value forges a line
            ],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        "django.security.DisallowedHost": {"level": "ERROR"},
    },
}

structlog.configure(
    processors=[*_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

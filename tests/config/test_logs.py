"""What may stand in a log line, whoever writes it."""

import ast
import json
import logging
import sys
from pathlib import Path
from typing import Any

import pytest
import structlog

from quietmonday.config.logs import COMMON, EVENTS, LOGGING

SRC = Path(__file__).resolve().parents[2] / "src" / "quietmonday"
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}
SECRET = "tok3n-of-a-link"


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    """Log as in earnest; returns the lines since the last call."""
    formatter = LOGGING["formatters"]["json"]

    def lines(name: str, log: Any) -> list[dict[str, Any]]:
        logger = logging.getLogger(name)
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(formatter["()"](**{key: value for key, value in formatter.items() if key != "()"}))
        logger.addHandler(handler)
        try:
            log(logger)
        finally:
            logger.removeHandler(handler)
        return [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]

    return lines


def logged_calls() -> list[tuple[str, str, set[str]]]:
    """Return place, event and keys of every call of a logger in our code."""
    found = []
    for path in sorted(SRC.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS):
                continue
            if not (isinstance(node.func.value, ast.Name) and node.func.value.id in ("_log", "log", "logger")):
                continue
            [event] = node.args
            assert isinstance(event, ast.Constant), f"{path}:{node.lineno} logs what is no fixed event"
            found.append((f"{path.name}:{node.lineno}", str(event.value), {str(word.arg) for word in node.keywords}))
    return found


def test_every_line_that_our_code_writes_is_in_the_schema_and_the_schema_holds_no_other() -> None:
    calls = logged_calls()
    assert len(calls) >= 12
    assert [call for call in calls if not call[2] <= COMMON | EVENTS.get(call[1], frozenset())] == []
    assert {event for _, event, _ in calls} == set(EVENTS)


def test_what_the_schema_does_not_name_is_left_out_and_counted(said: Any) -> None:
    [line] = said("quietmonday.web", lambda _: structlog.get_logger("quietmonday.web").error("request", path=SECRET))
    assert SECRET not in str(line)
    assert line["left_out"] == 1
    assert line["event"] == "request"


def test_a_path_in_a_librarys_sentence_is_left_out_and_its_numbers_stay(said: Any) -> None:
    [line] = said("django.request", lambda logger: logger.error("Not Found: %s in %d ms", f"/once/{SECRET}/", 12))
    assert line["event"] == "Not Found: … in 12 ms"
    assert set(line) <= COMMON


def test_the_words_of_an_exception_are_left_out_and_its_way_stays(said: Any) -> None:
    def fail(logger: logging.Logger) -> None:
        try:
            raise ValueError(f"no such person: {SECRET}")
        except ValueError:
            logger.exception("Error handling request %s", f"/?q={SECRET}")

    [line] = said("gunicorn.error", fail)
    assert SECRET not in str(line)
    assert (line["event"], line["error"]) == ("Error handling request …", "ValueError")
    assert line["at"][-1].startswith("tests/config/test_logs.py:")


@pytest.mark.parametrize("name", ["django.security.DisallowedHost", "PIL.Image", "asyncio"])
def test_a_sentence_that_a_library_made_up_itself_is_not_kept(said: Any, name: str) -> None:
    [line] = said(name, lambda logger: logger.error(f"Invalid HTTP_HOST header: '{SECRET}'\n" + '{"event": "forged"}'))
    assert SECRET not in str(line)
    assert set(line) <= COMMON

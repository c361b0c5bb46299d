"""Placeholders, answers and lines of a common request."""

import pytest

from quietmonday.support.logic.ticket_templates import (
    Answer,
    Question,
    StepLine,
    answers_from_json,
    as_json,
    filled,
    lines_of,
    questions_from_json,
    steps_from_json,
    text_of,
    unknown_placeholders,
)

QUESTIONS = [
    Question("Name", required=True),
    Question("First day", "date"),
    Question("Laptop", "choice", ("new", "old")),
]


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("New starter: {Name}", "New starter: Ada"),
        ("{ name } at {business}", "Ada at Oakhurst"),
        ("{Nobody knows}", ""),
        ("{Name", "{Name"),
        ("{}", ""),
        ("{{Name}}", "{Ada}"),
        ("{0.__class__} {Name!r} %(Name)s", "  %(Name)s"),
    ],
)
def test_a_subject_is_filled(subject: str, told: str) -> None:
    assert filled(subject, {"Name": "Ada", "business": "Oakhurst"}) == told


def test_what_was_put_in_is_not_filled_again() -> None:
    assert filled("{Name}", {"Name": "{business}", "business": "Oakhurst"}) == "{business}"


def test_placeholders_that_nobody_asks_for_are_named() -> None:
    assert unknown_placeholders("{name} {Business} {Room} {}", QUESTIONS, ["business"]) == ["Room", ""]


def test_answers_become_text() -> None:
    answers = [Answer("Name", "text", "Ada"), Answer("First day", "date", "2026-12-01"), Answer("Laptop", "choice", "")]
    assert text_of(answers, " Desk by the window \n", {"2026-12-01": "1 December 2026"}) == (
        "Name: Ada\nFirst day: 1 December 2026\n\nDesk by the window"
    )
    assert text_of([], "", {}) == ""


def test_lines_are_taken_once_and_empty_ones_are_not() -> None:
    assert lines_of(" a \n\n b  c\r\na\n") == ["a", "b c"]


def test_all_of_it_comes_back_as_it_went() -> None:
    steps, answers = [StepLine("Order"), StepLine("Margin", internal=True)], [Answer("Name", "text", "Ada")]
    assert questions_from_json(as_json(QUESTIONS)) == QUESTIONS
    assert steps_from_json(as_json(steps)) == steps
    assert answers_from_json(as_json(answers)) == answers

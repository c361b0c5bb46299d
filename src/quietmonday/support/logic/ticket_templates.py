"""What a common request asks, how its answers become its subject and its text, and what is done for it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MOST_QUESTIONS = 20
MOST_STEPS = 100
MOST_CHOICES = 20
LONGEST_STEP = 300

QUESTION_KINDS = ("text", "choice", "date")

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclasses.dataclass(frozen=True, slots=True)
class Question:
    """`kind` of QUESTION_KINDS; `choices` of a choice."""

    label: str
    kind: str = "text"
    choices: tuple[str, ...] = ()
    required: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class StepLine:
    """One line of the checklist; `internal`: only the supplier sees it."""

    text: str
    internal: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: a text, one of the choices, or a date as ISO 8601."""

    question: str
    kind: str
    answer: str


def questions_from_json(stored: Iterable[Mapping[str, Any]]) -> list[Question]:
    """Return the questions of a template."""
    return [Question(each["label"], each["kind"], tuple(each["choices"]), each["required"]) for each in stored]


def steps_from_json(stored: Iterable[Mapping[str, Any]]) -> list[StepLine]:
    """Return the checklist of a template."""
    return [StepLine(each["text"], each["internal"]) for each in stored]


def answers_from_json(stored: Iterable[Mapping[str, Any]]) -> list[Answer]:
    """Return answers as they are stored."""
    return [Answer(each["question"], each["kind"], each["answer"]) for each in stored]


def as_json(parts: Iterable[Question | StepLine | Answer]) -> list[dict[str, Any]]:
    """Return any of them as JSON values."""
    plain = (dataclasses.asdict(each) for each in parts)
    return [{key: list(value) if isinstance(value, tuple) else value for key, value in each.items()} for each in plain]


def lines_of(text: str) -> list[str]:
    """Return the lines of a text that say something, each once and as one line."""
    return list(dict.fromkeys(line for each in text.splitlines() if (line := " ".join(each.split()))))


def unknown_placeholders(subject: str, questions: Iterable[Question], always: Iterable[str]) -> list[str]:
    """Return what stands in braces in `subject` and is neither a question nor one of `always`."""
    known = {_folded(question.label) for question in questions} | {_folded(each) for each in always}
    return [each for each in _PLACEHOLDER.findall(subject) if _folded(each) not in known]


def filled(subject: str, values: Mapping[str, str]) -> str:
    """Return `subject` with each {placeholder} replaced by its value, the empty text for none; once, never again
    inside what was put in."""
    known = {_folded(name): value for name, value in values.items()}
    return _PLACEHOLDER.sub(lambda found: known.get(_folded(found[1]), ""), subject)


def text_of(answers: Sequence[Answer], more: str, day: Mapping[str, str]) -> str:
    """Return the answers as the first message says them, then what else was written. `day`: ISO date → in words."""
    told = [f"{each.question}: {day.get(each.answer, each.answer)}" for each in answers if each.answer]
    return "\n\n".join(part for part in ("\n".join(told), more.strip()) if part)


def dates_in(answers: Iterable[Answer]) -> list[dt.date]:
    """Return the dates that were answered."""
    return [dt.date.fromisoformat(each.answer) for each in answers if each.kind == "date" and each.answer]


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()

"""Sentences: formats, words for every rule, and a way in for other languages."""

import datetime as dt
import re

import pytest

from quietmonday.support.logic.sentences import (
    KINDS,
    NOTES,
    PLURALS,
    TEMPLATES,
    format_date,
    format_duration,
    format_when,
    render,
)
from quietmonday.support.logic.verdict import effective, quick
from tests.support.labels import ZONE, Label, labels, london


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 min"),
        (1, "1 min"),
        (26 * 60, "26 min"),
        (26 * 60 + 1, "27 min"),
        (3600, "1 h"),
        (65 * 60, "1 h 05"),
        (6000, "1 h 40"),
        (80 * 3600, "80 h"),
    ],
)
def test_a_duration_is_short_and_never_flatters(seconds: int, text: str) -> None:
    assert format_duration(seconds) == text


@pytest.mark.parametrize(("hours", "text"), [(35, "35 h"), (36, "2 days"), (59, "2 days"), (70 * 24, "70 days")])
def test_a_long_span_on_the_wall_is_told_in_days(hours: int, text: str) -> None:
    assert format_duration(hours * 3600, as_days=True) == text


def test_a_moment_is_told_as_people_say_it_in_the_zone() -> None:
    moment = london("2026-11-26 10:00")
    assert format_when(moment, ZONE) == "Thu 26 Nov, 10:00"
    assert format_when(moment, ZONE, london("2026-11-26 08:00")) == "10:00 today"
    assert format_when(moment, ZONE, london("2027-01-04 08:00")) == "Thu 26 Nov 2026, 10:00"
    assert format_when(moment, "Asia/Tokyo") == "Thu 26 Nov, 19:00"
    assert format_date(dt.datetime(2026, 6, 30, 23, 30, tzinfo=dt.UTC), ZONE) == "Wed 1 Jul"


def test_every_placeholder_has_a_kind() -> None:
    texts = [*TEMPLATES.values(), *NOTES.values(), *(text for pair in PLURALS.values() for text in pair)]
    names = {name for text in texts for name in re.findall(r"%\((\w+)\)s", text)}
    assert names == set(KINDS)


@pytest.mark.parametrize("label", labels(), ids=lambda label: str(label.n))
def test_every_sentence_goes_through_the_translation(label: Label) -> None:
    for verdict in (quick(label.facts, label.now), effective(label.facts, label.now)):
        text = render(
            verdict.rule,
            verdict.params,
            ZONE,
            lambda message: f"[{message}]",
            translate_plural=lambda one, many, n: f"[{many}]",
            now=label.now,
        )
        while "[" in text:
            text = re.sub(r"\[[^\[\]]*\]", "", text)
        assert not text.strip()


def test_plural_forms_are_chosen_by_the_language() -> None:
    asked: list[tuple[str, str, int]] = []

    def plural(one: str, many: str, n: int) -> str:
        asked.append((one, many, n))
        return many

    assert render("H.held", {"n": 1}, ZONE, translate_plural=plural) == "1 are held by a workaround."
    assert asked == [("%(n)s is held by a workaround.", "%(n)s are held by a workaround.", 1)]


def test_names_are_shown_as_they_are_and_a_missing_one_is_paraphrased() -> None:
    params = {"supplier": "100 % IT", "requester": "%(x)s", "took": 60, "waited": 60, "elapsed": 120}
    assert render("Q3", params, ZONE) == (
        "100 % IT took 1 min; 1 min of the 2 min was waiting for an answer from %(x)s."
    )
    assert render("E5", {"person": ""}, ZONE) == "The one who asked said solved. Nothing since."


def test_a_rule_without_words_is_a_fault() -> None:
    with pytest.raises(KeyError):
        render("Q9", {}, ZONE)

"""Forty tickets, judged by hand before the rules were written."""

import json

import pytest

from quietmonday.support.logic.sentences import render
from quietmonday.support.logic.verdict import effective, quick
from tests.support.labels import ZONE, Label, labels

LABELS = labels()


@pytest.mark.parametrize("label", LABELS, ids=lambda label: f"{label.n}: {label.about}")
def test_a_labelled_ticket_gets_its_verdicts_and_sentences(label: Label) -> None:
    q, e = quick(label.facts, label.now), effective(label.facts, label.now)
    assert (q.value, q.rule, render(q.rule, q.params, ZONE, now=label.now)) == label.quick
    assert (e.value, e.rule, render(e.rule, e.params, ZONE, now=label.now)) == label.effective
    assert (q.disputed, e.disputed) == (label.disputed, label.disputed)


def test_there_are_forty_and_every_rule_is_among_them() -> None:
    assert [label.n for label in LABELS] == list(range(1, 41))
    assert {label.quick[1] for label in LABELS} == {"Q1", "Q2", "Q2a", "Q3", "Q4", "Q5", "Q6", "N"}
    assert {label.effective[1] for label in LABELS} == {"E1", "E2", "E3", "E4", "E4a", "E5", "E6", "E7", "N"}


@pytest.mark.parametrize("label", LABELS, ids=lambda label: str(label.n))
def test_a_verdict_keeps_plain_parameters_and_the_ids_of_its_facts(label: Label) -> None:
    for verdict in (quick(label.facts, label.now), effective(label.facts, label.now)):
        assert json.loads(json.dumps(dict(verdict.params))) == dict(verdict.params)
        assert verdict.facts
        assert set(verdict.facts) <= _ids(label)


def _ids(label: Label) -> set[str]:
    facts = label.facts
    events = (
        *(facts.messages + facts.callbacks + facts.promises + facts.pauses + facts.resolutions),
        *(facts.reopenings + facts.repeats + facts.feedback + facts.checks + facts.priorities),
    )
    return {facts.id, *(event.id for event in events)}

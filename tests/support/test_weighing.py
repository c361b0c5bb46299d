"""Something broken or wanted, whom it hits, how hard; and the supplier says otherwise."""

from __future__ import annotations

import datetime as dt

import pytest

from quietmonday.journal.models import Entry
from quietmonday.journal.queries import standing_bodies
from quietmonday.support.actions.weighing import CannotWeigh, set_priority, weigh
from quietmonday.support.logic.facts_json import facts_from_json
from quietmonday.support.logic.verdict import quick
from quietmonday.support.models import PriorityChange, Ticket, Verdict
from quietmonday.support.queries.told import words_as_told
from tests.cast import Cast
from tests.support.scene import TUESDAY, actor, answered, asked

pytestmark = pytest.mark.django_db

LATER = TUESDAY + dt.timedelta(minutes=20)


def told(ticket: Ticket, verb: str) -> list[dict[str, object]]:
    """Return what the journal says under this verb."""
    entries = list(Entry.objects.filter(subject_id=ticket.id, verb=f"ticket.{verb}").order_by("id"))
    bodies = standing_bodies(entries)
    return [dict(bodies[entry.pk] or {}) for entry in entries]


def test_a_request_is_opened_as_urgent_as_what_was_said_makes_it(cast: Cast) -> None:
    ticket = asked(cast, "Nothing works", impact="all", can_work="no")
    assert (ticket.priority, ticket.priorities.get().priority, ticket.priorities.get().note) == (1, 1, "")


def test_what_a_form_sets_by_hand_holds_at_the_opening(cast: Cast) -> None:
    assert asked(cast, "Nothing works", impact="all", can_work="no", priority=4).priority == 4


def test_saying_that_it_hits_more_makes_it_more_urgent_and_keeps_both(cast: Cast) -> None:
    ticket = asked(cast, impact="one", can_work="partly")
    weigh(ticket=ticket, kind="incident", impact="all", can_work="no", actor=actor(cast.ruth), now=LATER)
    ticket.refresh_from_db()
    assert (ticket.impact, ticket.can_work, ticket.priority) == ("all", "no", 1)
    changes = PriorityChange.objects.filter(ticket=ticket).order_by("since")
    assert [(c.priority, c.since, c.by_name) for c in changes] == [
        (3, TUESDAY, "Dele Adeyemi"),
        (1, LATER, "Ruth Okafor"),
    ]
    assert told(ticket, "weighed") == [
        {
            "number": ticket.work_item.number,
            "kind": "incident",
            "impact": "all",
            "can_work": "no",
            "from": {"kind": "incident", "impact": "one", "can_work": "partly"},
            "priority": 1,
        }
    ]


def test_both_verdicts_are_kept_when_it_becomes_more_urgent(cast: Cast) -> None:
    ticket = asked(cast, impact="one", can_work="partly")  # 240 minutes to the first answer
    late = TUESDAY + dt.timedelta(minutes=200)
    answered(cast, ticket, at=late)
    weigh(ticket=ticket, kind="incident", impact="all", can_work="no", actor=actor(cast.dele), now=late)
    facts = facts_from_json(Verdict.objects.get(ticket=ticket).inputs)
    verdict = quick(facts, late + dt.timedelta(minutes=5))
    assert (verdict.value.value, verdict.rule) == ("no", "Q2")
    assert (verdict.params["as"], [c.priority for c in facts.priorities]) == ({"3": "ahead", "1": "missed"}, ["3", "1"])


def test_saying_the_same_again_changes_nothing(cast: Cast) -> None:
    ticket = asked(cast, impact="one", can_work="partly")
    weigh(ticket=ticket, kind="incident", impact="one", can_work="partly", actor=actor(cast.dele), now=LATER)
    assert (PriorityChange.objects.count(), told(ticket, "weighed")) == (1, [])


def test_something_wanted_that_was_called_broken_is_put_right(cast: Cast) -> None:
    ticket = asked(cast, "A second screen, please", impact="one")
    weigh(ticket=ticket, kind="service_request", impact="one", can_work="", actor=actor(cast.sam), now=LATER)
    ticket.refresh_from_db()
    assert (ticket.kind, ticket.priority) == ("service_request", 4)


def test_the_supplier_says_otherwise_with_its_reason(cast: Cast) -> None:
    ticket = asked(cast, impact="all", can_work="no")
    with pytest.raises(CannotWeigh):
        set_priority(ticket=ticket, priority=3, actor=actor(cast.sam), now=LATER, reason=" ")
    set_priority(ticket=ticket, priority=3, actor=actor(cast.sam), now=LATER, reason="A planned power cut.")
    change = PriorityChange.objects.get(since=LATER)
    assert (change.priority, change.note) == (3, "A planned power cut.")
    assert told(ticket, "prioritised")[0]["note"] == "A planned power cut."
    assert not list(words_as_told(cast.oakhurst.id))


def test_going_back_to_what_follows_needs_no_reason(cast: Cast) -> None:
    ticket = asked(cast, impact="all", can_work="no", priority=4)
    set_priority(ticket=ticket, priority=1, actor=actor(cast.sam), now=LATER)
    assert PriorityChange.objects.get(since=LATER).note == ""


def test_without_a_word_on_whom_it_hits_the_supplier_needs_no_reason(cast: Cast) -> None:
    ticket = asked(cast)
    set_priority(ticket=ticket, priority=2, actor=actor(cast.sam), now=LATER)
    ticket.refresh_from_db()
    assert ticket.priority == 2


def test_what_the_supplier_set_by_hand_holds_until_what_it_was_set_for_changes(cast: Cast) -> None:
    ticket = asked(cast, impact="several", can_work="partly")
    set_priority(ticket=ticket, priority=4, actor=actor(cast.sam), now=LATER, reason="They share one printer.")
    after = LATER + dt.timedelta(minutes=1)
    weigh(ticket=ticket, kind="incident", impact="several", can_work="no", actor=actor(cast.dele), now=after)
    ticket.refresh_from_db()
    assert ticket.priority == 4  # the same follows from both
    weigh(ticket=ticket, kind="incident", impact="all", can_work="no", actor=actor(cast.dele), now=after)
    ticket.refresh_from_db()
    assert ticket.priority == 1


@pytest.mark.parametrize(
    "wrong", [{"kind": "disaster"}, {"impact": "everybody"}, {"can_work": "maybe"}, {"impact": "x" * 10_000}]
)
def test_what_does_not_exist_is_refused(cast: Cast, wrong: dict[str, str]) -> None:
    ticket = asked(cast, impact="one")
    said = {"kind": "incident", "impact": "one", "can_work": "", **wrong}
    with pytest.raises(CannotWeigh):
        weigh(ticket=ticket, actor=actor(cast.sam), now=LATER, **said)
    assert PriorityChange.objects.count() == 1

"""Checklists: who ticked what and when, in which order, and whose steps are whose."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from quietmonday.journal.models import Entry
from quietmonday.support.actions.erasing import erase_words
from quietmonday.support.actions.settling import resolve
from quietmonday.support.actions.steps import (
    TooManySteps,
    add_steps,
    move_step,
    remove_step,
    tick_step,
    untick_step,
)
from quietmonday.support.models import Step, Ticket
from tests.cast import Cast
from tests.support.scene import TUESDAY, actor, asked

pytestmark = pytest.mark.django_db

LATER = TUESDAY + dt.timedelta(hours=1)


def listed(cast: Cast, *texts: str, internal: bool = False, ticket: Ticket | None = None) -> list[Step]:
    return add_steps(
        ticket=ticket or asked(cast), texts=texts, supplier=cast.fennimore if internal else None,
        actor=actor(cast.sam), now=TUESDAY,
    )  # fmt: skip


def told(ticket: Ticket, verb: str) -> list[dict[str, Any]]:
    rows = Entry.objects.filter(subject_id=ticket.pk, verb=f"ticket.{verb}").select_related("payload").order_by("id")
    return [row.payload.body or {} for row in rows]


def texts(ticket: Ticket) -> list[str]:
    return list(Step.objects.filter(ticket=ticket).values_list("text", flat=True))


def test_steps_stand_in_order_and_the_request_knows_of_them(cast: Cast) -> None:
    ticket = asked(cast)
    assert not ticket.has_steps
    listed(cast, "Order", "Unpack", ticket=ticket)
    listed(cast, "Hand over", ticket=ticket)
    ticket.refresh_from_db()
    assert ticket.has_steps
    assert texts(ticket) == ["Order", "Unpack", "Hand over"]
    assert [each["text"] for each in told(ticket, "steps_added")] == [["Order", "Unpack"], ["Hand over"]]


def test_who_ticked_first_stays(cast: Cast) -> None:
    step = listed(cast, "Order")[0]
    assert tick_step(step=step, actor=actor(cast.sam), now=TUESDAY)
    assert not tick_step(step=step, actor=actor(cast.asha), now=LATER)
    step.refresh_from_db()
    assert (step.ticked_by, step.ticked_at) == ("Sam Kessler", TUESDAY)
    assert len(told(step.ticket, "step_ticked")) == 1
    assert untick_step(step=step, actor=actor(cast.asha), now=LATER)
    assert not untick_step(step=step, actor=actor(cast.asha), now=LATER)
    step.refresh_from_db()
    assert (step.ticked_by, step.ticked_at) == ("", None)


def test_steps_change_places(cast: Cast) -> None:
    one, two, three = listed(cast, "1", "2", "3")
    assert move_step(step=three, by=-1, actor=actor(cast.sam), now=LATER)
    assert texts(one.ticket) == ["1", "3", "2"]
    assert not move_step(step=one, by=-1, actor=actor(cast.sam), now=LATER)
    assert not move_step(step=two, by=1, actor=actor(cast.sam), now=LATER)
    assert texts(one.ticket) == ["1", "3", "2"]


def test_what_a_supplier_keeps_to_itself_is_in_no_shared_chain(cast: Cast) -> None:
    step = listed(cast, "Margin is thin", internal=True)[0]
    tick_step(step=step, actor=actor(cast.sam), now=LATER)
    remove_step(step=step, actor=actor(cast.sam), now=LATER)
    for verb in ("own_steps_added", "own_step_ticked", "own_step_removed"):
        assert "Margin" not in str(told(step.ticket, verb))
        assert told(step.ticket, verb)


def test_the_last_step_gone_is_no_checklist(cast: Cast) -> None:
    step = listed(cast, "Only one")[0]
    assert remove_step(step=step, actor=actor(cast.sam), now=LATER)
    assert not remove_step(step=step, actor=actor(cast.sam), now=LATER)
    assert not tick_step(step=step, actor=actor(cast.sam), now=LATER)
    assert not move_step(step=step, by=1, actor=actor(cast.sam), now=LATER)
    assert not Ticket.objects.get(pk=step.ticket_id).has_steps


def test_a_thousand_steps_are_refused_and_none_of_them_is_kept(cast: Cast) -> None:
    ticket = asked(cast)
    with pytest.raises(TooManySteps):
        listed(cast, *(f"Step {n}" for n in range(1_000)), ticket=ticket)
    listed(cast, *(f"Step {n}" for n in range(100)), ticket=ticket)
    with pytest.raises(TooManySteps):
        listed(cast, "One more", ticket=ticket)
    assert Step.objects.count() == 100


def test_unticked_steps_do_not_stand_in_the_way_of_settling(cast: Cast) -> None:
    step = listed(cast, "Order")[0]
    resolve(ticket=step.ticket, kind="fixed", actor=actor(cast.sam), now=LATER)
    assert Ticket.objects.get(pk=step.ticket_id).state == "resolved"


def test_erasing_every_word_erases_steps_and_what_the_journal_says_of_them(cast: Cast) -> None:
    step = listed(cast, "Call the doctor of Bill")[0]
    tick_step(step=step, actor=actor(cast.sam), now=LATER)
    resolve(ticket=step.ticket, kind="fixed", actor=actor(cast.sam), now=LATER)
    erase_words(tickets=[step.ticket_id], business=cast.oakhurst, actor=actor(cast.ruth), reason="asked", now=LATER)
    step.refresh_from_db()
    assert (step.text, step.ticked_by) == ("", "Sam Kessler")
    assert "doctor" not in str([told(step.ticket, verb) for verb in ("steps_added", "step_ticked")])

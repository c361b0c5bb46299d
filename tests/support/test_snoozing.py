"""A snooze takes a request out of "My move". It stops no clock, hides nothing that is due, and no client is told."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.journal.models import Entry
from quietmonday.journal.queries import standing_bodies
from quietmonday.support.actions.handing import assign
from quietmonday.support.actions.settling import resolve
from quietmonday.support.actions.snoozing import CannotSnooze, snooze, wake
from quietmonday.support.actions.talking import note_for_colleagues, say_to_customer
from quietmonday.support.actions.waiting import promise_word
from quietmonday.support.logic.attention import HOT_WITHIN
from quietmonday.support.logic.snoozing import UNTIL_ANSWER, comes_back
from quietmonday.support.models import Snooze, Ticket
from tests.cast import Cast, Member
from tests.support.scene import TUESDAY, actor, answered, asked, words, wrote
from tests.support.test_queue_page import queue, subjects

MOMENTS = st.integers(0, 365 * 24 * 60).map(lambda minutes: TUESDAY + dt.timedelta(minutes=minutes))


@given(until=MOMENTS, due=st.lists(st.none() | MOMENTS, max_size=3))
def test_it_comes_back_at_its_time_or_two_hours_before_anything_is_due(
    until: dt.datetime, due: list[dt.datetime | None]
) -> None:
    back = comes_back(until, due)
    assert back <= until
    assert all(back <= at - HOT_WITHIN for at in due if at)
    assert back in {until, *(at - HOT_WITHIN for at in due if at)}


def ago(minutes: int) -> dt.datetime:
    return dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """Answered, so that nothing but the fix is due, and that in 40 open hours."""
    row = asked(cast, "Scanner", at=ago(10), priority=4)
    answered(cast, row, at=ago(9))
    return Ticket.objects.get(pk=row.pk)


def put_off(cast: Cast, ticket: Ticket, until: dt.datetime | None, who: Member | None = None, why: str = "") -> Snooze:
    member = who or cast.sam
    supplier = member.person.supplier_id
    assert supplier
    return snooze(
        ticket=ticket, person=member.person, supplier_id=supplier, until=until, why=why, actor=actor(member), now=ago(5)
    )


def shown(cast: Cast, view: str, who: str = "sam") -> list[str]:
    return subjects(queue(cast, f"view={view}", who))


@pytest.mark.django_db
def test_it_leaves_my_move_and_stands_in_snoozed(cast: Cast, ticket: Ticket) -> None:
    assert shown(cast, "mine") == ["Scanner"]
    put_off(cast, ticket, ago(-90), why="The part comes at noon")
    assert (shown(cast, "mine"), shown(cast, "snoozed"), shown(cast, "all")) == ([], ["Scanner"], ["Scanner"])
    assert "Snoozed, back in 1 h" in queue(cast, "view=snoozed")
    assert shown(cast, "mine", "asha") == []


@pytest.mark.django_db
def test_no_clock_stops_and_the_journal_does_not_say_why(cast: Cast, ticket: Ticket) -> None:
    before = Ticket.objects.values("move", "restore_by", "respond_by", "attention_at").get(pk=ticket.pk)
    put_off(cast, ticket, ago(-90), why="Dele is tiring")
    assert Ticket.objects.values("move", "restore_by", "respond_by", "attention_at").get(pk=ticket.pk) == before
    entry = Entry.objects.get(verb="ticket.snoozed")
    body = standing_bodies([entry])[entry.pk]
    assert body == {
        "number": ticket.work_item.number,
        "until": Snooze.objects.get().until.isoformat(),
        "supplier": str(cast.fennimore.id),
    }


@pytest.mark.django_db
def test_past_its_time_it_is_back_and_the_queue_says_so(cast: Cast, ticket: Ticket) -> None:
    put_off(cast, ticket, ago(1))
    assert shown(cast, "mine") == ["Scanner"]
    assert "Back from a snooze" in queue(cast, "view=mine")
    assert shown(cast, "snoozed") == []


@pytest.mark.django_db
def test_what_is_due_within_two_hours_or_late_is_never_hidden(cast: Cast, ticket: Ticket) -> None:
    promise_word(ticket=ticket, due_at=ago(-100), actor=actor(cast.sam), now=ago(8))
    put_off(cast, ticket, ago(-24 * 60))
    assert shown(cast, "mine") == ["Scanner"]


@pytest.mark.django_db
def test_a_promise_made_after_the_snooze_brings_it_back_in_time(cast: Cast, ticket: Ticket) -> None:
    put_off(cast, ticket, ago(-24 * 60))
    due = ago(-5 * 60)
    promise_word(ticket=ticket, due_at=due, actor=actor(cast.sam), now=ago(4))
    ticket.refresh_from_db()
    assert ticket.snoozed_until == due - HOT_WITHIN


@pytest.mark.django_db
def test_until_they_answer_is_two_weeks_at_most(cast: Cast, ticket: Ticket) -> None:
    row = put_off(cast, ticket, None)
    assert (row.until_answer, row.until) == (True, row.at + UNTIL_ANSWER)


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["customer", "colleague", "note", "handed"])
def test_somebody_else_brings_it_back(cast: Cast, ticket: Ticket, what: str) -> None:
    put_off(cast, ticket, ago(-90))
    match what:
        case "customer":
            wrote(ticket, cast.dele, "It broke again", at=ago(2))
        case "colleague" | "note":
            by = words(cast.asha, "I have news", ago(2))
            assert cast.asha.person.supplier_id
            if what == "note":
                note_for_colleagues(
                    ticket=ticket, words=by, supplier_id=cast.fennimore.id, actor=actor(cast.asha), now=ago(2)
                )
            else:
                answered(cast, ticket, at=ago(2))  # Sam's own words do not
                assert shown(cast, "mine") == []
                say_to_customer(
                    ticket=ticket, words=by, supplier_id=cast.fennimore.id, actor=actor(cast.asha), now=ago(2)
                )
        case "handed":
            assign(ticket=ticket, person=cast.sam.person, actor=actor(cast.asha), now=ago(2))
    assert shown(cast, "mine") == ["Scanner"]
    ticket.refresh_from_db()
    assert (ticket.snoozed_until, ticket.snoozed_for_id) == (None, None)
    assert Snooze.objects.get().ended_because == ("handed" if what == "handed" else "written")


@pytest.mark.django_db
def test_one_supplier_does_not_hide_it_from_another(cast: Cast) -> None:
    ticket = asked(cast, "Line and Wi-Fi", at=ago(10), priority=4, engagements=[cast.engagement, cast.line_engagement])
    answered(cast, ticket, at=ago(9))
    put_off(cast, ticket, ago(-90), who=cast.ines)
    assert (shown(cast, "mine", "sam"), shown(cast, "mine", "ines")) == (["Line and Wi-Fi"], [])
    assert (shown(cast, "snoozed", "sam"), shown(cast, "snoozed", "ines")) == ([], ["Line and Wi-Fi"])
    assert "nooze, back" not in queue(cast, "view=all", "sam")
    note_for_colleagues(  # another supplier's note wakes nobody: that would tell of it
        ticket=ticket,
        words=words(cast.sam, "Ours", ago(2)),
        supplier_id=cast.fennimore.id,
        actor=actor(cast.sam),
        now=ago(2),
    )
    assert shown(cast, "mine", "ines") == []


@pytest.mark.django_db
def test_settling_ends_it_and_what_is_settled_cannot_be_snoozed(cast: Cast, ticket: Ticket) -> None:
    put_off(cast, ticket, ago(-90))
    resolve(ticket=ticket, kind="fixed", actor=actor(cast.sam), now=ago(3))
    assert Snooze.objects.get().ended_because == "settled"
    with pytest.raises(CannotSnooze):
        put_off(cast, ticket, ago(-90))


@pytest.mark.django_db
def test_a_time_that_is_past_is_refused(cast: Cast, ticket: Ticket) -> None:
    with pytest.raises(CannotSnooze):
        put_off(cast, ticket, ago(6))
    assert not Snooze.objects.exists()


@pytest.mark.django_db
def test_snoozing_again_takes_the_place_of_the_first(cast: Cast, ticket: Ticket) -> None:
    put_off(cast, ticket, ago(-60))
    put_off(cast, ticket, ago(-90), who=cast.asha)
    assert list(Snooze.objects.order_by("id").values_list("ended_because", "by_name")) == [
        ("again", "Sam Kessler"),
        ("", "Asha Fennimore"),
    ]


@pytest.mark.django_db
def test_it_can_be_woken_by_hand_once(cast: Cast, ticket: Ticket) -> None:
    put_off(cast, ticket, ago(-60))
    assert wake(ticket=ticket, actor=actor(cast.asha), now=ago(1))
    assert not wake(ticket=ticket, actor=actor(cast.asha), now=ago(1))
    assert shown(cast, "mine") == ["Scanner"]
    assert Entry.objects.filter(verb="ticket.woken").count() == 1

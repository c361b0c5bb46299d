"""The same change on many requests: one entry each, refusals by name, and an undo that takes back nothing of others."""

import datetime as dt
import html
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quietmonday.journal.models import Entry
from quietmonday.people.access import viewer_of
from quietmonday.support.access import Worked, tickets_worked_on
from quietmonday.support.actions.bulk import (
    CHANGES,
    CHUNK,
    MOST,
    UNDO_FOR,
    Change,
    HandOver,
    Prioritise,
    PutAside,
    TooLate,
    TooMany,
    edit_many,
    undo_many,
)
from quietmonday.support.actions.handing import assign
from quietmonday.support.actions.settling import CannotSettle, reopen, resolve, set_aside, undo_aside
from quietmonday.support.actions.talking import say_to_supplier
from quietmonday.support.actions.waiting import promise_word, wait_without_asking
from quietmonday.support.actions.weighing import set_priority
from quietmonday.support.forms.bulk import BULK_FORMS
from quietmonday.support.models import BulkEdit, Pause, Promise, SetAside, Ticket
from tests.cast import Cast
from tests.support.scene import TUESDAY, actor, asked, client_of, words

pytestmark = pytest.mark.django_db

LATER = TUESDAY + dt.timedelta(minutes=5)


def ours(cast: Cast, tickets: list[Ticket], who: str = "sam") -> list[Worked]:
    viewer = viewer_of(getattr(cast, who).account, LATER)
    return tickets_worked_on(viewer, [ticket.pk for ticket in tickets])


def edit(cast: Cast, change: Change, tickets: list[Ticket], now: dt.datetime = LATER) -> BulkEdit:
    return edit_many(person=cast.sam.person, change=change, tickets=ours(cast, tickets), now=now)


def undo(cast: Cast, made: BulkEdit, tickets: list[Ticket], now: dt.datetime = LATER) -> BulkEdit:
    return undo_many(edit=made, tickets=ours(cast, tickets), now=now)


def outcome(lines: list[dict[str, Any]], *keys: str) -> list[Any]:
    return [next((line[key] for key in keys if key in line), None) for line in lines]


def standing(ticket: Ticket) -> dict[str, Any]:
    """Everything on the ticket's own row."""
    return Ticket.objects.filter(pk=ticket.pk).values().get()


def verbs(ticket: Ticket) -> list[str]:
    entries = Entry.objects.filter(subject_id=ticket.pk).order_by("id")
    return [entry.verb.removeprefix("ticket.") for entry in entries]


@pytest.fixture
def three(cast: Cast) -> list[Ticket]:
    return [asked(cast, f"Request {number}", at=TUESDAY) for number in range(3)]


CASES = [
    ("assigned", lambda cast: HandOver(cast.asha.person)),
    ("prioritised", lambda cast: Prioritise(1)),
    ("set_aside", lambda cast: PutAside("spam", "Adverts")),
]


@pytest.mark.parametrize(("verb", "change"), CASES, ids=[verb for verb, _change in CASES])
def test_each_request_gets_its_own_entry_and_is_put_back_exactly(
    cast: Cast, three: list[Ticket], verb: str, change: Any
) -> None:
    promise_word(ticket=three[0], due_at=LATER + dt.timedelta(days=1), actor=actor(cast.sam), now=TUESDAY)
    wait_without_asking(ticket=three[1], reason="third_party", actor=actor(cast.sam), now=TUESDAY)
    assign(ticket=three[2], person=cast.sam.person, actor=actor(cast.sam), now=TUESDAY)
    before, told = [standing(each) for each in three], [len(verbs(each)) for each in three]
    made = edit(cast, change(cast), three)
    assert [verbs(each)[count:] for each, count in zip(three, told, strict=True)] == [[verb]] * 3
    assert [standing(each) != was for each, was in zip(three, before, strict=True)] == [True] * 3
    undone = undo(cast, made, three)
    assert outcome(undone.undone, "back", "refused") == [True] * 3
    after = [standing(each) for each in three]
    moments = {"clock_as_of", "clock_left", "changed_at"}  # worked out anew, a few minutes on
    for was, now in zip(before, after, strict=True):
        assert {k: v for k, v in now.items() if k not in moments} == {k: v for k, v in was.items() if k not in moments}
    assert [len(verbs(each)) - count for each, count in zip(three, told, strict=True)] == [2] * 3


def test_promise_and_pause_run_on_when_a_slip_is_undone(cast: Cast, three: list[Ticket]) -> None:
    first, second, _third = three
    promise = promise_word(ticket=first, due_at=LATER + dt.timedelta(days=1), actor=actor(cast.sam), now=TUESDAY)
    pause = wait_without_asking(ticket=second, reason="customer", actor=actor(cast.sam), now=TUESDAY)
    made = edit(cast, PutAside("duplicate"), [first, second])
    assert Promise.objects.get(pk=promise.pk).ended_at == Pause.objects.get(pk=pause.pk).ended_at == LATER
    undo(cast, made, [first, second])
    assert (Promise.objects.get(pk=promise.pk).ended_at, Promise.objects.get(pk=promise.pk).kept) == (None, None)
    assert Pause.objects.get(pk=pause.pk).ended_at is None
    assert not SetAside.objects.filter(ticket__in=[first, second]).exists()
    assert verbs(first)[-2:] == ["set_aside", "aside_undone"]


def test_what_is_refused_is_named_and_the_rest_is_done(cast: Cast, three: list[Ticket]) -> None:
    resolve(ticket=three[1], kind="fixed", actor=actor(cast.sam), now=TUESDAY)
    made = edit(cast, Prioritise(2), three)
    assert outcome(made.lines, "refused", "did") == [{"row": made.lines[0]["did"]["row"], "before": 3}, "settled",
                                                     {"row": made.lines[2]["did"]["row"], "before": 3}]  # fmt: skip
    assert [Ticket.objects.get(pk=each.pk).priority for each in three] == [2, 3, 2]
    handed = edit(cast, HandOver(cast.lee.person), three)
    assert outcome(handed.lines, "refused") == ["not_of_supplier"] * 3
    assert Ticket.objects.filter(assignee=cast.lee.person).count() == 0


def test_what_is_so_already_is_no_change(cast: Cast, three: list[Ticket]) -> None:
    assign(ticket=three[0], person=cast.asha.person, actor=actor(cast.asha), now=TUESDAY)
    made = edit(cast, HandOver(cast.asha.person), three)
    assert [("same" in line, "did" in line) for line in made.lines] == [(True, False), (False, True), (False, True)]
    undo(cast, made, three)
    assert Ticket.objects.get(pk=three[0].pk).assignee_id == cast.asha.person.pk


def test_what_was_changed_since_stays_and_is_named(cast: Cast, three: list[Ticket]) -> None:
    made = edit(cast, HandOver(cast.asha.person), three)
    again = LATER + dt.timedelta(minutes=1)
    assign(ticket=three[0], person=cast.sam.person, actor=actor(cast.asha), now=again)
    assign(ticket=three[1], person=None, actor=actor(cast.asha), now=again)
    assign(
        ticket=three[1], person=cast.asha.person, actor=actor(cast.asha), now=again
    )  # the same again, by her own will
    undone = undo(cast, made, three, again)
    assert outcome(undone.undone, "back", "refused") == ["changed_since", "changed_since", True]
    owners = [Ticket.objects.get(pk=each.pk).assignee_id for each in three]
    assert owners == [cast.sam.person.pk, cast.asha.person.pk, None]

    priorities = edit(cast, Prioritise(1), three, again)
    set_priority(ticket=three[2], priority=4, actor=actor(cast.asha), now=again)
    assert outcome(undo(cast, priorities, three, again).undone, "back", "refused") == [True, True, "changed_since"]

    asides = edit(cast, PutAside("spam"), three, again)
    reopen(ticket=three[0], actor=actor(cast.dele), now=again)
    say_to_supplier(ticket=three[1], words=words(cast.dele, "It is real", again), actor=actor(cast.dele), now=again)
    assert outcome(undo(cast, asides, three, again).undone, "back", "refused") == ["changed_since", True, True]


def test_an_undo_is_done_once_and_for_ten_minutes(cast: Cast, three: list[Ticket]) -> None:
    made = edit(cast, HandOver(cast.asha.person), three)
    undo(cast, made, three[:1], LATER + UNDO_FOR)
    undo(cast, made, three, LATER + UNDO_FOR)  # what was left over is put back too
    again = undo(cast, made, three, LATER + UNDO_FOR)
    assert len(again.undone) == 3
    assert [verbs(each).count("assigned") for each in three] == [2, 2, 2]
    other = edit(cast, HandOver(cast.asha.person), three)
    with pytest.raises(TooLate):
        undo(cast, other, three, LATER + UNDO_FOR + dt.timedelta(seconds=1))
    assert [Ticket.objects.get(pk=each.pk).assignee_id for each in three] == [cast.asha.person.pk] * 3


def test_chunks_stand_by_themselves(cast: Cast) -> None:
    many = [asked(cast, f"Request {number}", at=TUESDAY) for number in range(CHUNK + 2)]
    made = edit(cast, HandOver(cast.asha.person), many)
    assert len(made.lines) == CHUNK + 2
    assert Ticket.objects.filter(assignee=cast.asha.person).count() == CHUNK + 2
    with pytest.raises(TooMany):
        edit_many(
            person=cast.sam.person, change=Prioritise(1), tickets=ours(cast, many) * (MOST // CHUNK + 1), now=LATER
        )


def test_an_aside_is_undone_only_by_the_row_that_made_it(cast: Cast, three: list[Ticket]) -> None:
    row = set_aside(ticket=three[0], state="spam", actor=actor(cast.sam), now=TUESDAY)
    undo_aside(aside=row, actor=actor(cast.sam), now=LATER)
    set_aside(ticket=three[0], state="cancelled", actor=actor(cast.sam), now=LATER)
    row.pk = uuid.uuid4()
    with pytest.raises(CannotSettle):
        undo_aside(aside=row, actor=actor(cast.sam), now=LATER)
    assert Ticket.objects.get(pk=three[0].pk).state == "cancelled"


def test_every_kind_of_change_has_a_form() -> None:
    assert set(BULK_FORMS) == set(CHANGES)


# Pages


def choose(cast: Cast, tickets: list[Ticket], who: str = "sam", **more: Any) -> Any:
    given = {"ticket": [str(ticket.pk) for ticket in tickets], "back": "?view=all", **more}
    return client_of(getattr(cast, who)).post("/queue/edit/", given)


def test_chosen_handed_over_and_undone_without_a_script(cast: Cast, three: list[Ticket]) -> None:
    client = client_of(cast.sam)
    listed = client.get("/queue/?view=all").content.decode()
    assert len(re.findall(r'<input type="checkbox" name="ticket"', listed)) == 3
    asked_for = "&".join(f"ticket={ticket.pk}" for ticket in three[:2])
    shown = client.get(f"/queue/edit/?view=all&do=hands&{asked_for}").content.decode()
    assert "2 requests are chosen." in shown
    assert "Lee Brook" not in shown
    done = choose(cast, three[:2], do="hands", person=str(cast.asha.person.pk))
    text = client.get(done["Location"]).content.decode()
    assert "2 requests handed over to Asha Fennimore." in text
    assert "view=all" in done["Location"]
    where = re.search(r'action="(/queue/edits/[^"]+/undo/)"', text)
    assert where
    back = client.post(where[1], {"back": "?view=all"}, follow=True).content.decode()
    assert "2 requests are as they were." in back
    assert [Ticket.objects.get(pk=each.pk).assignee_id for each in three] == [None] * 3
    assert "put back as it was" in client.get(where[1].removesuffix("undo/")).content.decode()


def test_requests_of_others_are_left_out_as_if_they_were_not_there(cast: Cast, three: list[Ticket]) -> None:
    theirs = asked(cast, "Of Tilden", by=cast.jo, at=TUESDAY, engagements=[cast.tilden_engagement])
    line = asked(cast, "Of the line", at=TUESDAY, engagements=[cast.line_engagement])
    done = choose(cast, [theirs, line, three[0]], do="priority", priority="1")
    text = html.unescape(client_of(cast.sam).get(done["Location"]).content.decode())
    assert "1 request, how urgent: urgent." in text
    assert [Ticket.objects.get(pk=each.pk).priority for each in (theirs, line, three[0])] == [3, 3, 1]
    nothing = (
        client_of(cast.sam).get(f"/queue/edit/?ticket={theirs.pk}&ticket={uuid.uuid4()}&ticket=x").content.decode()
    )
    assert "No request is chosen." in nothing
    assert "Of Tilden" not in nothing


@pytest.mark.parametrize("who", ["ruth", "dele", "jo", "ada"])
def test_only_people_of_suppliers_change_many(cast: Cast, three: list[Ticket], who: str) -> None:
    assert choose(cast, three, who, do="priority", priority="1").status_code == 404
    assert Ticket.objects.filter(priority=1).count() == 0


@pytest.mark.parametrize(
    "given",
    [
        {"do": "hands", "person": ""}, {"do": "hands", "person": "x"}, {"do": "priority", "priority": "9"},
        {"do": "aside", "state": "resolved"}, {"do": "delete"}, {},
    ],
)  # fmt: skip
def test_what_makes_no_sense_changes_nothing(cast: Cast, three: list[Ticket], given: dict[str, str]) -> None:
    before = [standing(each) for each in three]
    response = choose(cast, three, **given)
    assert response.status_code == 422
    assert "3 requests are chosen." in response.content.decode()
    assert [standing(each) for each in three] == before


def test_somebody_of_another_supplier_is_nobody_to_hand_over_to(cast: Cast, three: list[Ticket]) -> None:
    for person in (cast.lee.person, cast.ines.person, cast.finn.person, cast.dele.person):
        assert choose(cast, three, do="hands", person=str(person.pk)).status_code == 422
    assert Ticket.objects.exclude(assignee=None).count() == 0


def test_all_that_fits_the_list_is_chosen_two_hundred_at_most(cast: Cast, three: list[Ticket]) -> None:
    set_priority(ticket=three[2], priority=1, actor=actor(cast.sam), now=TUESDAY)
    text = client_of(cast.sam).get("/queue/edit/?view=all&priority=3&which=all").content.decode()
    assert "2 requests are chosen." in text
    assert "Request 2" not in text


def test_nobody_undoes_what_somebody_else_did(cast: Cast, three: list[Ticket]) -> None:
    made = edit(cast, HandOver(cast.asha.person), three, dt.datetime.now(dt.UTC))
    for who in ("asha", "ines", "ruth", "lee"):
        assert client_of(getattr(cast, who)).post(f"/queue/edits/{made.pk}/undo/").status_code == 404
        assert client_of(getattr(cast, who)).get(f"/queue/edits/{made.pk}/").status_code == 404
    assert client_of(cast.asha).get(f"/queue/?edit={made.pk}").status_code == 404


def test_the_page_leads_back_to_the_queue_and_nowhere_else(cast: Cast, three: list[Ticket]) -> None:
    for back in ("https://evil.example/", "//evil.example", "?view=all&next=//evil.example", "\r\nX: y"):
        done = choose(cast, three, do="priority", priority="1", back=back)
        assert done["Location"].startswith("/queue/?")
        set_priority(ticket=three[0], priority=3, actor=actor(cast.sam), now=dt.datetime.now(dt.UTC))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_a_few_queries_however_many_are_chosen(cast: Cast, three: list[Ticket], rows: int) -> None:
    client = client_of(cast.sam)
    chosen = "&".join(f"ticket={ticket.pk}" for ticket in three[:rows])
    client.get(f"/queue/edit/?{chosen}")
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/queue/edit/?{chosen}")
    assert len(queries) == 8

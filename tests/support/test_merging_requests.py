"""Two requests are one call: what is shown, told, judged, and undone."""

from __future__ import annotations

import datetime as dt

import pytest

from quietmonday.journal.models import Entry
from quietmonday.post.actions.inbox import keep_raw
from quietmonday.post.logic.addresses import reply_address
from quietmonday.support.actions.calling_in import involve
from quietmonday.support.actions.intake import reply_key, take_in
from quietmonday.support.actions.linking import CannotLink
from quietmonday.support.actions.merging import merge, take_apart
from quietmonday.support.actions.settling import CannotSettle, reopen, resolve
from quietmonday.support.actions.talking import note_for_colleagues
from quietmonday.support.actions.waiting import promise_word
from quietmonday.support.logic.clocks import measure
from quietmonday.support.logic.facts_json import facts_from_json
from quietmonday.support.logic.verdict import quick
from quietmonday.support.models import Message, SetAside, Ticket, TicketLink, Verdict, Watcher
from quietmonday.support.queries.told import words_as_told
from tests.cast import Cast
from tests.support.mailed import tell_all, told
from tests.support.scene import TUESDAY, actor, answered, asked, client_of, words

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
LATER = TUESDAY + HOUR
LAST = TUESDAY + 2 * HOUR


def one_call(cast: Cast, one: Ticket, other: Ticket, at: dt.datetime = LAST) -> TicketLink:
    return merge(one=one, other=other, actor=actor(cast.sam), now=at)


def facts(ticket: Ticket) -> object:
    return facts_from_json(Verdict.objects.get(ticket=ticket).inputs)


@pytest.fixture
def early(cast: Cast) -> Ticket:
    """Bill reported first."""
    return asked(cast, "Wi-Fi is gone", by=cast.bill, at=TUESDAY)


@pytest.fixture
def late(cast: Cast) -> Ticket:
    """Dele reported an hour later."""
    return asked(cast, "Scanners are offline", at=LATER)


def test_the_part_leads_to_the_whole_where_its_words_stand(cast: Cast, early: Ticket, late: Ticket) -> None:
    one_call(cast, early, late)
    early.refresh_from_db()
    assert (early.state, early.part_of_id) == ("duplicate", late.id)
    assert SetAside.objects.get(ticket=early).state == "duplicate"
    page = client_of(cast.sam).get(f"/requests/{late.id}/").content.decode()
    assert "Wi-Fi is gone" in page
    assert "in request 1" in page
    part = client_of(cast.sam).get(f"/requests/{early.id}/").content.decode()
    assert f'href="/requests/{late.id}/"' in part
    assert 'id="compose"' not in part
    assert Message.objects.get(ticket=early).text == "Wi-Fi is gone"  # it stays where it was said


def test_whoever_asked_there_hears_and_reads_here(cast: Cast, early: Ticket, late: Ticket) -> None:
    assert client_of(cast.bill).get(f"/requests/{late.id}/").status_code == 404
    one_call(cast, early, late)
    assert client_of(cast.bill).get(f"/requests/{late.id}/").status_code == 200
    assert client_of(cast.dele).get(f"/requests/{early.id}/").status_code == 200
    tell_all(LAST)
    answered(cast, late, "Back on", at=LAST)
    assert told(LAST) == ["bill@oakhurst.example", "dele@oakhurst.example"]


def test_the_call_began_with_the_first_of_the_two(cast: Cast, early: Ticket, late: Ticket) -> None:
    one_call(cast, early, late)
    known = facts_from_json(Verdict.objects.get(ticket=late).inputs)
    assert (known.reported_at, known.opened_at) == (TUESDAY, LATER)  # its week stays its own
    late.refresh_from_db()
    assert late.respond_by == TUESDAY + 4 * HOUR


def test_an_answer_in_the_part_is_an_answer_and_a_broken_word_stays_broken(
    cast: Cast, early: Ticket, late: Ticket
) -> None:
    answered(cast, early, "Looking", at=TUESDAY + dt.timedelta(minutes=5))
    promise_word(ticket=early, due_at=LATER, actor=actor(cast.sam), now=TUESDAY + dt.timedelta(minutes=6))
    one_call(cast, early, late)  # an hour after the promise ran out
    known = facts_from_json(Verdict.objects.get(ticket=late).inputs)
    assert quick(known, LAST).rule == "Q2a"
    late.refresh_from_db()
    assert late.respond_by is None  # it was answered


def test_a_wait_in_the_part_counts_until_the_whole_began_and_no_longer(cast: Cast, early: Ticket, late: Ticket) -> None:
    answered(cast, early, "Which room?", at=TUESDAY + dt.timedelta(minutes=10), waits_for="customer")
    one_call(cast, early, late)
    known = facts_from_json(Verdict.objects.get(ticket=late).inputs)
    [pause] = known.pauses
    assert (pause.started_at, pause.ended_at) == (TUESDAY + dt.timedelta(minutes=10), LATER)


def test_what_somebody_else_wrote_in_the_part_is_no_answer_to_what_was_asked_in_the_whole(
    cast: Cast, early: Ticket, late: Ticket
) -> None:
    answered(cast, early, "Which room?", at=TUESDAY + dt.timedelta(minutes=10), waits_for="customer")
    one_call(cast, late, early)  # what Dele wrote there came after the question to Bill
    clocks = measure(facts_from_json(Verdict.objects.get(ticket=early).inputs), None, LAST)
    assert clocks.waiting_since == TUESDAY + dt.timedelta(minutes=10)


def test_the_part_has_no_verdict_of_its_own(cast: Cast, early: Ticket, late: Ticket) -> None:
    one_call(cast, early, late)
    assert Verdict.objects.get(ticket=early).quick == "no_verdict"


def test_later_mail_to_the_part_joins_the_whole(cast: Cast, early: Ticket, late: Ticket) -> None:
    to = reply_address("help@fennimore.example", early.id, "bill@oakhurst.example", reply_key())
    one_call(cast, early, late)
    raw = (
        f"From: Bill <bill@oakhurst.example>\r\nTo: {to}\r\nSubject: Re: Wi-Fi\r\nMessage-ID: <b.1>\r\n"
        f"Date: {LAST:%a, %d %b %Y %H:%M:%S} +0000\r\n\r\nStill gone\r\n"
    ).encode()
    item, _new = keep_raw(data=raw, source="mailbox", origin="t:1", now=LAST, supplier=cast.fennimore)
    assert take_in(item_id=item.id, now=LAST).state == "taken"
    assert Message.objects.get(text="Still gone").ticket == late


def test_what_is_written_on_the_page_of_the_part_joins_the_whole(cast: Cast, early: Ticket, late: Ticket) -> None:
    one_call(cast, early, late)
    response = client_of(cast.bill).post(f"/requests/{early.id}/messages/", {"text": "From an old page"})
    assert response.headers["Location"] == f"/requests/{late.id}/"
    client_of(cast.sam).post(f"/requests/{early.id}/messages/", {"text": "Answered"})
    client_of(cast.sam).post(f"/requests/{early.id}/notes/", {"text": "Noted"})
    client_of(cast.sam).post(f"/requests/{early.id}/calls/", {"text": "Rang"})
    said = Message.objects.filter(ticket=late).order_by("recorded_at", "id").values_list("text", flat=True)
    assert list(said)[1:] == ["From an old page", "Answered", "Noted", "Rang"]


def test_notes_of_a_supplier_stay_its_own_in_the_whole(cast: Cast) -> None:
    both = [cast.engagement, cast.line_engagement]
    one = asked(cast, "Line is down", by=cast.bill, at=TUESDAY, engagements=both)
    other = asked(cast, "No phones", at=LATER, engagements=both)
    note_for_colleagues(
        ticket=one, words=words(cast.sam, "Their cable again", LATER), supplier_id=cast.fennimore.id,
        actor=actor(cast.sam), now=LATER,
    )  # fmt: skip
    one_call(cast, one, other)
    seen = {
        who: "Their cable again" in client_of(getattr(cast, who)).get(f"/requests/{other.id}/").content.decode()
        for who in ("sam", "ines", "ruth", "bill")
    }
    assert seen == {"sam": True, "ines": False, "ruth": False, "bill": False}


def test_taken_apart_both_stand_as_they_would_have(cast: Cast, early: Ticket, late: Ticket) -> None:
    before = Verdict.objects.get(ticket=early).inputs
    row = one_call(cast, early, late)
    answered(cast, late, "In the whole", at=LAST)
    take_apart(row=row, actor=actor(cast.ruth), now=LAST + HOUR)
    take_apart(row=row, actor=actor(cast.ruth), now=LAST + HOUR)
    early.refresh_from_db()
    assert (early.state, early.part_of_id, early.work_item.closed_at) == ("open", None, None)
    assert Verdict.objects.get(ticket=early).inputs == before
    assert facts_from_json(Verdict.objects.get(ticket=late).inputs).reported_at == LATER
    assert not Watcher.objects.filter(ticket=late, ended_at=None).exists()
    assert client_of(cast.bill).get(f"/requests/{late.id}/").status_code == 404
    assert Message.objects.get(text="In the whole").ticket == late
    assert Entry.objects.filter(verb="ticket.taken_apart").count() == 2  # once about each
    assert not list(words_as_told(cast.oakhurst.id))


def test_a_part_with_parts_takes_them_along_and_back(cast: Cast, early: Ticket, late: Ticket) -> None:
    third = asked(cast, "Tablets too", by=cast.maria, at=LAST)
    first = one_call(cast, early, late)
    second = one_call(cast, late, third, at=LAST)
    assert set(Ticket.objects.filter(part_of=third)) == {early, late}
    assert client_of(cast.bill).get(f"/requests/{third.id}/").status_code == 200
    take_apart(row=second, actor=actor(cast.sam), now=LAST)
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.part_of_id, late.part_of_id, late.state) == (late.id, None, "open")
    second = one_call(cast, late, third, at=LAST + HOUR)
    take_apart(row=first, actor=actor(cast.sam), now=LAST + HOUR)
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.part_of_id, early.state, late.part_of_id) == (None, "open", third.id)


def refused(one: Ticket, other: Ticket, cast: Cast) -> str:
    with pytest.raises(CannotLink) as why:
        one_call(cast, one, other)
    return why.value.rule


def test_what_cannot_be_one_call(cast: Cast, early: Ticket, late: Ticket) -> None:
    theirs = asked(cast, "Theirs", by=cast.kim, at=LATER, engagements=[cast.tilden_engagement])
    assert (refused(early, early, cast), refused(early, theirs, cast)) == ("itself", "other_business")
    shared = asked(cast, "Shared", by=cast.ruth, at=LATER, engagements=[cast.engagement, cast.line_engagement])
    assert (refused(early, shared, cast), refused(shared, early, cast)) == ("other_suppliers", "other_suppliers")
    one_call(cast, early, late)
    third = asked(cast, "Third", at=LAST)
    late.refresh_from_db()
    early.refresh_from_db()
    assert (refused(late, early, cast), refused(early, third, cast)) == ("circular", "merged_already")
    assert refused(third, early, cast) == "other_is_part"
    resolve(ticket=third, kind="fixed", actor=actor(cast.sam), now=LAST)
    third.refresh_from_db()
    assert (refused(third, late, cast), refused(late, third, cast)) == ("not_open", "not_open")
    reopen(ticket=third, actor=actor(cast.dele), now=LAST)
    third.refresh_from_db()
    assert refused(third, late, cast) == "was_settled"


def test_a_part_is_not_opened_again_behind_the_whole(cast: Cast, early: Ticket, late: Ticket) -> None:
    one_call(cast, early, late)
    with pytest.raises(CannotSettle):
        reopen(ticket=early, actor=actor(cast.bill), now=LAST)
    page = client_of(cast.bill).post(f"/requests/{early.id}/reopening/", {"note": "x"}, follow=True)
    assert "It is part of another request and goes on there." in page.content.decode()


def test_who_is_called_in_to_the_whole_reads_its_parts_and_is_let_go_of_both(
    cast: Cast, early: Ticket, late: Ticket
) -> None:
    one_call(cast, early, late)
    involve(ticket=late, engagement=cast.line_engagement, actor=actor(cast.ruth), now=LAST)
    assert "Wi-Fi is gone" in client_of(cast.ines).get(f"/requests/{late.id}/").content.decode()
    party = late.parties.get(engagement=cast.line_engagement)
    assert client_of(cast.ruth).post(f"/requests/{late.id}/people/suppliers/{party.id}/end/").status_code == 303
    assert client_of(cast.ines).get(f"/requests/{early.id}/").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"), [("ruth", 303), ("sam", 303), ("dele", 403), ("bill", 404), ("ines", 404), ("jo", 404)]
)
def test_who_may_say_that_two_are_one(cast: Cast, early: Ticket, late: Ticket, who: str, status: int) -> None:
    client = client_of(getattr(cast, who))
    assert client.post(f"/requests/{late.id}/links/same/", {"number": "1"}).status_code == status
    early.refresh_from_db()
    late.refresh_from_db()
    assert late.part_of_id == (early.id if status == 303 else None)


def test_a_supplier_cannot_name_a_request_that_it_does_not_see(cast: Cast, late: Ticket) -> None:
    asked(cast, "Between us", by=cast.ruth, at=LAST, engagements=[cast.line_engagement])
    page = client_of(cast.sam).post(f"/requests/{late.id}/links/same/", {"number": "2"})
    assert (page.status_code, "There is no request 2 of this business here." in page.content.decode()) == (422, True)
    assert "Between us" not in page.content.decode()

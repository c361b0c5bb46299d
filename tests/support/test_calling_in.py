"""A second supplier on one fault: what it sees, who promises, who is told, and how it goes again."""

from __future__ import annotations

import datetime as dt

import pytest

from quietmonday.journal.models import Entry
from quietmonday.support.actions.calling_in import CannotCallIn, involve, let_go, would_call_in
from quietmonday.support.actions.handing import assign
from quietmonday.support.actions.settling import reopen, resolve
from quietmonday.support.actions.talking import note_for_colleagues
from quietmonday.support.logic.facts_json import facts_from_json
from quietmonday.support.models import Assignment, CallIn, Ticket, TicketEngagement, Verdict
from quietmonday.support.queries.routes import who_works_on
from tests.cast import Cast
from tests.support.mailed import tell_all, told
from tests.support.scene import TUESDAY, actor, answered, asked, client_of, words, wrote

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)
LATER = TUESDAY + 2 * HOUR


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """Dele asked Fennimore, and Sam said something."""
    ticket = asked(cast, "No internet")
    answered(cast, ticket, "Before the line people came", at=TUESDAY + HOUR)
    tell_all(TUESDAY + HOUR)
    return ticket


def called_in(cast: Cast, ticket: Ticket, *, sees_all: bool = False, at: dt.datetime = LATER) -> TicketEngagement:
    return involve(ticket=ticket, engagement=cast.line_engagement, sees_all=sees_all, actor=actor(cast.ruth), now=at)


def read_by_ines(cast: Cast, ticket: Ticket) -> str:
    return client_of(cast.ines).get(f"/requests/{ticket.id}/").content.decode()


def test_the_new_supplier_reads_what_is_said_from_then_on(cast: Cast, ticket: Ticket) -> None:
    resolve(ticket=ticket, kind="unknown", note="Rebooted the router", actor=actor(cast.sam), now=TUESDAY + HOUR)
    ticket.refresh_from_db()
    reopen(ticket=ticket, note="Gone again", actor=actor(cast.dele), now=TUESDAY + HOUR)
    called_in(cast, ticket)
    wrote(ticket, cast.dele, "Still nothing", at=LATER)
    page = read_by_ines(cast, ticket)
    assert ("No internet" in page, "Still nothing" in page) == (True, True)  # its name, and the present
    for past in ("Before the line people came", "Rebooted the router", "Gone again"):
        assert past not in page
    assert "Norvane Telecom was called in" in page
    export = client_of(cast.ines).get("/requests/export.csv")
    assert b"Before the line people came" not in b"".join(export.streaming_content)


def test_the_business_may_let_it_read_all_but_never_notes(cast: Cast, ticket: Ticket) -> None:
    note_for_colleagues(
        ticket=ticket, words=words(cast.sam, "Between us", TUESDAY), supplier_id=cast.fennimore.id,
        actor=actor(cast.sam), now=TUESDAY,
    )  # fmt: skip
    called_in(cast, ticket, sees_all=True)
    page = read_by_ines(cast, ticket)
    assert ("Before the line people came" in page, "Between us" in page) == (True, False)
    note_for_colleagues(
        ticket=ticket, words=words(cast.ines, "Cable cut", LATER), supplier_id=cast.norvane.id,
        actor=actor(cast.ines), now=LATER,
    )  # fmt: skip
    assert "Cable cut" not in client_of(cast.sam).get(f"/requests/{ticket.id}/").content.decode()
    assert "Cable cut" not in client_of(cast.ruth).get(f"/requests/{ticket.id}/").content.decode()


def test_each_has_it_in_its_own_chain_from_then_until_it_goes(cast: Cast, ticket: Ticket) -> None:
    party = called_in(cast, ticket)
    wrote(ticket, cast.dele, "Meanwhile", at=LATER)
    let_go(party=party, actor=actor(cast.ruth), now=LATER + HOUR)
    wrote(ticket, cast.dele, "Afterwards", at=LATER + HOUR)
    line = Entry.objects.filter(chain__engagement_id=cast.line_engagement.id, subject_id=ticket.id).order_by("id")
    assert list(line.values_list("verb", flat=True)) == [
        "ticket.involved",
        "ticket.said_to_supplier",
        "ticket.let_go",
    ]


def test_it_is_told_once_and_then_hears_like_the_other(cast: Cast, ticket: Ticket) -> None:
    called_in(cast, ticket)
    [mail] = tell_all(LATER)
    assert (mail.to, mail.subject) == ("ines@norvane.example", "You are called in: No internet [1]")
    assert ("Before the line" in mail.text, "not what was said before" in mail.text) == (False, True)
    assign(ticket=ticket, person=cast.sam.person, actor=actor(cast.sam), now=LATER)
    wrote(ticket, cast.dele, "Still nothing", at=LATER)
    assert told(LATER) == ["ines@norvane.example", "sam@fennimore.example"]


def test_who_has_it_in_hand_speaks_for_one_supplier_and_not_for_the_other(cast: Cast, ticket: Ticket) -> None:
    called_in(cast, ticket)
    assign(ticket=ticket, person=cast.ines.person, actor=actor(cast.ines), now=LATER)
    ticket.refresh_from_db()
    assert {person.name for person in who_works_on(ticket, LATER)} == {"Asha Fennimore", "Ines Varga"}


def test_the_first_ones_times_count_until_it_is_let_go_and_then_the_seconds_from_when_it_came(
    cast: Cast, ticket: Ticket
) -> None:
    called_in(cast, ticket)
    known = facts_from_json(Verdict.objects.get(ticket=ticket).inputs)
    assert (known.supplier_name, known.reported_at) == ("Fennimore IT", TUESDAY)
    let_go(party=ticket.parties.get(engagement=cast.engagement), actor=actor(cast.ruth), now=LATER + HOUR)
    known = facts_from_json(Verdict.objects.get(ticket=ticket).inputs)
    assert (known.supplier_name, known.reported_at) == ("Norvane Telecom", LATER)
    assert client_of(cast.sam).get(f"/requests/{ticket.id}/").status_code == 404


def test_two_that_were_there_from_the_start_answer_from_the_start(cast: Cast) -> None:
    ticket = asked(cast, "No internet", engagements=[cast.engagement, cast.line_engagement])
    let_go(party=ticket.parties.get(engagement=cast.engagement), actor=actor(cast.ruth), now=LATER)
    known = facts_from_json(Verdict.objects.get(ticket=ticket).inputs)
    assert (known.supplier_name, known.reported_at) == ("Norvane Telecom", TUESDAY)


def test_let_go_it_sees_nothing_and_has_nothing_in_hand_but_what_it_said_stays(cast: Cast, ticket: Ticket) -> None:
    party = called_in(cast, ticket)
    assign(ticket=ticket, person=cast.ines.person, actor=actor(cast.ines), now=LATER)
    client_of(cast.ines).post(f"/requests/{ticket.id}/messages/", {"text": "The cable is cut"})
    let_go(party=party, actor=actor(cast.ruth), now=LATER + HOUR)
    let_go(party=party, actor=actor(cast.ruth), now=LATER + HOUR)
    ticket.refresh_from_db()
    assert (ticket.assignee, Assignment.objects.latest("at", "id").person) == (None, None)
    assert client_of(cast.ines).get(f"/requests/{ticket.id}/").status_code == 404
    assert client_of(cast.ines).post(f"/requests/{ticket.id}/messages/", {"text": "x"}).status_code == 404
    assert "The cable is cut" in client_of(cast.dele).get(f"/requests/{ticket.id}/").content.decode()
    party.refresh_from_db()
    assert (party.ended_at, party.ended_by) == (LATER + HOUR, "Ruth Okafor")
    again = called_in(cast, ticket, at=LATER + 2 * HOUR)
    assert (again.pk, again.since, again.ended_at) == (party.pk, LATER + 2 * HOUR, None)


def test_somebody_must_work_on_it(cast: Cast, ticket: Ticket) -> None:
    with pytest.raises(CannotCallIn, match="last"):
        let_go(party=ticket.parties.get(), actor=actor(cast.ruth), now=LATER)


def test_what_makes_no_sense_is_refused(cast: Cast, ticket: Ticket) -> None:
    with pytest.raises(CannotCallIn, match="other_business"):
        involve(ticket=ticket, engagement=cast.tilden_engagement, actor=actor(cast.ruth), now=LATER)
    cast.line_engagement.ends_at = TUESDAY
    cast.line_engagement.save()
    with pytest.raises(CannotCallIn, match="ended"):
        called_in(cast, ticket)


def test_called_in_twice_is_once(cast: Cast, ticket: Ticket) -> None:
    assert called_in(cast, ticket) == called_in(cast, ticket, at=LATER + HOUR)
    assert Entry.objects.filter(verb="ticket.involved").values("event_id").distinct().count() == 1


@pytest.mark.parametrize(
    ("who", "status"), [("ruth", 303), ("maria", 303), ("dele", 403), ("sam", 403), ("ines", 404), ("jo", 404)]
)
def test_only_who_leads_the_business_calls_in(cast: Cast, ticket: Ticket, who: str, status: int) -> None:
    form = {"supplier": str(cast.line_engagement.id), "past": "from_now", "note": "The green cable is yours."}
    assert client_of(getattr(cast, who)).post(f"/requests/{ticket.id}/people/suppliers/", form).status_code == status
    assert ticket.parties.filter(engagement=cast.line_engagement).exists() is (status == 303)


def test_what_they_need_to_know_is_said_to_everybody_on_the_request(cast: Cast, ticket: Ticket) -> None:
    form = {"supplier": str(cast.line_engagement.id), "past": "from_now", "note": "The green cable is yours."}
    client_of(cast.ruth).post(f"/requests/{ticket.id}/people/suppliers/", form)
    assert "The green cable is yours." in read_by_ines(cast, ticket)


def test_a_supplier_of_another_business_cannot_be_chosen(cast: Cast, ticket: Ticket) -> None:
    form = {"supplier": str(cast.tilden_engagement.id), "past": "all"}
    assert client_of(cast.ruth).post(f"/requests/{ticket.id}/people/suppliers/", form).status_code == 422


def test_a_supplier_says_who_else_should_look_and_the_business_decides(cast: Cast, ticket: Ticket) -> None:
    url = f"/requests/{ticket.id}/people/"
    sam = client_of(cast.sam)
    assert "Norvane" not in sam.get(url).content.decode()  # whom else the business buys from is not shown to it
    assert sam.post(f"{url}call-ins/", {"note": "Your line people: no signal"}).status_code == 303
    assert sam.post(f"{url}call-ins/", {"note": "Your line people, please"}).status_code == 303
    row = CallIn.objects.get()
    assert (row.note, row.supplier) == ("Your line people, please", cast.fennimore)
    mails = tell_all(LATER)
    assert [mail.to for mail in mails] == ["maria@oakhurst.example", "ruth@oakhurst.example"]
    assert "Your line people, please" in mails[0].text
    ruth = client_of(cast.ruth)
    assert "Your line people, please" in ruth.get(url).content.decode()
    assert client_of(cast.dele).post(f"{url}call-ins/{row.id}/").status_code == 403
    assert sam.post(f"{url}call-ins/{row.id}/").status_code == 403
    called_in(cast, ticket)
    row.refresh_from_db()
    assert (row.taken, row.answered_by) == (True, "Ruth Okafor")
    assert "Your line people, please" not in ruth.get(url).content.decode()


def test_the_business_says_no(cast: Cast, ticket: Ticket) -> None:
    row = would_call_in(ticket=ticket, supplier_id=cast.fennimore.id, note="The line", actor=actor(cast.sam), now=LATER)
    url = f"/requests/{ticket.id}/people/call-ins/{row.id}/"
    assert [client_of(cast.ruth).post(url).status_code for _ in range(2)] == [303, 303]
    row.refresh_from_db()
    assert row.taken is False
    assert Entry.objects.filter(verb="ticket.call_in_declined").count() == 1


def test_another_supplier_does_not_read_what_one_thinks_of_it(cast: Cast, ticket: Ticket) -> None:
    would_call_in(ticket=ticket, supplier_id=cast.fennimore.id, note="Not Norvane", actor=actor(cast.sam), now=LATER)
    involve(ticket=ticket, engagement=cast.line_engagement, actor=actor(cast.ruth), now=LATER)
    would_call_in(ticket=ticket, supplier_id=cast.fennimore.id, note="Not Norvane", actor=actor(cast.sam), now=LATER)
    assert "Not Norvane" not in client_of(cast.ines).get(f"/requests/{ticket.id}/people/").content.decode()
    assert "Not Norvane" in client_of(cast.sam).get(f"/requests/{ticket.id}/people/").content.decode()

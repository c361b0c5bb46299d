"""A fault that everybody at the business may know of: one line, who has it too, and that it is over."""

from __future__ import annotations

import datetime as dt

import pytest

from quietmonday.journal.models import Entry
from quietmonday.outbox.actions.mails import content_of
from quietmonday.outbox.actions.ticking import tick
from quietmonday.outbox.models import OutgoingMessage
from quietmonday.support.actions.known_faults import NotOpen, say_me_too, show_no_more, show_to_everybody
from quietmonday.support.actions.settling import resolve, set_aside
from quietmonday.support.models import AlsoAffected, KnownFault, Ticket
from tests.cast import Cast, Member
from tests.support.scene import actor, asked, client_of

pytestmark = pytest.mark.django_db

LINE = "Wi-Fi is down in packing"


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def shown(cast: Cast, ticket: Ticket | None = None, title: str = LINE) -> KnownFault:
    return show_to_everybody(
        ticket=ticket or asked(cast, "My scanner: secret of Dele", at=now()), title=title, actor=actor(cast.sam),
        now=now(),
    )  # fmt: skip


def has_too(fault: KnownFault, who: Member) -> AlsoAffected | None:
    return say_me_too(fault=fault, person=who.person, actor=actor(who), now=now())


def test_all_staff_read_the_line_and_nothing_else_of_the_request(cast: Cast) -> None:
    fault = shown(cast)
    for path in ("/report/", "/requests/"):
        page = client_of(cast.bill).get(path).content.decode()
        assert LINE in page
        assert "secret of Dele" not in page
        assert str(fault.ticket_id) not in page
    assert client_of(cast.bill).get(f"/requests/{fault.ticket_id}/").status_code == 404
    assert LINE not in client_of(cast.kim).get("/report/").content.decode()


def test_one_says_me_too_once(cast: Cast) -> None:
    fault = shown(cast)
    bill = client_of(cast.bill)
    assert bill.post(f"/known-faults/{fault.pk}/me-too/").status_code == 303
    assert bill.post(f"/known-faults/{fault.pk}/me-too/").status_code == 303
    assert AlsoAffected.objects.get().person_id == cast.bill.person.pk
    page = bill.get("/report/").content.decode()
    assert "You have it too." in page
    assert "I have it too" not in page
    seen = client_of(cast.sam).get(f"/requests/{fault.ticket_id}/").content.decode()
    assert "1 person has it too." in seen
    assert "Bill Hartley has it too." in seen
    assert Entry.objects.filter(subject_id=fault.ticket_id, verb="ticket.affected").count() == 1


def test_when_it_works_again_the_line_goes_and_who_had_it_too_is_told(cast: Cast) -> None:
    fault = shown(cast)
    has_too(fault, cast.bill)
    has_too(fault, cast.dele)  # whose request it is: asked whether it is solved, and not told a second time
    resolve(ticket=fault.ticket, kind="fixed", actor=actor(cast.sam), now=now())
    assert LINE not in client_of(cast.bill).get("/report/").content.decode()
    tick(now=now(), schedule=False)
    mails = OutgoingMessage.objects.filter(key__startswith="fault:")
    assert [mail.recipient for mail in mails] == [cast.bill.email]
    content = content_of(mails[0])
    assert content.subject == f"Working again: {LINE}"
    assert "secret of Dele" not in content.text
    assert str(fault.ticket_id) not in content.text
    assert "Reply-To" not in content.headers


def test_what_is_set_aside_is_no_fault_and_nobody_is_told_that_it_works(cast: Cast) -> None:
    fault = shown(cast)
    has_too(fault, cast.bill)
    set_aside(ticket=fault.ticket, state="cancelled", actor=actor(cast.ruth), now=now())
    tick(now=now(), schedule=False)
    assert not KnownFault.objects.filter(ended_at=None).exists()
    assert not OutgoingMessage.objects.filter(key__startswith="fault:").exists()


def test_another_line_takes_the_place_of_the_first_and_it_is_taken_down(cast: Cast) -> None:
    first = shown(cast)
    second = shown(cast, first.ticket, "Wi-Fi is down everywhere")
    page = client_of(cast.bill).get("/report/").content.decode()
    assert (LINE in page, second.title in page) == (False, True)
    assert has_too(first, cast.bill) is None
    assert show_no_more(ticket=first.ticket, actor=actor(cast.sam), now=now())
    assert not show_no_more(ticket=first.ticket, actor=actor(cast.sam), now=now())
    assert client_of(cast.bill).post(f"/known-faults/{second.pk}/me-too/").status_code == 404


def test_owner_and_supplier_show_it_staff_do_not(cast: Cast) -> None:
    ticket = asked(cast, at=now())
    path = f"/requests/{ticket.pk}/known-fault/"
    assert client_of(cast.dele).post(path, {"title": "x"}).status_code == 403
    assert client_of(cast.bill).post(path, {"title": "x"}).status_code == 404
    assert client_of(cast.ruth).post(path, {"title": " "}).status_code == 422
    assert client_of(cast.ruth).post(path, {"title": LINE}).status_code == 303
    assert KnownFault.objects.get().by_name == "Ruth Okafor"
    assert client_of(cast.sam).post(f"{path}end/").status_code == 303


def test_what_is_settled_is_no_fault(cast: Cast) -> None:
    ticket = asked(cast, at=now())
    resolve(ticket=ticket, kind="fixed", actor=actor(cast.sam), now=now())
    with pytest.raises(NotOpen):
        shown(cast, ticket)
    response = client_of(cast.ruth).post(f"/requests/{ticket.pk}/known-fault/", {"title": LINE})
    assert response.status_code == 422

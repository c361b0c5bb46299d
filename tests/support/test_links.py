"""What a request has to do with others, and its pieces."""

from __future__ import annotations

import datetime as dt

import pytest

from quietmonday.journal.models import Entry
from quietmonday.support.actions.linking import CannotLink, link, settle_under, unlink
from quietmonday.support.actions.settling import resolve
from quietmonday.support.models import Ticket, TicketLink
from tests.cast import Cast
from tests.support.scene import TUESDAY, actor, asked, client_of

pytestmark = pytest.mark.django_db

LATER = TUESDAY + dt.timedelta(hours=1)


@pytest.fixture
def pair(cast: Cast) -> tuple[Ticket, Ticket]:
    return asked(cast, "Move the office"), asked(cast, "New sockets", by=cast.bill)


def linked(cast: Cast, kind: str, one: Ticket, other: Ticket, note: str = "") -> TicketLink:
    return link(one=one, other=other, kind=kind, note=note, actor=actor(cast.sam), now=LATER)


@pytest.mark.parametrize(
    ("how", "here", "there"),
    [
        ("related", "Has to do with request", "Has to do with request"),
        ("waits_for", "Waits for request", "Holds up request"),
        ("blocks", "Holds up request", "Waits for request"),
        ("caused_by", "Comes from request", "Is the cause of request"),
        ("causes", "Is the cause of request", "Comes from request"),
        ("under", "Is one piece of request", "Has as one piece request"),
        ("above", "Has as one piece request", "Is one piece of request"),
    ],
)
def test_a_link_reads_right_from_both_ends(
    cast: Cast, pair: tuple[Ticket, Ticket], how: str, here: str, there: str
) -> None:
    one, other = pair
    sam = client_of(cast.sam)
    form = {"how": how, "number": "2", "note": "Electrician comes first"}
    assert sam.post(f"/requests/{one.id}/links/add/", form).status_code == 303
    for ticket, words, number in ((one, here, "2"), (other, there, "1")):
        for page in (f"/requests/{ticket.id}/links/", f"/requests/{ticket.id}/"):
            assert f"{words} <a href=" in sam.get(page).content.decode()
        assert f">{number} " in sam.get(f"/requests/{ticket.id}/links/").content.decode()
    assert Entry.objects.filter(verb="ticket.linked").count() == 2


def test_who_sees_only_one_of_the_two_is_not_told_of_the_other(cast: Cast, pair: tuple[Ticket, Ticket]) -> None:
    one, other = pair
    linked(cast, "related", one, other)
    hidden = asked(cast, "Secret tender", by=cast.ruth, engagements=[cast.line_engagement])
    link(one=one, other=hidden, kind="blocks", actor=actor(cast.ruth), now=LATER)
    for who, sees in (("dele", []), ("sam", ["New sockets"]), ("ruth", ["New sockets", "Secret tender"])):
        for page in (f"/requests/{one.id}/", f"/requests/{one.id}/links/"):
            text = client_of(getattr(cast, who)).get(page).content.decode()
            assert [each for each in ("New sockets", "Secret tender") if each in text] == sees
    row = TicketLink.objects.get(kind="blocks")
    assert client_of(cast.sam).post(f"/requests/{one.id}/links/{row.id}/end/").status_code == 404


def test_the_same_link_twice_is_once_and_related_holds_both_ways(cast: Cast, pair: tuple[Ticket, Ticket]) -> None:
    one, other = pair
    assert linked(cast, "related", one, other) == linked(cast, "related", other, one)
    assert linked(cast, "blocks", one, other) != linked(cast, "blocks", other, one)


def test_a_link_is_ended_once_and_may_be_made_again(cast: Cast, pair: tuple[Ticket, Ticket]) -> None:
    row = linked(cast, "blocks", *pair)
    unlink(row=row, actor=actor(cast.ruth), now=LATER)
    unlink(row=row, actor=actor(cast.sam), now=LATER)
    row.refresh_from_db()
    assert (row.ended_by, Entry.objects.filter(verb="ticket.unlinked").count()) == ("Ruth Okafor", 2)
    assert linked(cast, "blocks", *pair) != row


def test_what_cannot_be_linked(cast: Cast, pair: tuple[Ticket, Ticket]) -> None:
    one, _other = pair
    theirs = asked(cast, "Theirs", by=cast.kim, engagements=[cast.tilden_engagement])
    for other, kind, rule in ((one, "blocks", "itself"), (theirs, "blocks", "other_business"), (one, "loves", "kind")):
        with pytest.raises(CannotLink) as why:
            linked(cast, kind, one, other)
        assert why.value.rule == rule
    with pytest.raises(CannotLink):
        linked(cast, "related", one, one)
    page = client_of(cast.sam).post(f"/requests/{one.id}/links/add/", {"how": "blocks", "number": "1"})
    assert (page.status_code, "That is this very request." in page.content.decode()) == (422, True)
    for number in ("0", "-1", "x", "9" * 30, "99"):
        form = {"how": "blocks", "number": number}
        assert client_of(cast.sam).post(f"/requests/{one.id}/links/add/", form).status_code == 422


def test_pieces_have_no_pieces_so_nothing_stands_under_itself(cast: Cast, pair: tuple[Ticket, Ticket]) -> None:
    whole, piece = pair
    third = asked(cast, "Third")
    linked(cast, "under", piece, whole)
    for one, other, rule in (
        (whole, piece, "other_is_under"),
        (piece, third, "under_another"),
        (third, piece, "other_is_under"),
        (whole, third, "has_under"),
    ):
        with pytest.raises(CannotLink) as why:
            linked(cast, "under", one, other)
        assert why.value.rule == rule


def test_settling_the_whole_offers_its_pieces(cast: Cast, pair: tuple[Ticket, Ticket]) -> None:
    whole, piece = pair
    third, fourth = asked(cast, "Desks"), asked(cast, "Chairs")
    for each in (piece, third, fourth):
        linked(cast, "under", each, whole)
    sam = client_of(cast.sam)
    resolve(ticket=whole, kind="fixed", note="Moved", actor=actor(cast.sam), now=LATER)
    resolve(ticket=fourth, kind="fixed", actor=actor(cast.sam), now=LATER)
    assert "2 pieces of it are still open." in sam.get(f"/requests/{whole.id}/").content.decode()
    page = sam.get(f"/requests/{whole.id}/links/").content.decode()
    assert page.count('name="requests"') == 2
    form = {"requests": [str(piece.id), str(third.id)]}
    assert sam.post(f"/requests/{whole.id}/links/below/", form).status_code == 303
    for each in (piece, third):
        each.refresh_from_db()
        assert (each.state, each.resolutions.get().note) == ("resolved", "Moved")
    assert client_of(cast.ruth).post(f"/requests/{whole.id}/links/below/", form).status_code == 403


def test_what_does_not_stand_under_it_is_left_as_it_is(cast: Cast, pair: tuple[Ticket, Ticket]) -> None:
    whole, other = pair
    assert settle_under(parent=whole, tickets=[other], actor=actor(cast.sam), now=LATER) == ([], [other])
    resolve(ticket=whole, kind="fixed", actor=actor(cast.sam), now=LATER)
    whole.refresh_from_db()
    assert settle_under(parent=whole, tickets=[other], actor=actor(cast.sam), now=LATER) == ([], [other])
    form = {"requests": [str(other.id)]}
    assert client_of(cast.sam).post(f"/requests/{whole.id}/links/below/", form).status_code == 422


def test_only_so_many_links_of_one_request(cast: Cast, pair: tuple[Ticket, Ticket]) -> None:
    one, other = pair
    many = [asked(cast, f"Request {number}") for number in range(50)]
    for each in many:
        linked(cast, "blocks", one, each)
    with pytest.raises(CannotLink) as why:
        linked(cast, "blocks", one, other)
    assert why.value.rule == "too_many"


@pytest.mark.parametrize(("who", "status"), [("ruth", 303), ("sam", 303), ("dele", 403), ("bill", 404), ("jo", 404)])
def test_who_may_link(cast: Cast, pair: tuple[Ticket, Ticket], who: str, status: int) -> None:
    one, _other = pair
    form = {"how": "blocks", "number": "2"}
    assert client_of(getattr(cast, who)).post(f"/requests/{one.id}/links/add/", form).status_code == status
    assert TicketLink.objects.exists() is (status == 303)

"""What of the past a supplier may read: never what came after, never once taken back, only where it is let."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from quietmonday.journal.models import Entry
from quietmonday.kit.actors import SYSTEM
from quietmonday.people.access import viewer_of
from quietmonday.people.actions.engagements import end_engagement, engage
from quietmonday.people.actions.history import end_history, grant_history
from quietmonday.people.logic.history import Grant, Party, readable_until, until_of
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import HistoryGrant, Supplier
from quietmonday.support.access import past_messages_visible_to, past_tickets_visible_to
from quietmonday.support.models import Ticket, TicketEngagement
from tests.cast import Cast, Member
from tests.support.scene import actor, answered, asked, client_of, wrote

DAY = dt.timedelta(days=1)
NOW = dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC)

ids = st.sampled_from([uuid.UUID(int=n) for n in range(3)])
moments = st.integers(0, 20).map(lambda days: NOW - 20 * DAY + days * DAY)
grants = st.builds(
    Grant, engagement=ids, reader=ids, since=st.none() | moments, until=moments, ended_at=st.none() | moments
)
parties = st.lists(
    st.builds(Party, engagement=ids, since=moments, ended_at=st.none() | moments, whole=st.booleans()), max_size=3
)


@given(given_at=moments, ends_at=st.none() | moments)
def test_the_past_never_reaches_beyond_the_grant_or_the_end(given_at: dt.datetime, ends_at: dt.datetime | None) -> None:
    until = until_of(given_at=given_at, engagement_ends_at=ends_at)
    assert until <= given_at
    assert ends_at is None or until <= ends_at
    assert until in (given_at, ends_at)


@given(held=st.lists(grants, max_size=4), readers=st.sets(ids), parties=parties, opened=moments)
def test_only_a_grant_that_holds_for_this_reader_and_this_engagement_opens(
    held: list[Grant], readers: set[uuid.UUID], parties: list[Party], opened: dt.datetime
) -> None:
    until = readable_until(held, readers=readers, parties=parties, opened_at=opened)
    if until is None:
        return
    assert opened < until
    assert any(
        until == min(g.until, p.ended_at or g.until)
        and g.ended_at is None
        and g.reader in readers
        and g.engagement == p.engagement
        and p.whole
        for g in held
        for p in parties
    )


@given(held=st.lists(grants, max_size=4), more=grants, readers=st.sets(ids), parties=parties, opened=moments)
def test_one_more_grant_never_takes_anything_away_and_taking_it_back_undoes_it(
    held: list[Grant], more: Grant, readers: set[uuid.UUID], parties: list[Party], opened: dt.datetime
) -> None:
    def until(given_ones: list[Grant]) -> dt.datetime | None:
        return readable_until(given_ones, readers=readers, parties=parties, opened_at=opened)

    before, after = until(held), until([*held, more])
    assert before is None or (after is not None and after >= before)
    taken_back = Grant(more.engagement, more.reader, more.since, more.until, ended_at=NOW)
    assert until([*held, taken_back]) == before


@pytest.fixture
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def gone(at_now: None, cast: Cast) -> Cast:
    """Fennimore worked for Oakhurst until yesterday; a request of theirs went on with Norvane."""
    ticket = asked(cast, "Scanners lose Wi-Fi", at=NOW - 5 * DAY)
    answered(cast, ticket, "Before the end", at=NOW - 4 * DAY)
    end_engagement(engagement=cast.engagement, actor=SYSTEM, now=NOW - DAY)
    TicketEngagement.objects.create(
        business=cast.oakhurst, ticket=ticket, engagement=cast.line_engagement, since=NOW - DAY
    )
    wrote(ticket, cast.dele, "After the end", at=NOW - dt.timedelta(hours=2))
    return cast


def read_by(member: Member) -> dict[str, list[str]]:
    """Return subject → texts of all that a member reads of the past."""
    viewer = viewer_of(member.account, NOW)
    return {
        ticket.subject: [m.text for m in past_messages_visible_to(viewer, ticket, ticket.__dict__["until"])]
        for ticket in past_tickets_visible_to(viewer)
    }


def give(cast: Cast, reader: Supplier, **more: object) -> HistoryGrant:
    given_one = {"engagement": cast.engagement, "since": None, "actor": actor(cast.ruth), "now": NOW} | more
    return grant_history(reader=reader, **given_one)  # type: ignore[arg-type]  # put together here


def test_a_supplier_that_has_gone_reads_nothing_until_the_business_says_so(gone: Cast) -> None:
    assert read_by(gone.sam) == {}
    give(gone, gone.fennimore)
    assert read_by(gone.sam) == {"Scanners lose Wi-Fi": ["Scanners lose Wi-Fi", "Before the end"]}
    assert read_by(gone.ines) == {} == read_by(gone.lee) == read_by(gone.finn)


def test_taken_back_is_gone_at_once(gone: Cast) -> None:
    grant = give(gone, gone.fennimore)
    ticket = Ticket.objects.get()
    sam = client_of(gone.sam)
    assert sam.get(f"/history/{ticket.pk}/").status_code == 200
    end_history(grant=grant, actor=actor(gone.ruth), now=NOW)
    end_history(grant=grant, actor=actor(gone.ruth), now=NOW)
    assert sam.get(f"/history/{ticket.pk}/").status_code == 404
    assert read_by(gone.sam) == {}
    assert Entry.objects.filter(verb="history.ended").count() == 1


def test_the_page_is_read_only_and_says_so(gone: Cast) -> None:
    give(gone, gone.fennimore)
    ticket = Ticket.objects.get()
    page = client_of(gone.sam).get(f"/history/{ticket.pk}/")
    assert "Granted history, read only." in page.content.decode()
    assert "After the end" not in page.content.decode()
    assert page.content.decode().count('<form method="post"') == 1  # signing out
    for path in ("messages", "notes", "resolution", "promise"):
        assert client_of(gone.sam).post(f"/requests/{ticket.pk}/{path}/", {"text": "x"}).status_code == 404


def test_who_may_read_the_past_gets_there_from_the_list_and_from_the_old_address(gone: Cast) -> None:
    ticket = Ticket.objects.get()
    sam, old = client_of(gone.sam), f"/requests/{ticket.pk}/"
    assert sam.get(old).status_code == 404
    assert 'href="/history/"' in sam.get("/requests/").content.decode()
    assert 'href="/history/"' not in client_of(gone.dele).get("/requests/").content.decode()
    give(gone, gone.fennimore)
    assert sam.get(old).headers["Location"] == f"/history/{ticket.pk}/"
    assert client_of(gone.ruth).get(old).status_code == 200
    assert client_of(gone.lee).get(old).status_code == 404


def test_a_new_supplier_reads_the_past_from_a_day_on(gone: Cast) -> None:
    brightwell = gone.brightwell
    engage(business=gone.oakhurst, supplier=brightwell, actor=SYSTEM, now=NOW - dt.timedelta(hours=1))
    assert read_by(gone.lee) == {}
    grant = give(gone, brightwell, since=NOW - 3 * DAY)
    assert read_by(gone.lee) == {}  # asked before that day
    end_history(grant=grant, actor=actor(gone.ruth), now=NOW)
    give(gone, brightwell, since=NOW - 6 * DAY)
    assert list(read_by(gone.lee)) == ["Scanners lose Wi-Fi"]


def test_the_door_keeps_the_rule_word_for_word(gone: Cast) -> None:
    """The query says what people.logic.history says, over grants and requests of many kinds."""
    second = asked(gone, "Second", at=NOW - 3 * DAY, engagements=[gone.line_engagement])
    TicketEngagement.objects.create(
        business=gone.oakhurst, ticket=second, engagement=gone.engagement, since=NOW - 2 * DAY
    )
    third = asked(gone, "Third", at=NOW - 4 * DAY, engagements=[gone.engagement, gone.line_engagement])
    third.parties.filter(engagement=gone.engagement).update(ended_at=NOW - 3 * DAY)
    fourth = asked(gone, "Fourth", at=NOW - 4 * DAY, engagements=[gone.line_engagement])
    TicketEngagement.objects.create(
        business=gone.oakhurst, ticket=fourth, engagement=gone.engagement, since=NOW - 3 * DAY,
        sees_from=NOW - 3 * DAY,
    )  # fmt: skip
    days = [None, NOW - 6 * DAY, NOW - 4 * DAY, NOW - 2 * DAY]
    for since in days:
        for until in (NOW - 5 * DAY, NOW - 3 * DAY, NOW - DAY * 2, NOW - DAY):
            HistoryGrant.objects.all().delete()
            row = HistoryGrant.objects.create(
                business=gone.oakhurst, engagement=gone.engagement, reader=gone.fennimore, since=since, until=until,
                given_at=NOW, by_name="Ruth",
            )  # fmt: skip
            grant = Grant(row.engagement_id, row.reader_id, row.since, row.until, row.ended_at)
            told = {
                ticket.pk: readable_until(
                    [grant],
                    readers={gone.fennimore.pk},
                    parties=[
                        Party(p.engagement_id, p.since, p.ended_at, p.sees_from is None) for p in ticket.parties.all()
                    ],
                    opened_at=ticket.opened_at,
                )
                for ticket in Ticket.objects.all()
            }
            found = past_tickets_visible_to(viewer_of(gone.sam.account, NOW))
            assert {t.pk: t.__dict__["until"] for t in found} == {pk: at for pk, at in told.items() if at}


@pytest.mark.parametrize(
    ("who", "more", "rule"),
    [
        ("norvane", {"engagement": "line_engagement"}, "own_past"),
        ("brightwell", {}, "not_here"),
        ("fennimore", {"since": NOW}, "after_all"),
    ],
)
def test_what_makes_no_sense_is_refused(gone: Cast, who: str, more: dict[str, object], rule: str) -> None:
    told = {key: getattr(gone, value) if isinstance(value, str) else value for key, value in more.items()}
    with pytest.raises(Refused, match=rule):
        give(gone, getattr(gone, who), **told)
    assert not HistoryGrant.objects.exists()


def test_a_decision_stands_in_the_business_s_own_chain_once(gone: Cast) -> None:
    assert give(gone, gone.fennimore).pk == give(gone, gone.fennimore).pk
    entry = Entry.objects.get(verb="history.granted")
    assert (entry.chain.kind, entry.business_id, entry.actor_id) == ("business", gone.oakhurst.pk, gone.ruth.person.pk)


def test_the_owner_gives_and_takes_back_with_one_tap(gone: Cast) -> None:
    ruth, path = client_of(gone.ruth), f"/businesses/{gone.oakhurst.pk}/past/"
    page = ruth.get(path).content.decode()
    assert "Let Fennimore IT read what they worked on" in page
    ruth.post(path, {"engagement": gone.engagement.pk, "reader": gone.fennimore.pk})
    assert "Fennimore IT</b> reads what they worked on" in ruth.get(path).content.decode()
    assert list(read_by(gone.sam)) == ["Scanners lose Wi-Fi"]
    ruth.post(f"/past/{HistoryGrant.objects.get().pk}/end/")
    assert read_by(gone.sam) == {}
    refused = ruth.post(path, {"engagement": gone.engagement.pk, "reader": gone.brightwell.pk})
    assert refused.status_code == 422

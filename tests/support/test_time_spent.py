"""Time spent: a supplier reads its own, the business the minutes of all, staff none."""

from __future__ import annotations

import datetime as dt

import pytest

from quietmonday.integrations.queries.belonging import instead_of
from quietmonday.journal.models import Entry
from quietmonday.people.queries.subjects import subject_file
from quietmonday.support.actions.timing import spend_time, take_time_back
from quietmonday.support.logic.minutes import minutes_in
from quietmonday.support.models import Ticket
from quietmonday.work.actions.time import NoSuchTime
from quietmonday.work.models import TimeEntry
from tests.cast import Cast, Member
from tests.support.scene import TUESDAY, actor, asked, client_of

pytestmark = pytest.mark.django_db


def spent(cast: Cast, ticket: Ticket, minutes: int, who: Member, note: str = "") -> TimeEntry:
    engagement = cast.line_engagement if who is cast.ines else cast.engagement
    return spend_time(
        ticket=ticket, engagement=engagement, person=who.person, minutes=minutes, at=TUESDAY, actor=actor(who),
        now=TUESDAY, note=note,
    )  # fmt: skip


def page(who: Member, ticket: Ticket) -> str:
    return client_of(who).get(f"/requests/{ticket.pk}/").content.decode()


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """A request with both suppliers; 25 and 35 minutes of Fennimore, 60 of Norvane."""
    ticket = asked(cast, by=cast.dele, engagements=[cast.engagement, cast.line_engagement])
    spent(cast, ticket, 25, cast.sam, "Read the logs twice")
    spent(cast, ticket, 35, cast.asha)
    spent(cast, ticket, 60, cast.ines, "Line card")
    return ticket


def test_a_supplier_reads_what_its_own_people_wrote_down(cast: Cast, ticket: Ticket) -> None:
    seen = page(cast.sam, ticket)
    assert "Time spent: 1 h" in seen
    assert "Read the logs twice" in seen
    assert "Line card" not in seen
    assert "Ines Varga, 1 h" not in seen


def test_who_leads_the_business_reads_the_minutes_of_all_and_no_note(cast: Cast, ticket: Ticket) -> None:
    for who in (cast.ruth, cast.maria):
        seen = page(who, ticket)
        assert "Time spent: 2 h" in seen
        assert "Read the logs twice" not in seen
        assert "Line card" not in seen


def test_staff_read_no_minutes(cast: Cast, ticket: Ticket) -> None:
    assert "Time spent" not in page(cast.dele, ticket)


def test_the_journal_has_the_minutes_and_not_the_note(cast: Cast, ticket: Ticket) -> None:
    entries = Entry.objects.filter(subject_id=ticket.pk, verb="ticket.time_spent").select_related("payload")
    bodies = [entry.payload.body or {} for entry in entries]
    assert sorted({body["minutes"] for body in bodies}) == [25, 35, 60]
    assert "logs" not in str(bodies)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("20", 20), (" 20 min ", 20), ("1:20", 80), ("0:05", 5), ("1h20", 80), ("1 h 20 min", 80), ("2 h", 120),
        ("1.5h", 90), ("1,25 Std.", 75), ("3 Stunden", 180), ("90 Minuten", 90),
        ("", None), ("1:60", None), ("1.5", None), ("long", None), ("-5", None), ("1:20:30", None), ("\u0661", None),
    ],
)  # fmt: skip
def test_how_long_it_took_is_written_as_people_write_it(text: str, minutes: int | None) -> None:
    assert minutes_in(text) == minutes


def test_hours_and_minutes_on_the_page_and_words_for_what_is_neither(cast: Cast) -> None:
    ticket = asked(cast)
    client = client_of(cast.sam)
    refused = client.post(f"/requests/{ticket.pk}/time/", {"minutes": "a while"})
    assert refused.status_code == 422
    assert "Write minutes, such as 20, or hours and minutes, such as 1:20." in refused.content.decode()
    assert client.post(f"/requests/{ticket.pk}/time/", {"minutes": "25:00"}).status_code == 422
    assert client.post(f"/requests/{ticket.pk}/time/", {"minutes": "1:20"}).status_code == 303
    assert TimeEntry.objects.get().minutes == 80


def test_time_is_added_on_the_page(cast: Cast) -> None:
    ticket = asked(cast)
    client = client_of(cast.sam)
    assert client.post(f"/requests/{ticket.pk}/time/", {"minutes": "0"}).status_code == 422
    assert client.post(f"/requests/{ticket.pk}/time/", {"minutes": "90", "note": "New cable"}).status_code == 303
    entry = TimeEntry.objects.get()
    assert (entry.minutes, entry.person_id, entry.note) == (90, cast.sam.person.pk, "New cable")
    assert entry.recorded_at - entry.at == dt.timedelta(minutes=90)
    assert "Time spent: 1 h 30" in page(cast.sam, ticket)
    assert client_of(cast.ruth).post(f"/requests/{ticket.pk}/time/", {"minutes": "5"}).status_code == 403


def test_time_is_taken_back_by_whose_it_is_or_by_a_manager(cast: Cast, ticket: Ticket) -> None:
    of_sam, of_asha = TimeEntry.objects.get(minutes=25), TimeEntry.objects.get(minutes=35)
    assert client_of(cast.sam).post(f"/time/{of_asha.pk}/take-back/").status_code == 404
    assert client_of(cast.ines).post(f"/time/{of_asha.pk}/take-back/").status_code == 404
    assert client_of(cast.sam).post(f"/time/{of_sam.pk}/take-back/").status_code == 303
    assert client_of(cast.sam).post(f"/time/{of_sam.pk}/take-back/").status_code == 404
    assert client_of(cast.asha).post(f"/time/{of_asha.pk}/take-back/").status_code == 303
    assert TimeEntry.objects.count() == 1
    assert Entry.objects.filter(subject_id=ticket.pk, verb="ticket.time_taken_back").count() == 4  # in both chains
    assert not take_time_back(entry=of_sam, actor=actor(cast.sam), now=TUESDAY)


@pytest.mark.parametrize("minutes", [0, 1_441, -5])
def test_nobody_works_no_time_or_more_than_a_day(cast: Cast, minutes: int) -> None:
    with pytest.raises(NoSuchTime):
        spent(cast, asked(cast), minutes, cast.sam)
    assert not TimeEntry.objects.exists()


def test_whose_time_it_was_is_theirs_to_take_out(cast: Cast, ticket: Ticket) -> None:
    import zipfile

    with zipfile.ZipFile(subject_file(cast.sam.person, TUESDAY)) as archive:
        told = archive.read("time.json").decode()
    assert '"minutes": 25' in told
    assert "Read the logs" not in told
    assert '"minutes": 35' not in told


def test_a_record_that_moves_takes_the_minutes_and_leaves_the_note(cast: Cast, ticket: Ticket) -> None:
    assert set(instead_of(TimeEntry, cast.oakhurst.pk)) == {"note"}

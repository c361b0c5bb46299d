"""The log of a real service desk: its weeks are what was counted by others, its own verdict stays its own."""

from __future__ import annotations

import datetime as dt
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from quietmonday.people.models import Engagement, Membership, Person, Role
from quietmonday.support.models import Message, Reopening, SheetImport, SheetRow, Statement, Ticket
from tests.cast import Member, make_cast, sign_in
from tests.shared import DATA, needs_data

pytestmark = [pytest.mark.django_db, needs_data]
TICKETS = DATA / "tickets"
EXPECTED = TICKETS / "expected.json"


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def taken_in(site: str, *more: str) -> str:
    name = f"servicenow_location_{site}.csv"
    firms = ("--business", f"Location {site}", "--supplier", "Service desk", "--begin")
    return run("import", "tickets", str(TICKETS / name), "--map", "servicenow", *firms, *more)


@pytest.mark.parametrize("site", ["46", "55"])
def test_every_week_of_a_real_site_equals_what_was_counted(site: str) -> None:
    expected = json.loads(EXPECTED.read_text())["sites"][f"Location {site}"]
    said = taken_in(site)
    assert f"{expected['incidents']} new requests" in said and " 0 lines did not come in" in said
    rows = [row.stated for row in SheetRow.objects.all()]
    assert len(rows) == expected["incidents"]
    assert sum(row["events"] for row in rows) == expected["events"]
    for name, ours in (("made_sla", "made_sla"), ("reopened", "reopened"), ("reassigned", "reassigned"),
                       ("with_rfc", "rfc"), ("with_problem", "problem")):  # fmt: skip
        assert sum(bool(row[ours]) for row in rows) == expected[name], name
    table = run("report", "weeks", "--business", f"Location {site}", "--expected", str(EXPECTED))
    assert f"All {len(expected['weeks'])} weeks equal" in table
    again = taken_in(site)
    assert f"0 new requests, 0 brought up to date, {expected['incidents']} here before" in again


def test_a_week_that_differs_is_named() -> None:
    taken_in("46")
    with pytest.raises(CommandError) as refused:
        run("report", "weeks", "--business", "Location 46", "--expected", str(EXPECTED), "--site", "Location 55")
    assert "weeks differ" in str(refused.value) and "2016-W09" in str(refused.value)


def test_nothing_is_known_before_its_time_and_the_sources_verdict_is_not_ours() -> None:
    taken_in("46")
    for row in SheetRow.objects.select_related("ticket__verdict"):
        last = max(message.occurred_at for message in row.ticket.messages.all())
        for end in row.ticket.resolutions.all():
            assert end.at <= last
        assert "made_sla" not in str(row.ticket.verdict.findings)
    stated = sum(row.stated["made_sla"] is True for row in SheetRow.objects.all())
    assert stated != Ticket.objects.filter(verdict__quick="yes").count()  # they need not agree, and do not
    assert Reopening.objects.count() == 3
    assert not Message.objects.filter(side="supplier").exists()  # the log holds no word of theirs: none is made up


def test_the_weeks_of_2016_are_read_in_the_browser(client: Client) -> None:
    taken_in("46", "--state-weeks")
    engagement = Engagement.objects.select_related("business").get()
    cast = make_cast(dt.datetime.now(dt.UTC))
    person = Person.objects.create(business=engagement.business, name="Owner", since=engagement.starts_at)
    membership = Membership.objects.create(
        account=cast.kim.account, person=person, business=engagement.business, role=Role.OWNER,
        starts_at=engagement.starts_at,
    )  # fmt: skip
    sign_in(client, Member(person, cast.kim.account, membership, ""))
    assert Statement.objects.filter(basis="import", kind="settled").count() == 14
    listed = client.get(f"/businesses/{engagement.business_id}/weeks/?year=2016").content.decode()
    assert "Week of 29 February" in listed and "In 2016 help was asked for in 14 weeks." in listed
    page = client.get(f"/businesses/{engagement.business_id}/weeks/2016-W09/").content.decode()
    assert "You asked for help 13 times." in page
    assert "Stated long after, from an imported log" in page


def test_only_one_place_of_a_log_of_several_is_taken() -> None:
    said = taken_in("46", "--location-column", "location", "--location", "Location 47")
    assert "0 new requests" in said
    assert SheetImport.objects.get().rejected == 1251

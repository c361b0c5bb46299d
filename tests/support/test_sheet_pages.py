"""The pages of logs: handed in, looked through, corrected, taken in, watched, taken back; lists taken along."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from quietmonday.outbox.actions.ticking import tick
from quietmonday.people.actions.engagements import end_engagement
from quietmonday.people.actions.history import grant_history
from quietmonday.people.models import Engagement
from quietmonday.support.actions.stating import state_past_weeks
from quietmonday.support.models import SheetImport, SheetRow, Ticket
from tests.cast import Cast, make_cast
from tests.kit.sheets.files import cells
from tests.support.logs import CALLS, HEADS, handed_in, log, taken_in
from tests.support.scene import TUESDAY, actor, answered, asked, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast(TUESDAY)


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[None]:
    with time_machine.travel(TUESDAY, tick=False):
        yield


def handed(client: Client, data: bytes, name: str = "calls.csv", **more: Any) -> Any:
    return client.post("/set-up/logs/", {"sheet": SimpleUploadedFile(name, data), **more}, follow=True)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_log_is_handed_in_looked_through_corrected_and_taken_in(cast: Cast) -> None:
    ruth = client_of(cast.ruth)
    rows = [["3/4/2026", "Bill Hartley", "Printer prints blank"], ["", "Bill Hartley", "No day"]]
    engagement = {"engagement": cast.engagement.pk}
    page = handed(ruth, log(rows, ["Date", "Who", "What"]), **engagement)
    row = SheetImport.objects.get()
    where = f"/set-up/logs/{row.pk}/"
    assert page.redirect_chain == [(where, 303)]
    assert "No call would come in as it is read now." in text_of(page)
    assert "may mean two days: “3/4/2026”" in text_of(page)
    assert "It does not say when: Date is empty." in text_of(page)

    chosen = {"date": "0", "who": "1", "what": "2", "unsaid": "resolved", "date_order": "mdy"}
    page = ruth.post(where, {**chosen, "look": "1"}, follow=True)
    assert "1 call would come in." in text_of(page)
    assert "Wed 4 Mar" in text_of(page)
    assert not Ticket.objects.exists()

    page = ruth.post(where, {**chosen, "take_in": "1"}, follow=True)
    assert "0 of 2 lines are in." in text_of(page)
    tick(now=TUESDAY)
    page = ruth.get(where)
    assert "The log is in." in text_of(page)
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.opened_at) == ("resolved", dt.datetime(2026, 3, 4, tzinfo=dt.UTC))


def test_whose_calls_they_are_is_chosen_by_where_one_comes_from_and_never_by_chance(cast: Cast) -> None:
    ada = client_of(cast.ada)
    empty = text_of(ada.get("/set-up/logs/"))
    assert '<option value="" selected>Choose</option>' in empty
    page = text_of(ada.get(f"/set-up/logs/?for={cast.tilden.pk}"))
    assert f'<option value="{cast.tilden_engagement.pk}" selected>' in page
    assert '<option value="" selected>' in text_of(ada.get(f"/set-up/logs/?for={cast.oakhurst.pk}"))  # two suppliers
    refused = handed(ada, log(CALLS))
    assert refused.status_code == 422
    assert "Say whose they are." in text_of(refused)
    assert not SheetImport.objects.exists()
    row = handed_in(cast)
    for path in (f"/set-up/logs/{row.pk}/", f"/businesses/{cast.oakhurst.pk}/agreement/"):
        assert f"/set-up/logs/?for={cast.oakhurst.pk}" in text_of(client_of(cast.ruth).get(path))


def test_a_log_whose_days_contradict_each_other_says_so_and_asks(cast: Cast) -> None:
    rows = [[day, "Bill Hartley", f"Call of {day}"] for day in ("13/4/2026", "4/14/2026", "3/4/2026")]
    ruth = client_of(cast.ruth)
    page = text_of(handed(ruth, log(rows, ["Date", "Who", "What"]), engagement=cast.engagement.pk))
    said = "“Date” is read in two ways. Day first: 1. Month first: 1. Could be either: 1;"
    assert "2 calls would come in." in page
    assert f"{said} these stay out until you say which comes first." in page
    row = SheetImport.objects.get()
    chosen = {"date": "0", "who": "1", "what": "2", "unsaid": "open", "date_order": "mdy", "look": "1"}
    page = text_of(ruth.post(f"/set-up/logs/{row.pk}/", chosen, follow=True))
    assert "3 calls would come in." in page
    assert f"{said} these are read with the month first." in page


def test_a_line_whose_time_is_not_read_is_named_before_it_comes_in(cast: Cast) -> None:
    row = handed_in(cast, [["13/10/2026", "25:99", "Printer"]], heads=["Date", "Time", "What"])
    page = text_of(client_of(cast.ruth).get(f"/set-up/logs/{row.pk}/"))
    assert "1 call would come in." in page
    assert "Of 1 call a time cannot be read: its day comes in alone." in page
    assert "Time holds no time of day that we can read: “25:99”. Only the day is taken." in page


def looked_through(cast: Cast, rows: list[list[str]], heads: list[str]) -> str:
    row = handed_in(cast, rows, heads=heads)
    return text_of(client_of(cast.ruth).get(f"/set-up/logs/{row.pk}/"))


def test_the_same_log_with_and_without_its_numbers_says_what_would_tie_the_two(cast: Cast) -> None:
    bare = [row[1:] for row in CALLS]
    taken_in(cast)
    page = looked_through(cast, bare, HEADS[1:])
    assert "that are here: 6. Those came with a number." in page
    assert "Say in which column of this log it stands" in page

    taken_in(cast, bare[:2], heads=HEADS[1:])
    page = looked_through(cast, CALLS, [*HEADS[:-1], "State"])
    assert "6 of them are here before" in page
    assert "that are here:" not in page


def test_a_log_with_numbers_after_one_without_says_how_they_are_known_again(cast: Cast) -> None:
    taken_in(cast, [row[1:] for row in CALLS], heads=HEADS[1:])
    assert "that are here: 6. Those came without a number." in looked_through(cast, CALLS, HEADS)


def test_a_call_that_came_by_mail_already_is_told(cast: Cast) -> None:
    asked(cast, "Please.", subject="Scanners  lose Wi-Fi", at=TUESDAY)
    rows = [["17/11/2026", "Dele Adeyemi", "Scanners lose wi-fi"], ["17/11/2026", "Dele Adeyemi", "Another thing"]]
    page = looked_through(cast, rows, ["Date", "Who", "What"])
    assert "that are here: 1. Nothing in this log ties them to those" in page


def test_one_column_cannot_say_two_things(cast: Cast) -> None:
    row = handed_in(cast)
    answer = client_of(cast.ruth).post(
        f"/set-up/logs/{row.pk}/", {"date": "1", "what": "3", "details": "3", "unsaid": "open", "take_in": "1"}
    )
    assert answer.status_code == 422
    assert "This column is chosen for something else already." in text_of(answer)
    assert SheetImport.objects.get().state == "draft"


@pytest.mark.parametrize(("columns", "words"), [({"what": "3"}, "the day stands"), ({"date": "1"}, "what was asked")])
def test_without_a_day_or_a_text_it_does_not_begin_and_says_why(
    cast: Cast, columns: dict[str, str], words: str
) -> None:
    row = handed_in(cast)
    answer = client_of(cast.ruth).post(f"/set-up/logs/{row.pk}/", {**columns, "unsaid": "open", "take_in": "1"})
    assert answer.status_code == 422
    assert words in text_of(answer)


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "There is nothing in this file."), (b"%PDF-1.7", "This is no sheet that we read."),
     (b"PK\x03\x04 broken", "This file is damaged"), (b"Date,What\n", "There is no row in this sheet.")],
)  # fmt: skip
def test_what_is_no_log_is_refused_in_words(cast: Cast, data: bytes, words: str) -> None:
    page = handed(client_of(cast.jo), data)
    assert page.status_code == 422
    assert words in text_of(page)


def test_every_line_that_stays_out_can_be_taken_along_with_its_reason(cast: Cast, tmp_path: Path) -> None:
    bad = [[str(number), "", "=who", "@what", "", "", "", "", ""] for number in range(250)]
    row = handed_in(cast, [*CALLS, *bad])
    ruth = client_of(cast.ruth)
    page = text_of(ruth.get(f"/set-up/logs/{row.pk}/"))
    assert "250 lines would not." in page
    assert "50 more stand in the download." in page
    data = b"".join(ruth.get(f"/set-up/logs/{row.pk}/left-out.csv").streaming_content)
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert lines[0] == ["Line", "Why it did not come in", *HEADS]
    assert lines[1][:5] == ["8", "It does not say when: Date is empty.", "0", "", "'=who"]
    assert len(lines) == 251
    path = tmp_path / "out.xlsx"
    path.write_bytes(b"".join(ruth.get(f"/set-up/logs/{row.pk}/left-out.xlsx").streaming_content))
    assert cells(path)[250][:2] == [257, "It does not say when: Date is empty."]


def test_it_is_taken_back_from_its_page(cast: Cast) -> None:
    row = taken_in(cast)
    ruth = client_of(cast.ruth)
    assert "Take it back" in text_of(ruth.get(f"/set-up/logs/{row.pk}/"))
    ruth.post(f"/set-up/logs/{row.pk}/undo/")
    tick(now=TUESDAY)
    assert "It is taken back." in text_of(ruth.get(f"/set-up/logs/{row.pk}/"))
    assert not Ticket.objects.exists()


def test_its_page_stays_with_the_business_when_the_supplier_has_gone(cast: Cast) -> None:
    row = taken_in(cast)
    Engagement.objects.filter(pk=row.engagement_id).update(ends_at=row.handed_in_at)
    client = client_of(cast.ruth)
    assert row.name in text_of(client.get("/set-up/logs/"))
    assert client.get(f"/set-up/logs/{row.id}/").status_code == 200


def test_past_weeks_are_stated_from_its_page_and_say_when_and_of_what(cast: Cast) -> None:
    row = taken_in(cast)
    ruth = client_of(cast.ruth)
    assert "1 week can be stated now." in text_of(ruth.get(f"/set-up/logs/{row.pk}/"))
    ruth.post(f"/set-up/logs/{row.pk}/weeks/")
    tick(now=TUESDAY)
    page = text_of(ruth.get(f"/businesses/{cast.oakhurst.pk}/weeks/2026-W42/"))
    assert "Stated long after, from an imported log, on" in page
    assert "Nobody was mailed it at the time." in page
    listed = text_of(ruth.get(f"/businesses/{cast.oakhurst.pk}/weeks/"))
    assert "Week of 12 October" in listed
    assert "6 requests." in listed
    assert "can be stated now" not in text_of(ruth.get(f"/set-up/logs/{row.pk}/"))


def test_a_request_out_of_a_log_invents_no_minute_and_claims_no_question(cast: Cast) -> None:
    taken_in(cast)
    three = Ticket.objects.get(subject="Line dead")
    page = text_of(client_of(cast.ruth).get(f"/requests/{three.pk}/"))
    assert "The log says the day, and no time." in page
    assert "The log does not say when." in page
    assert "23:59" not in page and "00:00" not in page
    assert "nobody was asked whether it is solved" in page
    assert "We have asked" not in page


def test_monday_and_a_week_taken_along_show_the_day_of_a_call_and_no_minute(cast: Cast) -> None:
    taken_in(cast, [*CALLS, ["7", "16/11/2026", "Bill Hartley", "Line down", "", "", "", "1", "open"]])
    ruth = client_of(cast.ruth)
    page = text_of(ruth.get(f"/businesses/{cast.oakhurst.pk}/monday/"))
    assert re.search(r"since <time[^>]*>Mon 16 Nov</time>", page)
    assert re.search(r"since <time[^>]*>Wed 14 Oct, 10:00</time>", page)
    state_past_weeks(engagement_id=cast.engagement.id, now=TUESDAY)
    for week in ("2026-W42", "2026-W47"):
        data = b"".join(ruth.get(f"/businesses/{cast.oakhurst.pk}/weeks/{week}/export.csv").streaming_content)
        lines = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        reported = {line["What"]: line["Reported"] for line in lines}
        assert (reported.get("Line dead"), reported.get("Line down")) in (("2026-10-15", None), (None, "2026-11-16"))
    assert reported["Line down"] == "2026-11-16"


def test_granted_history_shows_no_minute_that_a_log_does_not_know(cast: Cast) -> None:
    taken_in(cast)
    later = TUESDAY + dt.timedelta(days=1)
    with time_machine.travel(later, tick=False):
        end_engagement(engagement=cast.engagement, actor=actor(cast.ruth), now=later)
        grant_history(engagement=cast.engagement, reader=cast.fennimore, since=None, actor=actor(cast.ruth), now=later)
        ticket = Ticket.objects.get(subject="Line dead")
        page = text_of(client_of(cast.sam).get(f"/history/{ticket.pk}/"))
    assert "Thu 15 Oct</time>" in page and "Fri 16 Oct</time>" in page
    assert "The log does not say when." in page
    assert "T00:00" not in page and "T23:59" not in page


def test_a_list_taken_along_holds_what_its_page_shows_and_no_formula(cast: Cast) -> None:
    taken_in(cast)
    evil = asked(cast, '=HYPERLINK("http://evil.example")', subject="+1 monitor")
    answered(cast, evil, "@SUM(A1)", at=TUESDAY)
    data = b"".join(client_of(cast.ruth).get("/requests/export.csv").streaming_content)
    lines = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert len(lines) == 7
    mine = next(line for line in lines if line["Reference"] == str(evil.pk))
    assert (mine["What"], mine["Details"], mine["Answer"]) == (
        "'+1 monitor",
        '\'=HYPERLINK("http://evil.example")',
        "'@SUM(A1)",
    )
    assert not any(value.startswith(("=", "+", "-", "@")) for line in lines for value in line.values())
    old = next(line for line in lines if line["What"] == "Line dead")
    assert (old["Reported"], old["Answered on"], old["Working again"]) == ("2026-10-15", "", "2026-10-16")
    assert old["Quick?"] == "not known"


def test_a_narrowed_list_is_taken_along_as_narrowed(cast: Cast) -> None:
    taken_in(cast)
    ruth = client_of(cast.ruth)
    assert "/requests/export.csv?view=everything&amp;state=open" in ruth.get("/requests/?state=open").content.decode()
    data = b"".join(ruth.get("/requests/export.csv?state=open").streaming_content)
    assert len(data.splitlines()) == 2
    sam = client_of(cast.sam)
    assert "/queue/export.xlsx?view=all" in sam.get("/queue/?view=all").content.decode()
    assert len(b"".join(sam.get("/queue/export.csv?view=all").streaming_content).splitlines()) == 2


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_our_own_list_comes_back_unchanged_elsewhere_and_changes_nothing_here(cast: Cast, form: str) -> None:
    evil = asked(cast, '=1+1 is what Excel\nshows; "quoted", \tand ü', subject="-5 disks '@ home")
    answered(cast, evil, "'=as it was", at=TUESDAY)
    taken_in(cast, CALLS[:1])
    data = b"".join(client_of(cast.ruth).get(f"/requests/export.{form}").streaming_content)

    ruth, jo = client_of(cast.ruth), client_of(cast.jo)
    handed(ruth, data, f"requests.{form}", engagement=cast.engagement.pk)
    own = SheetImport.objects.latest("handed_in_at", "id")
    assert "2 more are requests of this very record." in text_of(ruth.get(f"/set-up/logs/{own.pk}/"))

    handed(jo, data, f"requests.{form}")
    row = SheetImport.objects.get(business=cast.tilden)
    columns = {field: str(at) for field, at in row.columns.items()}
    jo.post(f"/set-up/logs/{row.pk}/", {**columns, "unsaid": "open", "take_in": "1"})
    tick(now=TUESDAY)
    moved = {each.ticket.subject: each.ticket for each in SheetRow.objects.filter(business=cast.tilden)}
    assert moved.keys() == {"-5 disks '@ home", "Printer prints blank"}
    there = moved["-5 disks '@ home"]
    assert [message.text for message in there.messages.all()] == [
        '=1+1 is what Excel\nshows; "quoted", \tand ü',
        "'=as it was",
    ]
    assert (there.opened_at, there.state, there.requester.name if there.requester else "") == (
        evil.opened_at.replace(microsecond=0),
        "open",
        "Dele Adeyemi",
    )
    printer = moved["Printer prints blank"]
    assert (printer.state, printer.resolved_at) == ("resolved", dt.datetime(2026, 10, 13, 10, tzinfo=dt.UTC))


def test_the_list_of_logs_is_taken_along_whole_by_whom_it_is_shown_to(cast: Cast) -> None:
    taken_in(cast)
    for number in range(60):
        handed_in(cast, [["1", "13/10/2026", "", f"Call {number}", "", "", "", "", ""]])
    ruth = client_of(cast.ruth)
    assert "/set-up/logs/export.csv" in ruth.get("/set-up/logs/").content.decode()
    data = b"".join(ruth.get("/set-up/logs/export.csv").streaming_content).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(data, newline="")))
    assert len(lines) == 61
    done = next(line for line in lines if line["State"] == "done")
    assert (done["Log"], done["By"], done["Business"], done["Supplier"], done["New requests"], done["Ended"]) == (
        "calls.csv", "Ruth Okafor", "Oakhurst Joinery", "Fennimore IT", "6", "2026-11-17 09:20:00",
    )  # fmt: skip
    assert len(b"".join(client_of(cast.ada).get("/set-up/logs/export.csv").streaming_content).splitlines()) == 62
    assert len(b"".join(client_of(cast.jo).get("/set-up/logs/export.csv").streaming_content).splitlines()) == 1
    assert client_of(cast.sam).get("/set-up/logs/export.csv").status_code == 403


def test_people_the_post_and_a_week_are_taken_along(cast: Cast) -> None:
    taken_in(cast)
    state_past_weeks(engagement_id=cast.engagement.id, now=TUESDAY)
    ruth = client_of(cast.ruth)
    people = b"".join(ruth.get("/people/export.csv").streaming_content).decode("utf-8-sig")
    assert "Bill Hartley,Oakhurst Joinery" in people
    week = b"".join(ruth.get(f"/businesses/{cast.oakhurst.pk}/weeks/2026-W42/export.csv").streaming_content).decode()
    assert week.count("settled import") == 6
    assert b"".join(ruth.get("/inbox/export.csv").streaming_content).startswith(b"\xef\xbb\xbfCame,Subject")

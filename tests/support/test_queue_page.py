"""The queue: order, views, search, paging, and what it costs."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quietmonday.support.actions.handing import assign
from quietmonday.support.actions.settling import resolve
from quietmonday.support.models import Ticket
from tests.cast import Cast
from tests.support.scene import actor, answered, asked, client_of, wrote

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12


def ago(minutes: int) -> dt.datetime:
    return dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)


def subjects(page: str) -> list[str]:
    return re.findall(r'<th role="rowheader" scope="row"><a href="[^"]+">([^<]+)</a>', page)


def queue(cast: Cast, query: str = "", who: str = "sam") -> str:
    response = client_of(getattr(cast, who)).get(f"/queue/?{query}")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("who", ["dele", "ruth", "jo", "ada"])
def test_only_people_of_suppliers_have_a_queue(cast: Cast, who: str) -> None:
    assert client_of(getattr(cast, who)).get("/queue/").status_code == 403


def test_nobody_sees_what_their_supplier_does_not_work_on(cast: Cast) -> None:
    asked(cast, "Ours", at=ago(30))
    asked(cast, "Of the line", at=ago(30), engagements=[cast.line_engagement])
    asked(cast, "Of Tilden", by=cast.jo, at=ago(30), engagements=[cast.tilden_engagement])
    assert subjects(queue(cast, "view=all")) == ["Ours"]
    assert subjects(queue(cast, "view=all", "ines")) == ["Of the line"]
    assert subjects(queue(cast, "view=all", "lee")) == ["Of Tilden"]
    assert subjects(queue(cast, "q=Of")) == []


@pytest.mark.parametrize("rows", [1, 3, 25])
def test_the_queue_costs_a_few_queries_whatever_its_length(cast: Cast, rows: int) -> None:
    for number in range(rows):
        asked(cast, f"Request {number}", at=ago(30 + number))
    client = client_of(cast.sam)
    client.get("/queue/")
    with CaptureQueriesContext(connection) as queries:
        assert len(subjects(client.get("/queue/?view=all").content.decode())) == rows
    assert len(queries) == 6 <= MOST_QUERIES


def test_what_is_late_comes_first_and_what_waits_with_no_promise_last(cast: Cast) -> None:
    now = dt.datetime.now(dt.UTC)
    fine = asked(cast, "Fine", at=ago(200))
    answered(cast, fine, "Soon.", at=ago(190), next_word_by=now + dt.timedelta(hours=1))
    late = asked(cast, "Late", at=ago(300))
    answered(cast, late, "Soon.", at=ago(290), next_word_by=ago(30))
    quiet = asked(cast, "Quiet", at=ago(250))
    answered(cast, quiet, "Which?", at=ago(240), waits_for="customer")
    page = queue(cast, "view=all")
    assert subjects(page) == ["Late", "Fine", "Quiet"]
    assert "Our word is 30 min late" in page
    assert "2 need you first." in page
    assert "3 open," in page


def test_each_view_shows_its_own(cast: Cast) -> None:
    asked(cast, "Unheard", at=ago(20))
    waiting = asked(cast, "Waiting", at=ago(300))
    answered(cast, waiting, "Which?", at=ago(240), waits_for="customer")
    hers = asked(cast, "Ashas", at=ago(300))
    answered(cast, hers, "Mine.", at=ago(240))
    assign(ticket=hers, person=cast.asha.person, actor=actor(cast.asha), now=ago(200))
    held = asked(cast, "Held", at=ago(4 * 1440))
    resolve(
        ticket=held, kind="workaround", actor=actor(cast.sam), now=ago(3 * 1440), workaround_until=ago(2 * 1440).date()
    )
    back = asked(cast, "Back", at=ago(1440))
    resolve(ticket=back, kind="fixed", actor=actor(cast.sam), now=ago(1000))
    wrote(back, cast.dele, "It is back", at=ago(100))
    shown = {view: set(subjects(queue(cast, f"view={view}"))) for view in ("mine", "all", "unheard", "waiting", "held")}
    assert shown == {
        "mine": {"Unheard", "Back"},
        "all": {"Unheard", "Waiting", "Ashas", "Back"},
        "unheard": {"Unheard"},
        "waiting": {"Waiting"},
        "held": {"Held"},
    }


def test_words_names_and_numbers_are_found(cast: Cast) -> None:
    first = asked(cast, "Printer 100% jammed", at=ago(60))
    asked(cast, "Till", by=cast.bill, at=ago(50))
    resolve(ticket=first, kind="fixed", actor=actor(cast.sam), now=ago(40))
    assert subjects(queue(cast, "q=printer")) == ["Printer 100% jammed"]
    assert subjects(queue(cast, "q=100%25")) == ["Printer 100% jammed"]
    assert subjects(queue(cast, "q=%25")) == []  # no letter and no digit
    assert subjects(queue(cast, "q=hartley")) == ["Till"]
    assert subjects(queue(cast, f"q={first.work_item.number}")) == ["Printer 100% jammed"]
    assert "Nothing found." in queue(cast, "q=zebra")


def test_paging_goes_through_all_rows_once(cast: Cast) -> None:
    for number in range(30):
        ticket = asked(cast, f"Request {number:02}", at=ago(100 + number))
        if number % 3 == 0:
            answered(cast, ticket, "Which?", at=ago(60), waits_for="customer")
    first = queue(cast, "view=all")
    older = re.search(r'href="\?([^"]+)" rel="next"', first)
    assert older
    second = queue(cast, older[1].replace("&amp;", "&"))
    both = subjects(first) + subjects(second)
    assert (len(subjects(first)), len(both), len(set(both))) == (25, 30, 30)
    assert both == [t.subject for t in sorted(Ticket.objects.all(), key=_order)]


def _order(ticket: Ticket) -> tuple[bool, dt.datetime, dt.datetime]:
    return (ticket.attention_at is None, ticket.attention_at or ticket.opened_at, ticket.opened_at)


@pytest.mark.parametrize("after", ["x", "~~", "-~2026-01-01~1", "2026-01-01T00:00~2026-01-01T00:00~x", "\x00"])
def test_a_cursor_that_is_none_begins_at_the_start(cast: Cast, after: str) -> None:
    asked(cast, "Ours", at=ago(30))
    response = client_of(cast.sam).get("/queue/", {"view": "all", "after": after})
    assert subjects(response.content.decode()) == ["Ours"]


def test_dense_rows_and_filters_are_kept_on_the_way(cast: Cast) -> None:
    asked(cast, "Ours", at=ago(30))
    page = queue(cast, f"view=all&rows=dense&client={cast.oakhurst.id}&move=ours")
    assert 'class="tbl q dense"' in page
    assert subjects(page) == ["Ours"]
    assert subjects(queue(cast, "view=all&move=theirs")) == []
    assert subjects(queue(cast, f"view=all&client={cast.tilden.id}")) == ["Ours"]  # no client of ours: passed over

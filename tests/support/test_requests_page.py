"""The list of requests: who sees which, filters, paging, verdicts in words."""

import datetime as dt
import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quietmonday.support.actions.settling import resolve
from tests.cast import Cast
from tests.support.scene import actor, asked, client_of

pytestmark = pytest.mark.django_db


def ago(minutes: int) -> dt.datetime:
    return dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)


def shown(cast: Cast, who: str, query: str = "") -> list[str]:
    response = client_of(getattr(cast, who)).get(f"/requests/?{query}")
    assert response.status_code == 200
    return re.findall(r'<h3><a href="/requests/[^"]+">([^<]+)</a>', response.content.decode())


def test_staff_see_their_own_and_owners_see_all_of_the_business(cast: Cast) -> None:
    asked(cast, "Of Dele", at=ago(30))
    asked(cast, "Of Bill", by=cast.bill, at=ago(20))
    asked(cast, "Of Tilden", by=cast.jo, at=ago(10), engagements=[cast.tilden_engagement])
    everybody = ("dele", "bill", "ruth", "sam", "jo", "kim", "ines")
    assert {who: shown(cast, who) for who in everybody} == {
        "dele": ["Of Dele"],
        "bill": ["Of Bill"],
        "ruth": ["Of Bill", "Of Dele"],
        "sam": ["Of Bill", "Of Dele"],
        "jo": ["Of Tilden"],
        "kim": [],
        "ines": [],
    }


def test_open_settled_and_words_narrow_the_list(cast: Cast) -> None:
    asked(cast, "Open one", at=ago(30))
    settled = asked(cast, "Settled one", at=ago(60))
    resolve(ticket=settled, kind="fixed", actor=actor(cast.sam), now=ago(10))
    assert shown(cast, "ruth", "state=open") == ["Open one"]
    assert shown(cast, "ruth", "state=settled") == ["Settled one"]
    assert shown(cast, "ruth", "q=settled") == ["Settled one"]
    assert shown(cast, "dele", f"q={settled.work_item.number}") == ["Settled one"]
    assert shown(cast, "bill", f"q={settled.work_item.number}") == []


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_few_queries_at_one_and_at_three_rows(cast: Cast, rows: int) -> None:
    for number in range(rows):
        asked(cast, f"Request {number}", at=ago(30 + number))
    client = client_of(cast.ruth)
    client.get("/requests/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/requests/")
    assert len(queries) == 5


def test_paging_goes_through_all_rows_once(cast: Cast) -> None:
    for number in range(27):
        asked(cast, f"Request {number:02}", at=ago(100 + number // 2))  # some at the same moment
    first = client_of(cast.ruth).get("/requests/").content.decode()
    older = re.search(r'href="\?([^"]+)" rel="next"', first)
    assert older
    both = shown(cast, "ruth") + shown(cast, "ruth", html.unescape(older[1]))
    assert (len(both), len(set(both))) == (27, 27)


def test_each_row_says_its_verdicts_and_whose_move_it_is(cast: Cast) -> None:
    asked(cast, "Old and unanswered", at=dt.datetime.now(dt.UTC) - dt.timedelta(days=30))
    page = client_of(cast.ruth).get("/requests/").content.decode()
    assert "nobody has answered" in page
    assert "open, the supplier’s move" in page

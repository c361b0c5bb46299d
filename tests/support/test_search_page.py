"""The page of the search: what it answers, what it shows around it, what it says when it cannot be sure."""

import html
import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quietmonday.config.running import prepare
from quietmonday.kit.actors import SYSTEM
from quietmonday.people.actions.engagements import engage
from quietmonday.post.actions.files import store_file
from quietmonday.support.actions.index_writing import writer
from quietmonday.support.queries import search_index, searching
from tests.cast import Cast
from tests.support.scene import TUESDAY, asked, client_of, wrote
from tests.support.searching import HOUR, noted

pytestmark = pytest.mark.django_db


def page(cast: Cast, who: str, **query: str) -> str:
    response = client_of(getattr(cast, who)).get("/search/", query)
    assert response.status_code == 200
    return response.content.decode()


def heading(text: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", text)
    assert found
    return html.unescape(found[1])


def test_the_heading_is_the_answer(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(3):
        asked(cast, f"Toner {n}", at=TUESDAY + n * HOUR)
    asked(cast, "Drum", at=TUESDAY)
    answers = {
        query: heading(page(cast, "ruth", q=query))
        for query in ("", "toner", "drum", "zebra", "toner -drum", "-toner", "from:nobody", "<b>", "…")
    }
    assert answers == {
        "": "What are you looking for?",
        "toner": "3 requests mention “toner”.",
        "drum": "1 request mentions “drum”.",
        "zebra": "Nothing mentions “zebra”.",
        "toner -drum": "3 requests fit.",
        "-toner": "Say also what it should mention.",
        "from:nobody": "Nothing fits.",
        "<b>": "Nothing mentions “<b>”.",
        "…": "What are you looking for?",
    }
    monkeypatch.setattr(searching, "MOST_COUNTED", 2)
    monkeypatch.setattr("quietmonday.support.views.searching.MOST_COUNTED", 2)
    assert heading(page(cast, "ruth", q="toner")) == "More than 2 requests mention “toner”."


def test_a_hit_says_who_when_and_leads_to_the_message(cast: Cast) -> None:
    file = store_file(business=cast.oakhurst, data=b"x", now=TUESDAY)
    ticket = asked(cast, "Quite <broken>", subject="Order", at=TUESDAY)
    message = wrote(ticket, cast.dele, 'The <script>alert("toner")</script> is out', at=TUESDAY + HOUR)
    noted(cast, ticket, "Toner is on its way", at=TUESDAY + 2 * HOUR)
    asked(cast, "Look", subject="Bill", at=TUESDAY, files=[("toner bill.pdf", file)])
    shown = page(cast, "sam", q="toner")
    assert f'href="/requests/{ticket.pk}/#m{message.pk}">Dele Adeyemi, <time' in shown
    assert "&lt;script&gt;alert(&quot;<mark>toner</mark>&quot;)&lt;/script&gt; is out" in shown
    assert "only Fennimore IT sees this" in shown
    assert "<mark>toner</mark> bill.pdf" in shown
    assert "request 1" in shown
    assert "only Fennimore" not in page(cast, "ruth", q="toner")
    anchor = client_of(cast.sam).get(f"/requests/{ticket.pk}/").content.decode()
    assert f'id="m{message.pk}"' in anchor


def test_a_number_leads_to_its_request_and_of_several_shows_each(cast: Cast) -> None:
    one = asked(cast, "Toner", at=TUESDAY)
    response = client_of(cast.dele).get("/search/", {"q": f"#{one.work_item.number}"})
    assert (response.status_code, response.headers["Location"]) == (302, f"/requests/{one.pk}/")
    assert client_of(cast.bill).get("/search/", {"q": "1"}).status_code == 200  # not his: as if there were none
    engagement = engage(business=cast.tilden, supplier=cast.fennimore, country="GB", actor=SYSTEM, now=TUESDAY)
    theirs = asked(cast, "Fuser", at=TUESDAY, by=cast.jo, engagements=[engagement])
    assert theirs.work_item.number == one.work_item.number
    shown = page(cast, "sam", q="1")
    assert heading(shown) == "2 requests have the number 1."
    assert shown.count("<h3>") == 2


def test_pages_go_on_and_lead_back(cast: Cast) -> None:
    for n in range(27):
        asked(cast, f"Toner {n:02}", at=TUESDAY + n * HOUR)
    first = page(cast, "ruth", q="toner", state="open")
    older = re.search(r'href="\?([^"]+)" rel="next"', first)
    assert older and "state=open" in older[1]
    response = client_of(cast.ruth).get(f"/search/?{html.unescape(older[1])}")
    second = response.content.decode()
    assert heading(second) == "More of what fits."
    assert (first.count("<h3>"), second.count("<h3>")) == (25, 2)
    assert 'href="?q=toner&amp;state=open"' in second


@pytest.mark.parametrize("rows", [1, 3, 25])
def test_the_page_costs_the_same_few_queries_whatever_it_shows(cast: Cast, rows: int) -> None:
    for n in range(rows):
        file = store_file(business=cast.oakhurst, data=f"{n}".encode(), now=TUESDAY)
        asked(cast, f"Toner {n}", at=TUESDAY + n * HOUR, files=[(f"toner {n}.pdf", file)])
    client = client_of(cast.sam)
    client.get("/search/?q=toner")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/search/?q=toner").content.decode().count("<h3>") == rows
    assert len(queries) <= 12


def test_it_says_when_it_is_not_sure(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(cast, "Toner", at=TUESDAY)
    assert "note dk" not in page(cast, "ruth", q="toner")
    assert "“!!!” has no letter" in page(cast, "ruth", q="toner !!!")
    assert "The first 200 letters and 12 words" in page(cast, "ruth", q="toner " * 60)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE support_search_state SET is_ready = %s, done = 40, total = 1234", [False])
    assert "40 of 1,234 messages are in it" in page(cast, "ruth", q="toner")
    if connection.vendor == "sqlite":
        monkeypatch.setattr(search_index, "MOST_LOOKED_AT", 1)
        assert "The search stopped after the newest" in page(cast, "ruth", q="toner -zebra")


def test_whoever_sees_their_own_requests_only_is_told(cast: Cast) -> None:
    assert "In what you asked for yourself." in page(cast, "dele", q="toner")
    assert "In what you asked for yourself." not in page(cast, "ruth", q="toner")
    assert 'name="client"' not in page(cast, "ruth")  # of one business there is nothing to choose


def test_what_files_contain_is_not_searched_and_the_page_says_so(cast: Cast) -> None:
    file = store_file(business=cast.oakhurst, data=b"toner inside", now=TUESDAY)
    asked(cast, "Look", at=TUESDAY, files=[("order.txt", file)])
    shown = page(cast, "ruth", q="toner")
    assert heading(shown) == "Nothing mentions “toner”."
    assert "What files contain is not searched" in shown


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    given_query=st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("q", "by", "client", "since", "until", "state", "names", "after"),
            st.one_of(
                st.text(max_size=230), st.sampled_from(["2026-02-30", "0001-01-01", "9999-12-31", "-1", "9" * 18])
            ),
        ),
    )
)
def test_any_address_gets_a_page(cast: Cast, given_query: dict[str, str]) -> None:
    assert client_of(cast.ruth).get("/search/", given_query).status_code in (200, 302)


# the command, and coming from before


def test_the_command_checks_and_makes_anew(cast: Cast, capsys: Any) -> None:
    ticket = asked(cast, "Toner", at=TUESDAY)
    call_command("search", "check")
    assert "and nothing else" in capsys.readouterr().out
    writer().take_out([ticket.pk], None)
    with pytest.raises(CommandError, match="search rebuild"):
        call_command("search", "check")
    call_command("search", "rebuild")
    assert "Messages in the search: 1." in capsys.readouterr().out
    call_command("search", "check")


def test_an_index_of_an_older_form_is_made_anew_at_the_start(cast: Cast) -> None:
    ticket = asked(cast, "Toner", at=TUESDAY)
    writer().take_out([ticket.pk], None)
    prepare()
    assert heading(page(cast, "ruth", q="toner")).startswith("Nothing")  # nothing to do: it is called whole
    with connection.cursor() as cursor:
        cursor.execute("UPDATE support_search_state SET form = 0")
    with pytest.raises(CommandError, match="not whole"):
        call_command("search", "check")
    assert "still being made" in page(cast, "ruth", q="toner")
    prepare()
    assert heading(page(cast, "ruth", q="toner")) == "1 request mentions “toner”."

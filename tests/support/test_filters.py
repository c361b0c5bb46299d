"""What narrows both lists: every filter, together, stale, unknown; orders, page by page; the past within bounds."""

import contextlib
import datetime as dt
import html
import itertools
import re
import uuid
from collections.abc import Iterator, Sequence
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quietmonday.kit.prepared import Shelf
from quietmonday.people.models import Person
from quietmonday.support.actions.handing import assign
from quietmonday.support.actions.settling import resolve, set_aside
from quietmonday.support.actions.tagging import tag
from quietmonday.support.actions.waiting import promise_word
from quietmonday.support.actions.weighing import set_priority
from quietmonday.support.models import Ticket
from quietmonday.support.queries.filters import FILTERS, QUEUE, REQUESTS, filters_of
from quietmonday.support.queries.orders import SORTS
from tests.cast import Cast
from tests.support.scene import actor, answered, asked, client_of

pytestmark = pytest.mark.django_db

PASSED_OVER = "It was passed over."


def ago(minutes: int) -> dt.datetime:
    return dt.datetime.now(dt.UTC) - dt.timedelta(minutes=minutes)


def page(cast: Cast, query: str, who: str = "sam", path: str = "/queue/") -> str:
    response = client_of(getattr(cast, who)).get(f"{path}?{query}")
    assert response.status_code == 200
    return response.content.decode()


def queue(cast: Cast, query: str, who: str = "sam") -> list[str]:
    found = re.findall(r'<th role="rowheader" scope="row"><a href="[^"]+">([^<]+)</a>', page(cast, query, who))
    return [html.unescape(each) for each in found]


def requests(cast: Cast, query: str, who: str = "ruth") -> list[str]:
    return re.findall(r'<h3><a href="/requests/[^"]+">([^<]+)</a>', page(cast, query, who, "/requests/"))


@pytest.fixture
def six(cast: Cast) -> Cast:
    """Six requests that differ in everything that a filter looks at."""
    now = dt.datetime.now(dt.UTC)
    asked(cast, "Unheard", at=ago(20), kind="incident", source="web")
    mine = asked(cast, "Mine", at=ago(300), source="phone")
    assign(ticket=mine, person=cast.sam.person, actor=actor(cast.sam), now=ago(290))
    set_priority(ticket=mine, priority=1, actor=actor(cast.sam), now=ago(289))
    hers = asked(cast, "Hers", at=ago(310), kind="service_request", by=cast.bill)
    assign(ticket=hers, person=cast.asha.person, actor=actor(cast.asha), now=ago(300))
    promise_word(ticket=hers, due_at=now + dt.timedelta(minutes=40), actor=actor(cast.asha), now=ago(250))
    waiting = asked(cast, "Waiting", at=ago(400), by=cast.maria)
    answered(cast, waiting, "Which?", at=ago(390), waits_for="customer")
    held = asked(cast, "Held", at=ago(4 * 1440))
    resolve(ticket=held, kind="workaround", actor=actor(cast.sam), now=ago(4000), workaround_until=ago(2800).date())
    settled = asked(cast, "Settled", at=ago(5 * 1440), priority=4)
    resolve(ticket=settled, kind="fixed", actor=actor(cast.sam), now=ago(5000))
    aside = asked(cast, "Aside", at=ago(6 * 1440))
    set_aside(ticket=aside, state="spam", actor=actor(cast.sam), now=ago(6000))
    asked(cast, "Of Tilden", by=cast.jo, at=ago(30), engagements=[cast.tilden_engagement])
    return cast


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"Unheard", "Mine", "Hers", "Waiting"}),
        ("move=ours", {"Unheard", "Mine", "Hers"}),
        ("move=theirs", {"Waiting"}),
        ("move=customer", {"Waiting"}),
        ("move=third_party", set()),
        ("move=me", {"Mine"}),
        ("move=mine", {"Unheard", "Mine"}),
        ("assignee=me", {"Mine"}),
        ("assignee=nobody", {"Unheard", "Waiting"}),
        ("assignee=somebody", {"Mine", "Hers"}),
        ("assignee=me&assignee=nobody", {"Unheard", "Mine", "Waiting"}),
        ("state=open", {"Unheard", "Mine", "Hers", "Waiting"}),
        ("state=working", {"Held", "Settled"}),
        ("state=settled", {"Held", "Settled", "Aside"}),
        ("state=all", {"Unheard", "Mine", "Hers", "Waiting", "Held", "Settled", "Aside"}),
        ("due=hour", {"Hers"}),
        ("heard=no", {"Unheard", "Hers"}),
        ("held=yes", {"Held"}),
        ("held=past", {"Held"}),
        ("priority=1", {"Mine"}),
        ("priority=1&priority=3", {"Unheard", "Mine", "Hers", "Waiting"}),
        ("priority=4&state=all", {"Settled"}),
        ("kind=service_request", {"Hers"}),
        ("source=phone", {"Mine"}),
        ("move=ours&assignee=somebody&kind=incident", {"Mine"}),
        ("heard=no&priority=1", set()),
    ],
)
def test_every_filter_of_the_queue_alone_and_together(six: Cast, query: str, expected: set[str]) -> None:
    assert set(queue(six, f"view=all&{query}")) == expected
    assert PASSED_OVER not in page(six, f"view=all&{query}")


def test_by_client_by_engagement_by_person_and_by_days(six: Cast) -> None:
    day = ago(4 * 1440).date()
    assert set(queue(six, f"view=all&client={six.oakhurst.id}&assignee={six.asha.person.id}")) == {"Hers"}
    assert set(queue(six, f"state=all&view=all&from={day}&to={day}")) == {"Held"}
    assert set(requests(six, f"engagement={six.engagement.id}&priority=1")) == {"Mine"}
    assert requests(six, f"engagement={six.line_engagement.id}") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("move=me", {"Waiting"}),
        ("move=customer", {"Waiting"}),
        ("move=supplier", {"Unheard", "Mine", "Hers"}),
        ("state=working", {"Held", "Settled"}),
        ("heard=no&kind=incident", {"Unheard"}),
        ("priority=1&priority=4", {"Mine", "Settled"}),
    ],
)
def test_an_owner_asks_who_waits_for_whom(six: Cast, query: str, expected: set[str]) -> None:
    assert set(requests(six, query, "maria")) == expected
    exported = client_of(six.maria).get(f"/requests/export.csv?{query}")
    lines = b"".join(exported).decode().splitlines()[1:]  # type: ignore[arg-type]  # a streamed answer
    assert {name for name in ("Unheard", "Mine", "Hers", "Waiting", "Held", "Settled", "Aside")
            if any(name in line for line in lines)} == expected  # fmt: skip


def test_the_export_of_the_queue_holds_what_its_page_shows(six: Cast) -> None:
    exported = client_of(six.sam).get("/queue/export.csv?view=all&assignee=somebody")
    text = b"".join(exported).decode()  # type: ignore[arg-type]  # a streamed answer
    assert [name for name in ("Unheard", "Mine", "Hers", "Waiting") if name in text] == ["Mine", "Hers"]


@pytest.mark.parametrize(
    "query",
    [
        "client=00000000-0000-7000-8000-000000000000", "client=x", "engagement=1", "assignee=boss", "move=backwards",
        f"assignee={uuid.UUID(int=7)}", "state=lost", "due=never", "priority=9", "kind=x", "source=%00",
        "from=2026-13-45", "to=9999-12-31", "heard=yes", "held=%F0%9F%A6%84",
    ],
)  # fmt: skip
def test_a_value_that_makes_no_sense_is_passed_over_and_said(six: Cast, query: str) -> None:
    text = page(six, f"view=all&{query}")
    assert PASSED_OVER in text
    assert set(queue(six, f"view=all&{query}")) == {"Unheard", "Mine", "Hers", "Waiting"}


def test_people_and_clients_of_others_are_no_choice(six: Cast) -> None:
    for query in (f"client={six.tilden.id}", f"assignee={six.lee.person.id}", f"assignee={six.dele.person.id}"):
        assert PASSED_OVER in page(six, f"view=all&{query}")
        assert "Lee Brook" not in page(six, f"view=all&{query}")
    assert PASSED_OVER in page(six, f"engagement={six.tilden_engagement.id}", "ruth", "/requests/")


def test_whoever_has_left_can_still_be_asked_for_by_name(six: Cast) -> None:
    ticket = Ticket.objects.get(subject="Mine")
    assign(ticket=ticket, person=six.finn.person, actor=actor(six.asha), now=ago(5))
    assert queue(six, f"view=all&assignee={six.finn.person.id}") == ["Mine"]
    assert "Finn Ode" in page(six, f"assignee={six.finn.person.id}", path="/queue/arrange/")


@pytest.mark.parametrize(
    "lookup",
    [
        "assignee__password__startswith=a", "business__name__contains=Oak", "requester__accounts__email=x",
        "order_by=subject", "ordering=-subject", "pk__in=1", "q__regex=.*", "client__isnull=1",
    ],
)  # fmt: skip
def test_a_lookup_reaches_no_column(six: Cast, lookup: str) -> None:
    client = client_of(six.sam)
    client.get("/queue/?view=all")
    with CaptureQueriesContext(connection) as plain:
        client.get("/queue/?view=all")
    with CaptureQueriesContext(connection) as asked_so:
        client.get(f"/queue/?view=all&{lookup}")
    assert [_shape(each["sql"]) for each in asked_so] == [_shape(each["sql"]) for each in plain]
    assert PASSED_OVER in page(six, f"view=all&{lookup}")


def _shape(sql: str) -> str:
    return re.sub(r"'[^']*'|[0-9a-f]{32}|\b[0-9]+\b", "?", sql)


def test_the_view_says_what_the_address_does_not(six: Cast) -> None:
    assert set(queue(six, "")) == {"Unheard", "Mine"}  # my move
    assert set(queue(six, "view=mine&move=")) == {"Unheard", "Mine", "Hers", "Waiting"}  # cleared
    assert set(queue(six, "view=waiting&move=ours")) == {"Unheard", "Mine", "Hers"}
    assert "The view you asked for is no more." in page(six, f"view={uuid.uuid4()}")


def test_many_values_and_long_texts_cost_no_more(six: Cast) -> None:
    many = "&".join(f"client={uuid.uuid4()}" for _ in range(300))
    assert len(queue(six, f"view=all&{many}&{'x' * 500}={'y' * 1000}")) == 4


def test_what_narrows_is_named_with_a_way_out_of_it(six: Cast) -> None:
    text = page(six, "view=all&priority=1&assignee=me&sort=-number")
    without = re.findall(r'How urgent: <b>urgent</b> <a href="\?([^"]+)"', text)
    assert without
    assert set(queue(six, html.unescape(without[0]))) == {"Mine"}
    assert "priority=1" not in without[0]
    assert "sort=-number" in without[0]


@pytest.mark.parametrize("sorts", [*(sort.key for sort in SORTS), *(f"-{sort.key}" for sort in SORTS)])
def test_every_order_is_paged_through_once_and_in_order(six: Cast, sorts: str) -> None:
    with one_row_a_page():
        one_by_one = through(six, f"view=all&sort={sorts}")
    assert one_by_one == queue(six, f"view=all&sort={sorts}")
    assert len(set(one_by_one)) == 4


@pytest.mark.parametrize(
    "sorts", ["-priority,word", "hands,-opened", "client,-number,priority", "word,-fix", "-word,hands,urgency"]
)
def test_several_orders_at_once_are_paged_through_too(six: Cast, sorts: str) -> None:
    with one_row_a_page():
        one_by_one = through(six, f"view=all&sort={sorts}")
    assert one_by_one == queue(six, f"view=all&sort={sorts}")
    assert len(set(one_by_one)) == 4


@contextlib.contextmanager
def one_row_a_page() -> Iterator[None]:
    place = "quietmonday.support.queries.queue"
    with mock.patch(f"{place}.ROWS", 1), mock.patch(f"{place}._first_pages", Shelf(4)):
        yield


def through(cast: Cast, query: str) -> list[str]:
    found: list[str] = []
    for _ in range(12):
        text = page(cast, query)
        found += re.findall(r'<th role="rowheader" scope="row"><a href="[^"]+">([^<]+)</a>', text)
        older = re.search(r'href="\?([^"]+)" rel="next"', text)
        if not older:
            return found
        query = html.unescape(older[1])
    raise AssertionError("a page leads to itself")


def test_an_order_is_what_it_says(six: Cast) -> None:
    assert queue(six, "view=all&sort=opened") == ["Waiting", "Hers", "Mine", "Unheard"]
    assert queue(six, "view=all&sort=-opened") == ["Unheard", "Mine", "Hers", "Waiting"]
    assert queue(six, "view=all&sort=priority,-opened") == ["Mine", "Unheard", "Hers", "Waiting"]
    assert queue(six, "view=all&sort=hands,-opened") == ["Hers", "Mine", "Unheard", "Waiting"]
    assert queue(six, "view=all&sort=word")[0] == "Hers"
    assert queue(six, "view=all&sort=-word")[0] == "Hers"  # what has none comes last either way


@pytest.mark.parametrize("sorts", ["subject", "number,number", "-", "business__name", "a,b,c,d,e", "%00"])
def test_an_order_that_is_none_is_passed_over_and_said(six: Cast, sorts: str) -> None:
    assert len(queue(six, f"view=all&sort={sorts}")) == 4
    assert "It was passed over." in page(six, f"view=all&sort={sorts}")


def test_the_past_only_stands_in_the_order_in_which_it_was_opened(six: Cast) -> None:
    everything = ["Unheard", "Mine", "Hers", "Waiting", "Held", "Settled", "Aside"]
    assert queue(six, "state=all&view=all") == everything
    assert queue(six, "state=all&view=all&sort=opened") == everything[::-1]
    assert queue(six, "state=all&view=all&sort=client") == everything
    assert "can only stand in the order in which it was opened" in page(six, "state=all&view=all&sort=client")


@pytest.mark.parametrize("order", ["-opened", "opened", "-changed", "changed"])
def test_one_page_looks_through_so_much_of_the_past_and_the_next_goes_on(six: Cast, order: str) -> None:
    """Of seven days with one request each, two are looked through a page; what fits is on the last one."""
    whole = queue(six, f"state=all&view=all&priority=4&priority=1&sort={order}")
    with mock.patch("quietmonday.support.queries.wanted.LOOKED_THROUGH", 2):
        pages = list(itertools.islice(_pages(six, f"state=all&view=all&priority=4&priority=1&sort={order}"), 12))
    assert [name for found, _cut in pages for name in found] == whole
    assert set(whole) == {"Mine", "Settled"}
    assert any(cut for _found, cut in pages)


def _pages(cast: Cast, query: str) -> Sequence[tuple[list[str], bool]]:
    found = []
    while True:
        text = page(cast, query)
        rows = re.findall(r'<th role="rowheader" scope="row"><a href="[^"]+">([^<]+)</a>', text)
        cut = "were looked through" in text
        found.append((rows, cut))
        older = re.search(r'href="\?([^"]+)" rel="next"', text) or re.search(
            r'class="btn" href="\?([^"]+)">Look further', text
        )
        if not older or len(found) > 12:
            return found
        query = html.unescape(older[1])


def test_each_filter_says_what_it_is_and_has_choices(six: Cast) -> None:
    tag(ticket=Ticket.objects.earliest("id"), names=["printer"], actor=actor(six.sam), now=ago(1))
    text = page(six, "view=all", path="/queue/arrange/")
    for each in filters_of(QUEUE):
        if each.key != "engagement":  # with one supplier each client is one
            assert f'name="{each.key}"' in text, each.key
            assert str(each.label) in html.unescape(text)
    assert len({each.key for each in FILTERS}) == len(FILTERS)
    owner = page(six, "", "ruth", "/requests/arrange/")
    for each in filters_of(REQUESTS):
        if each.key != "client":
            assert f'name="{each.key}"' in owner or each.key == "client", each.key


def test_what_is_chosen_on_the_page_of_choices_becomes_the_address_of_the_list(six: Cast) -> None:
    client = client_of(six.sam)
    chosen = {
        "view": "all", "q": "", "client": "", "priority": ["", "1", "2"], "assignee": ["", "me"], "from": "",
        "col_why": "2", "col_request": "1", "col_hands": "3", "col_move": "", "sort_0": "-priority", "sort_1": "",
        "sort_2": "opened", "show": "1",
    }  # fmt: skip
    response = client.get("/queue/arrange/", chosen)
    assert response.status_code == 302
    text = client.get(response["Location"]).content.decode()
    heads = [re.sub("<[^>]+>", "", head) for head in re.findall(r'<th role="columnheader".*?</th>', text)]
    assert heads[1:] == ["Request", "Why it is here", "In whose hands"]
    assert "How urgent: <b>urgent</b>" in text
    assert queue(six, response["Location"].partition("?")[2]) == ["Mine"]


def test_a_column_that_is_none_is_passed_over_and_said(six: Cast) -> None:
    text = page(six, "view=all&cols=priority,password,why,priority")
    assert "A column that was asked for is not known here." in text
    assert len(queue(six, "view=all&cols=priority,password,why,priority")) == 4


@pytest.mark.parametrize("path", ["/queue/?view=all", "/queue/?view=due", "/queue/?state=all", "/requests/"])
def test_a_list_costs_the_same_few_queries_whatever_narrows_it(six: Cast, path: str) -> None:
    client = client_of(six.sam)
    join = "&" if "?" in path else "?"
    for query in ("", "priority=1&kind=incident", f"client={six.oakhurst.id}", "sort=-opened&source=web"):
        client.get(f"{path}{join}{query}")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{path}{join}{query}")
        assert len(queries) <= 8, (path, query)


def test_nobody_is_asked_for_who_was_merged_or_erased(six: Cast) -> None:
    Person.objects.filter(pk=six.asha.person.pk).update(name="<b>Asha</b>")
    assert "&lt;b&gt;Asha" in page(six, f"view=all&assignee={six.asha.person.id}&cols=hands")
    assert "<b>Asha" not in page(six, f"view=all&assignee={six.asha.person.id}&cols=hands")

"""The queue looks again by itself: nothing while nothing happened, one query for that, and never another's numbers."""

import datetime as dt
import html
import re
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from quietmonday.people.models import Membership
from quietmonday.support.actions.handing import assign
from quietmonday.support.models import Ticket
from tests.cast import Cast
from tests.support.scene import TUESDAY, actor, asked, client_of

pytestmark = pytest.mark.django_db

BY_VIEWER = 4  # session, account, roles, engagements: what any page of somebody signed in costs


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(TUESDAY + dt.timedelta(minutes=1), tick=False) as traveller:
        yield traveller


def looks(client: Client, page: str) -> str:
    """Where the page asks again."""
    found = re.search(r'data-live hx-get="([^"]+)"', page)
    assert found
    return html.unescape(found[1])


def test_nothing_new_costs_one_query_and_changes_nothing(cast: Cast) -> None:
    asked(cast, "First", at=TUESDAY)
    client = client_of(cast.sam)
    where = looks(client, client.get("/queue/?view=all").content.decode())
    client.get(where)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(where)
    assert (response.status_code, response.content, len(queries)) == (204, b"", BY_VIEWER + 1)


def test_what_is_new_comes_with_rows_numbers_and_a_word_for_who_listens(cast: Cast) -> None:
    asked(cast, "First", at=TUESDAY)
    client = client_of(cast.sam)
    where = looks(client, client.get("/queue/?view=all").content.decode())
    asked(cast, "Second", at=TUESDAY)
    asked(cast, "Third", at=TUESDAY)
    with CaptureQueriesContext(connection) as queries:
        text = client.get(where).content.decode()
    assert len(queries) <= BY_VIEWER + 4
    assert [name in text for name in ("First", "Second", "Third")] == [True] * 3
    assert '<p id="queue-news" hx-swap-oob="innerHTML">2 new requests.</p>' in text
    assert 'id="queue-says" hx-swap-oob="true"' in text
    assert "3 open," in text
    assert "<html" not in text
    assert client.get(looks(client, text)).status_code == 204


def test_a_change_of_what_is_there_is_shown_and_not_called_new(cast: Cast) -> None:
    ticket = asked(cast, "First", at=TUESDAY)
    client = client_of(cast.sam)
    where = looks(client, client.get("/queue/?view=all").content.decode())
    assign(ticket=ticket, person=cast.asha.person, actor=actor(cast.asha), now=TUESDAY)
    text = client.get(where).content.decode()
    assert "Asha Fennimore" in text
    assert "queue-news" not in text


def test_words_of_time_are_written_anew_after_five_minutes(cast: Cast, clock: time_machine.Traveller) -> None:
    asked(cast, "First", at=TUESDAY)
    client = client_of(cast.sam)
    where = looks(client, client.get("/queue/?view=all").content.decode())
    clock.shift(dt.timedelta(minutes=5))
    assert client.get(where).status_code == 200


def test_what_happens_at_other_clients_wakes_nobody(cast: Cast) -> None:
    asked(cast, "First", at=TUESDAY)
    client = client_of(cast.sam)
    where = looks(client, client.get("/queue/?view=all").content.decode())
    asked(cast, "Of Tilden", by=cast.jo, at=TUESDAY, engagements=[cast.tilden_engagement])
    asked(cast, "Of the line", at=TUESDAY, engagements=[cast.line_engagement])
    assert client.get(where).status_code == 204


@pytest.mark.parametrize(
    "given", ["", "?seen=x&newest=y", "?seen=%00&newest=%00", "?seen=999999999999999999.1&after=~"]
)
def test_whatever_the_address_says_it_answers(cast: Cast, given: str) -> None:
    asked(cast, "First", at=TUESDAY)
    assert client_of(cast.sam).get(f"/queue/live/{given}").status_code == 200


def test_who_has_no_queue_has_nothing_to_look_at(cast: Cast) -> None:
    for who in ("ruth", "dele", "ada"):
        assert client_of(getattr(cast, who)).get("/queue/live/").status_code == 403
    sam = client_of(cast.sam)
    sam.get("/queue/")
    Membership.objects.filter(person=cast.sam.person).update(ends_at=TUESDAY)
    assert sam.get("/queue/live/").status_code == 302


def test_the_numbers_are_kept_for_colleagues_and_for_nobody_else(cast: Cast) -> None:
    first = asked(cast, "First", at=TUESDAY)
    asked(cast, "Second", at=TUESDAY)
    asked(cast, "Of the line", at=TUESDAY, engagements=[cast.line_engagement])
    assign(ticket=first, person=cast.asha.person, actor=actor(cast.asha), now=TUESDAY)
    numbers = {}
    for who in ("sam", "asha", "ines", "lee"):
        client = client_of(getattr(cast, who))
        with CaptureQueriesContext(connection) as queries:
            text = client.get("/queue/").content.decode()
        counted = sum("COUNT(" in each["sql"] and "support_ticket" in each["sql"] for each in queries)
        numbers[who] = (counted, re.findall(r"(?:My move|All ours) <span>(\d+)", text))
    assert numbers == {
        "sam": (1, ["1", "2"]),
        "asha": (0, ["2", "2"]),  # what Sam's page had counted, added up for her
        "ines": (1, ["1", "1"]),
        "lee": (1, ["0", "0"]),
    }


def test_the_numbers_follow_what_happens_and_what_time_it_is(cast: Cast, clock: time_machine.Traveller) -> None:
    ticket = asked(cast, "First", at=TUESDAY)
    client = client_of(cast.sam)
    assert "Nothing presses." in client.get("/queue/").content.decode()
    clock.shift(dt.timedelta(hours=3))  # its answer is due within two hours now
    assert "1 needs you first." in client.get("/queue/").content.decode()
    assign(ticket=ticket, person=cast.asha.person, actor=actor(cast.asha), now=TUESDAY)
    assert re.search(r"My move <span>0", client.get("/queue/").content.decode())
    assert Ticket.objects.count() == 1

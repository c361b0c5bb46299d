"""From the first page into the made-up firm, around in it, and back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from quietmonday.demo.models import Making
from quietmonday.journal.models import Entry
from quietmonday.people.actions.memberships import end_sessions
from quietmonday.people.actions.sign_in_links import first_link
from quietmonday.people.models import Account, Membership
from tests.cast import make_cast, sign_in
from tests.demo.conftest import END

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRM, LOOK, BACK, REMOVE = "/set-up/made-up/", "/made-up/look/", "/made-up/back/", "/set-up/made-up/remove/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """It is the moment at which the story ends."""
    with time_machine.travel(END, tick=False):
        yield


@pytest.fixture
def administrator(firm_with_administrator: Making) -> Client:
    """Whoever started the product, signed in by the link that it printed."""
    link = first_link(now=END)
    assert link is not None
    client = Client()
    assert client.post(link.partition("localhost:8000")[2], follow=True).status_code == 200
    return client


def words(client: Client, path: str) -> str:
    """Return the page at `path`."""
    response = client.get(path, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_once_it_is_made_the_administrator_looks_around_and_comes_back(administrator: Client) -> None:
    assert "As whom do you want to look around?" in words(administrator, FIRM)
    for part, name in (("owner", "Marian Holt"), ("technician", "Owen Pryce"), ("staff", "Callum Reeve")):
        assert administrator.post(LOOK, {"part": part}).headers["Location"] == "/"
        page = words(administrator, "/")
        assert name in page
        assert "Back to yourself" in page
        assert administrator.get(FIRM).status_code == 404
    assert administrator.post(BACK).headers["Location"] == FIRM
    assert "Take the made-up firm away" in words(administrator, FIRM)
    told = Entry.objects.filter(verb__startswith="demo.").order_by("seq").values_list("verb", flat=True)
    assert list(told)[-4:] == ["demo.looked_in"] * 3 + ["demo.came_back"]


def test_looking_around_sets_no_password_without_the_old_one(administrator: Client) -> None:
    account = Account.objects.get(email="administrator@localhost")
    account.set_password("four words not alike")
    account.save()
    administrator.force_login(account)
    administrator.post(LOOK, {"part": "owner"})
    administrator.post(BACK)
    refused = administrator.post("/password/", {"new": "five other words here", "again": "five other words here"})
    assert refused.status_code == 422


def test_the_way_back_is_shut_once_the_sessions_of_the_administrator_are_ended(administrator: Client) -> None:
    administrator.post(LOOK, {"part": "owner"})
    end_sessions(account=Account.objects.get(email="administrator@localhost"))
    assert administrator.post(BACK).status_code == 404


def test_the_way_back_is_shut_for_whoever_administers_no_more(administrator: Client) -> None:
    administrator.post(LOOK, {"part": "owner"})
    Membership.objects.filter(account__email="administrator@localhost").update(ends_at=END)
    assert administrator.post(BACK).status_code == 404


def test_somebody_made_up_with_a_link_of_their_own_has_no_way_back(firm_with_administrator: Making) -> None:
    client = Client()
    client.force_login(Account.objects.get(email__startswith="marian@"))
    assert "Back to yourself" not in words(client, "/")
    assert client.post(BACK).status_code == 404
    assert client.post(LOOK, {"part": "technician"}).headers["Location"] == "/"
    assert "Owen Pryce" in words(client, "/")
    assert client.post(BACK).status_code == 404


def test_nobody_real_looks_around(firm_with_administrator: Making) -> None:
    cast = make_cast(END)
    for member in (cast.ruth, cast.sam, cast.dele):
        client = sign_in(Client(), member)
        assert client.post(LOOK, {"part": "owner"}).status_code == 404
        assert "none of these firms and people exist" not in words(client, "/")
    assert sign_in(Client(), cast.ada).post(LOOK, {"part": "somebody"}).status_code == 404


def test_taken_away_on_the_page_the_first_page_is_as_it_was(administrator: Client) -> None:
    assert administrator.post(REMOVE).headers["Location"] == "/set-up/"
    page = words(administrator, "/")
    assert "Nothing is here yet." in page
    assert not Making.objects.exists()

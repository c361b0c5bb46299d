"""One-time links: for whoever has the shell, once, for a day."""

import datetime as dt
import hashlib
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.clock import now
from quietmonday.people.actions.businesses import add_business
from quietmonday.people.actions.sign_in_links import PLACEHOLDER, first_link, make_link, use_link
from quietmonday.people.models import Account, Membership, SignInLink
from tests.cast import Cast, make_cast
from tests.people.racing import race


def token_of(url: str) -> str:
    return url.rstrip("/").rsplit("/", 1)[1]


def path_of(url: str) -> str:
    return "/sign-in/once/" + token_of(url) + "/"


@pytest.mark.django_db
def test_the_first_start_makes_an_administrator_and_every_start_a_link() -> None:
    first = first_link(now=now())
    assert first and first.startswith("http://localhost:8000/sign-in/once/")
    [membership] = Membership.objects.select_related("account")
    assert (membership.role, membership.account.email) == ("administrator", PLACEHOLDER)
    second = first_link(now=now())
    assert second and second != first
    assert Account.objects.count() == 1
    assert use_link(token=token_of(first), now=now()) is None  # a newer one was made
    assert use_link(token=token_of(second), now=now()) == membership.account


@pytest.mark.django_db
def test_no_link_is_made_when_accounts_exist_but_no_administrator(cast: Cast) -> None:
    Membership.objects.filter(role="administrator").update(ends_at=now())
    assert first_link(now=now() + dt.timedelta(seconds=1)) is None
    assert SignInLink.objects.count() == 0


def test_a_link_is_used_by_its_button_and_not_by_looking(cast: Cast) -> None:
    url = path_of(make_link(account=cast.ruth.account, now=now()))
    client = Client()
    for _ in range(3):
        assert client.get(url).status_code == 200
        assert client.head(url).status_code == 200
    response = client.post(url)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(cast.ruth.account.pk)
    again = Client()
    assert again.post(url).status_code == 410
    assert "_auth_user_id" not in again.session


@pytest.mark.django_db
def test_before_any_business_exists_a_link_leads_to_the_set_up() -> None:
    url = first_link(now=now())
    assert url
    client = Client()
    assert client.post(path_of(url)).headers["Location"] == "/"
    assert client.get("/").headers["Location"] == "/set-up/"
    shown = client.get("/set-up/").content.decode()
    assert "Nothing is here yet." in shown
    assert 'href="/set-up/begin/"' in shown


def test_a_link_needs_our_form_token(cast: Cast) -> None:
    url = path_of(make_link(account=cast.ruth.account, now=now()))
    assert Client(enforce_csrf_checks=True).post(url).status_code == 403
    assert use_link(token=token_of(url), now=now()) == cast.ruth.account


def test_a_link_expires_after_a_day(cast: Cast) -> None:
    token = token_of(make_link(account=cast.ruth.account, now=now()))
    assert use_link(token=token, now=now() + dt.timedelta(hours=24, seconds=1)) is None
    assert use_link(token=token, now=now() + dt.timedelta(hours=23, minutes=59)) == cast.ruth.account


def test_a_link_of_somebody_without_a_role_or_with_a_closed_account_opens_nothing(cast: Cast) -> None:
    assert use_link(token=token_of(make_link(account=cast.finn.account, now=now())), now=now()) is None
    token = token_of(make_link(account=cast.dele.account, now=now()))
    Account.objects.filter(pk=cast.dele.account.pk).update(is_active=False)
    assert use_link(token=token, now=now()) is None


@pytest.mark.parametrize("token", ["x", "a" * 43, "\x00", "\ud800", "' or 1=1 --"])
def test_an_invented_link_opens_nothing(cast: Cast, token: str) -> None:
    make_link(account=cast.ruth.account, now=now())
    assert use_link(token=token, now=now()) is None


def test_only_the_hash_of_a_link_is_stored(cast: Cast) -> None:
    token = token_of(make_link(account=cast.ruth.account, now=now()))
    link = SignInLink.objects.get()
    assert link.token_hash == hashlib.sha256(token.encode()).hexdigest()
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names())
        if (
            connection.vendor == "sqlite"
        ):  # an index of search has no rows to read; what it holds is in tables beside it
            cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'")
            tables -= {name for (name,) in cursor.fetchall()}
        assert "people_signinlink" in tables
        for table in sorted(tables):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert not any(token in str(value) for row in cursor.fetchall() for value in row), table


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_a_link_at_the_same_moment_one_gets_in() -> None:
    cast = make_cast(now())
    token = token_of(make_link(account=cast.ruth.account, now=now()))

    used = race(*[lambda: use_link(token=token, now=now()) is not None] * 8)
    assert sorted(used) == [False] * 7 + [True]


@pytest.mark.django_db(transaction=True)
def test_two_first_starts_at_once_make_one_administrator() -> None:
    assert all(race(*[lambda: first_link(now=now())] * 3))
    assert Account.objects.count() == 1
    assert Membership.objects.count() == 1


def test_the_command_prints_a_link_for_a_known_address_only(cast: Cast) -> None:
    out = StringIO()
    call_command("sign_in_link", "RUTH@oakhurst.example", stdout=out)
    assert use_link(token=token_of(out.getvalue().strip()), now=now()) == cast.ruth.account
    for unknown in ("nobody@oakhurst.example", cast.finn.email, "nonsense"):
        with pytest.raises(CommandError, match="Nothing was changed"):
            call_command("sign_in_link", unknown)


@pytest.mark.django_db
def test_after_a_business_exists_a_link_leads_home() -> None:
    url = first_link(now=now())
    assert url
    add_business(name="Oakhurst", zone="Europe/London", actor=SYSTEM, now=now())
    assert Client().post(path_of(url)).headers["Location"] == "/"

"""A session lasts as long as its account and a role of it."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from quietmonday.kit.actors import Actor
from quietmonday.kit.clock import now
from quietmonday.outbox.models import OutgoingMessage
from quietmonday.people.actions.memberships import end_membership
from quietmonday.people.models import Account, Membership
from tests.cast import Cast, sign_in
from tests.people.signing_in import ask, by_password, is_in, last_code, with_password

pytestmark = pytest.mark.usefixtures("fresh_counts")


def test_former_members_and_closed_accounts_get_no_code_and_no_session(cast: Cast) -> None:
    with_password(cast.finn)
    with_password(cast.dele)
    Account.objects.filter(pk=cast.dele.account.pk).update(is_active=False)
    for member in (cast.finn, cast.dele):
        client = Client()
        ask(client, member.email)
        assert OutgoingMessage.objects.count() == 0
        response = by_password(client, member.email)
        assert response.headers["Location"] == "/sign-in/closed/"
        assert client.get("/sign-in/closed/").status_code == 200
        assert not is_in(client)


def test_a_role_that_begins_tomorrow_opens_nothing_today(cast: Cast) -> None:
    Membership.objects.filter(pk=cast.dele.membership.pk).update(starts_at=now() + dt.timedelta(days=1))
    client = Client()
    ask(client, cast.dele.email)
    assert OutgoingMessage.objects.count() == 0
    assert sign_in(client, cast.dele).get(reverse("people:password")).status_code == 302


def test_losing_the_role_between_mail_and_code_opens_nothing(cast: Cast) -> None:
    client = Client()
    ask(client, cast.dele.email)
    code = last_code()
    end_membership(membership=cast.dele.membership, actor=_actor(cast), now=now())
    assert client.post("/sign-in/code/confirm/", {"code": code}).headers["Location"] == "/sign-in/closed/"
    assert not is_in(client)


def test_a_role_that_ends_is_gone_in_open_windows_and_so_is_the_session(cast: Cast) -> None:
    client, bystander = sign_in(Client(), cast.dele), sign_in(Client(), cast.bill)
    page = reverse("people:person", args=[cast.dele.person.pk])
    assert client.get(page).status_code == 200
    end_membership(membership=cast.dele.membership, actor=_actor(cast), now=now())
    assert client.get(page).status_code == 302
    # the session itself is void, not only empty of rights: a role given later does not revive it
    Membership.objects.filter(pk=cast.dele.membership.pk).update(ends_at=None)
    assert client.get(page).status_code == 302
    assert bystander.get(reverse("people:person", args=[cast.bill.person.pk])).status_code == 200


def test_a_role_that_ends_by_the_clock_is_gone_too(cast: Cast) -> None:
    client = sign_in(Client(), cast.dele)
    Membership.objects.filter(pk=cast.dele.membership.pk).update(ends_at=now())
    assert client.get(reverse("people:person", args=[cast.dele.person.pk])).status_code == 302
    assert not is_in(client)


def test_signing_out_takes_a_post(cast: Cast) -> None:
    client = sign_in(Client(), cast.ruth)
    assert client.get("/sign-out/").status_code == 405
    assert is_in(client)
    client.post("/sign-out/")
    assert not is_in(client)


def _actor(cast: Cast) -> Actor:
    return Actor(id=cast.ruth.person.pk, name=cast.ruth.person.name)

"""Signing in, and what strangers try at the door."""

import datetime as dt
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache, caches
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, get_resolver, reverse

from quietmonday.journal.models import Entry
from quietmonday.kit.actors import Actor
from quietmonday.kit.clock import now
from quietmonday.outbox.actions.mails import content_of
from quietmonday.outbox.models import OutgoingMessage
from quietmonday.people.actions.memberships import end_membership
from quietmonday.people.actions.passwords import set_password
from quietmonday.people.models import Account, Membership
from tests.cast import Cast, Member, sign_in

PASSWORD = "four words that differ"


@pytest.fixture(autouse=True)
def fresh_counts(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def with_password(member: Member, password: str = PASSWORD) -> None:
    member.account.set_password(password)
    member.account.save()


def by_password(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in/", {"login": email, "password": password, **more})


def ask(client: Client, email: str, **more: str) -> Any:
    return client.post("/sign-in/code/", {"email": email, **more})


def last_code() -> str:
    text = content_of(OutgoingMessage.objects.order_by("-made_at", "-id")[0]).text
    found = re.search(r"Your code is (\S+)", text)
    assert found
    return found[1]


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def words_of(response: Any) -> str:
    """The page without what differs in every page: the token against forged forms."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())


def test_a_password_signs_in_and_the_session_gets_a_new_key(cast: Cast) -> None:
    with_password(cast.ruth)
    client = Client()
    client.get("/sign-in/")
    session = client.session
    session["planted"] = "by an attacker"
    session.save()
    client.cookies["sessionid"] = planted = session.session_key
    response = by_password(client, "Ruth@Oakhurst.example ")
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert is_in(client)
    assert client.cookies["sessionid"].value != planted
    stranger = Client()
    stranger.cookies["sessionid"] = planted
    assert stranger.get(reverse("people:password")).status_code == 302


def test_a_mailed_code_signs_in_once(cast: Cast) -> None:
    client = Client()
    assert ask(client, cast.dele.email).headers["Location"] == "/sign-in/code/confirm/"
    mail = OutgoingMessage.objects.get()
    assert mail.recipient == cast.dele.email
    code = last_code()
    response = client.post("/sign-in/code/confirm/", {"code": code.lower().replace("-", " ")})
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert is_in(client)
    again = Client()
    again.cookies = client.cookies.copy()
    client.post("/sign-out/")
    assert client.post("/sign-in/code/confirm/", {"code": code}).headers["Location"] == "/sign-in/code/"
    assert not is_in(client)


def test_a_code_serves_only_the_browser_that_asked_for_it(cast: Cast) -> None:
    ask(Client(), cast.dele.email)
    code = last_code()
    thief = Client()
    ask(thief, "nobody@nowhere.example")
    assert thief.post("/sign-in/code/confirm/", {"code": code}).status_code == 200
    other = Client()
    ask(other, cast.bill.email)
    other.post("/sign-in/code/confirm/", {"code": code})
    assert not is_in(thief)
    assert not is_in(other)


def test_a_code_is_void_after_ten_minutes(cast: Cast) -> None:
    client = Client()
    ask(client, cast.dele.email)
    code = last_code()
    with time_machine.travel(now() + dt.timedelta(minutes=10, seconds=5), tick=False):
        response = client.post("/sign-in/code/confirm/", {"code": code})
    assert (response.status_code, is_in(client)) == (302, False)


def test_a_code_is_void_after_three_wrong_tries(cast: Cast) -> None:
    client = Client()
    ask(client, cast.dele.email)
    code = last_code()
    statuses = [client.post("/sign-in/code/confirm/", {"code": "WRONG-CODE"}).status_code for _ in range(3)]
    assert statuses == [200, 200, 302]
    assert client.post("/sign-in/code/confirm/", {"code": code}).status_code == 302
    assert not is_in(client)


def test_tries_in_the_same_moment_do_not_start_the_count_again(cast: Cast) -> None:
    """What a race does: every request reads the session as it was before the others wrote theirs."""
    client = Client()
    ask(client, cast.dele.email)
    code = last_code()
    before = dict(client.session.items())
    statuses = []
    for _ in range(4):
        session = client.session
        session.update(before)
        session.save()
        statuses.append(client.post("/sign-in/code/confirm/", {"code": "WRONG-CODE"}).status_code)
    session = client.session
    session.update(before)
    session.save()
    statuses.append(client.post("/sign-in/code/confirm/", {"code": code}).status_code)
    assert statuses == [200, 200, 200, 429, 429]
    assert not is_in(client)


def test_an_unknown_address_gets_the_same_pages_the_same_work_and_no_mail(cast: Cast) -> None:
    known, unknown = Client(), Client()
    ask(Client(), "warm@oakhurst.example")  # the count of this network exists from here on
    with CaptureQueriesContext(connection) as for_known:
        first = ask(known, cast.dele.email)
    with CaptureQueriesContext(connection) as for_unknown:
        second = ask(unknown, "dele@oakhorst.example")
    assert (first.status_code, first.headers["Location"]) == (second.status_code, second.headers["Location"])
    assert _kinds(for_known) == _kinds(for_unknown)
    pages = [
        words_of(client.get("/sign-in/code/confirm/")).replace(email, "ADDRESS")
        for client, email in ((known, cast.dele.email), (unknown, "dele@oakhorst.example"))
    ]
    assert pages[0] == pages[1]
    assert [mail.recipient for mail in OutgoingMessage.objects.all()] == [cast.dele.email]


def _kinds(queries: CaptureQueriesContext) -> list[str]:
    """First words of the statements, without the savepoint that a rollback ends differently."""
    kinds = [query["sql"].split()[0] for query in queries.captured_queries]
    return [kind for kind in kinds if kind in {"SELECT", "INSERT", "UPDATE"}]


def test_wrong_passwords_read_the_same_whoever_is_tried(cast: Cast) -> None:
    with_password(cast.ruth)
    pages, times = {}, {}
    for email in (cast.ruth.email, cast.dele.email, "ruth@oakhorst.example", cast.finn.email):
        client = Client()
        started = time.perf_counter()
        response = by_password(client, email, "wrong wrong wrong")
        times[email] = time.perf_counter() - started
        assert response.status_code == 200
        pages[email] = words_of(response).replace(email, "ADDRESS")
    assert len(set(pages.values())) == 1
    # argon2 dominates; an early return for unknown or password-less accounts would be many times quicker
    assert min(times.values()) > 0.3 * max(times.values()), times


def test_the_sixth_wrong_password_meets_the_pause_and_a_right_one_meets_it_too(cast: Cast) -> None:
    with_password(cast.ruth)
    client = Client()
    assert [by_password(client, cast.ruth.email, f"wrong {n}").status_code for n in range(6)] == [200] * 5 + [429]
    blocked = by_password(client, cast.ruth.email)
    assert blocked.status_code == 429
    assert "nobody is locked out for good" in blocked.content.decode()
    with time_machine.travel(now() + dt.timedelta(minutes=5, seconds=5), tick=False):
        assert by_password(client, cast.ruth.email).status_code == 302


def test_right_passwords_do_not_use_up_the_tries(cast: Cast) -> None:
    with_password(cast.ruth)
    for _ in range(7):
        assert by_password(Client(), cast.ruth.email).status_code == 302


def test_a_stranger_elsewhere_does_not_lock_an_owner_out(cast: Cast) -> None:
    with_password(cast.ruth)
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    for number in range(6):
        last = by_password(stranger, cast.ruth.email, f"guess {number}")
    assert last.status_code == 429
    assert by_password(Client(REMOTE_ADDR="198.51.100.7"), cast.ruth.email).status_code == 302


def test_guessing_one_address_from_many_networks_meets_a_pause_but_a_code_still_works(cast: Cast) -> None:
    with_password(cast.ruth)
    statuses = [
        by_password(Client(REMOTE_ADDR=f"203.0.113.{number}"), cast.ruth.email, "a guess").status_code
        for number in range(51)
    ]
    assert statuses == [200] * 50 + [429]
    owner = Client(REMOTE_ADDR="198.51.100.7")
    ask(owner, cast.ruth.email)
    owner.post("/sign-in/code/confirm/", {"code": last_code()})
    assert is_in(owner)


def test_trying_many_addresses_from_one_network_meets_the_pause(cast: Cast) -> None:
    statuses = [by_password(Client(), f"user{n}@oakhurst.example", "a guess").status_code for n in range(11)]
    assert statuses == [200] * 10 + [429]


@pytest.mark.parametrize(
    "header",
    [{"HTTP_X_FORWARDED_FOR": "203.0.113.{}"}, {"HTTP_HOST": "localhost:80{}"}, {"HTTP_X_REAL_IP": "1.2.3.{}"}],
)
def test_forged_headers_do_not_start_a_fresh_count(cast: Cast, header: dict[str, str]) -> None:
    [(name, value)] = header.items()
    statuses = [
        Client(**{name: value.format(10 + n)})
        .post("/sign-in/", {"login": cast.ruth.email, "password": f"guess {n}"})
        .status_code
        for n in range(6)
    ]
    assert statuses == [200] * 5 + [429]


@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_a_trusted_proxy_the_last_forwarded_address_counts(cast: Cast) -> None:
    for n in range(5):
        by_password(Client(HTTP_X_FORWARDED_FOR=f"6.6.6.{n}, 203.0.113.9"), cast.ruth.email, f"guess {n}")
    same = Client(HTTP_X_FORWARDED_FOR="7.7.7.7, 203.0.113.9")
    assert by_password(same, cast.ruth.email, "guess").status_code == 429
    other = Client(HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.7")
    assert by_password(other, cast.ruth.email, "guess").status_code == 200


def test_a_foreign_host_header_is_refused(cast: Cast) -> None:
    assert Client(HTTP_HOST="evil.example").get("/sign-in/").status_code == 400


def test_codes_for_one_address_are_few_so_that_nobody_is_bombed(cast: Cast) -> None:
    statuses = [ask(Client(REMOTE_ADDR=f"203.0.113.{n}"), cast.dele.email).status_code for n in range(4)]
    assert statuses == [302, 302, 302, 429]
    assert OutgoingMessage.objects.count() == 3
    unknown = [ask(Client(REMOTE_ADDR=f"203.0.113.{n}"), "no@body.example").status_code for n in range(4)]
    assert unknown == statuses


def test_the_counts_survive_a_flood_of_names(cast: Cast) -> None:
    """The database cache drops rows above its size: with 300, the count of an address could be flooded out."""
    assert getattr(caches["default"], "_max_entries") >= 100_000  # noqa: B009 - the type of a cache does not tell it


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "http://localhost:9/",
        "javascript:alert(1)",
        "https:evil.example",
        " //evil.example",
        "/\t/evil.example",
        "evil.example",
    ],
)
def test_next_leads_nowhere_else(cast: Cast, target: str) -> None:
    with_password(cast.ruth)
    assert by_password(Client(), cast.ruth.email, next=target).headers["Location"] == "/"
    client = Client()
    ask(client, cast.ruth.email, next=target)
    response = client.post("/sign-in/code/confirm/", {"code": last_code(), "next": target})
    assert (response.status_code, response.headers["Location"]) == (302, "/")


def test_next_leads_back_to_a_page_of_ours(cast: Cast) -> None:
    with_password(cast.ruth)
    response = by_password(Client(), cast.ruth.email, next="/people/?after=1")
    assert response.headers["Location"] == "/people/?after=1"


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


def test_a_new_password_ends_all_other_sessions(cast: Cast) -> None:
    with_password(cast.ruth)
    here, there, page = Client(), Client(), reverse("people:password")
    by_password(here, cast.ruth.email)
    by_password(there, cast.ruth.email)
    assert there.get(page).status_code == 200
    new = "another four words now"
    wrong = here.post(page, {"old": "not it", "new": new, "again": new})
    assert wrong.status_code == 422
    assert here.post(page, {"old": PASSWORD, "new": new, "again": new}).status_code == 302
    assert here.get(page).status_code == 200
    assert there.get(page).status_code == 302
    assert by_password(Client(), cast.ruth.email).status_code == 200
    assert by_password(Client(), cast.ruth.email, new).status_code == 302


def test_after_a_mailed_code_a_forgotten_password_is_replaced_for_ten_minutes(cast: Cast) -> None:
    with_password(cast.ruth)
    client, page, new = Client(), reverse("people:password"), "another four words now"
    ask(client, cast.ruth.email)
    client.post("/sign-in/code/confirm/", {"code": last_code()})
    with time_machine.travel(now() + dt.timedelta(minutes=11), tick=False):
        assert client.post(page, {"new": new, "again": new}).status_code == 422
    assert client.post(page, {"new": new, "again": new}).status_code == 302
    assert Account.objects.get(pk=cast.ruth.account.pk).check_password(new)


@pytest.mark.parametrize(
    ("new", "again"),
    [
        ("short", "short"),
        ("password12345", "password12345"),
        ("ruth@oakhurst.example",) * 2,
        ("a" * 12, "b" * 12),
    ],
)
def test_weak_and_mistyped_passwords_are_refused(cast: Cast, new: str, again: str) -> None:
    response = sign_in(Client(), cast.ruth).post(reverse("people:password"), {"new": new, "again": again})
    assert response.status_code == 422
    assert not Account.objects.get(pk=cast.ruth.account.pk).has_usable_password()


def test_guessing_the_old_password_in_a_stolen_session_is_limited(cast: Cast) -> None:
    with_password(cast.ruth)
    client, page = Client(), reverse("people:password")
    by_password(client, cast.ruth.email)
    statuses = [client.post(page, {"old": f"guess {n}", "new": "x", "again": "x"}).status_code for n in range(6)]
    assert statuses == [422] * 5 + [429]


def test_signing_out_takes_a_post(cast: Cast) -> None:
    client = sign_in(Client(), cast.ruth)
    assert client.get("/sign-out/").status_code == 405
    assert is_in(client)
    client.post("/sign-out/")
    assert not is_in(client)


def test_forms_without_our_token_are_refused(cast: Cast) -> None:
    with_password(cast.ruth)
    client = Client(enforce_csrf_checks=True)
    assert by_password(client, cast.ruth.email).status_code == 403
    json = client.post("/sign-in/", '{"login": "x", "password": "y"}', content_type="application/json")
    assert json.status_code == 403


def test_nothing_else_of_allauth_has_a_url() -> None:
    for name in ("account_signup", "account_email", "account_reset_password", "account_change_password"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    names = {key for key in get_resolver().reverse_dict if isinstance(key, str) and key.startswith("account_")}
    assert names == {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_request_login_code",
        "account_confirm_login_code",
    }
    for path in ("/accounts/signup/", "/sign-in/signup/", "/signup/", "/accounts/password/reset/"):
        assert Client().get(path).status_code == 404


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "no address",
        "ruth@oakhurst.example\nBcc: x@y.example",
        "a" * 300 + "@b.example",
        "ruth\x00@oakhurst.example",
        "<script>@x.example",
        "🙂@oakhurst.example",
    ],
)
def test_nonsense_instead_of_an_address_gets_a_kind_answer(cast: Cast, typed: str) -> None:
    assert by_password(Client(), typed, "x").status_code == 200
    assert ask(Client(), typed).status_code in (200, 302)
    assert OutgoingMessage.objects.count() == 0


def test_somebody_who_mistyped_the_address_of_a_code_can_start_again(cast: Cast) -> None:
    client = Client()
    ask(client, "dele@oakhorst.example")
    assert client.get("/sign-in/code/").status_code == 200
    assert client.get("/sign-in/").status_code == 200


def test_a_password_is_journalled_without_itself(cast: Cast) -> None:
    set_password(account=cast.ruth.account, password=PASSWORD, actor=_actor(cast), now=now())
    entry = Entry.objects.select_related("payload").get(verb="account.password_set")
    assert entry.payload.body == {"account": cast.ruth.email}


def _actor(cast: Cast) -> Actor:
    return Actor(id=cast.ruth.person.pk, name=cast.ruth.person.name)

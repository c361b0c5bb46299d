"""Signing in, and where it leads."""

import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse

from quietmonday.outbox.models import OutgoingMessage
from tests.cast import Cast
from tests.people.signing_in import ask, by_password, is_in, last_code, with_password

pytestmark = pytest.mark.usefixtures("fresh_counts")


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


def test_a_foreign_host_header_is_refused(cast: Cast) -> None:
    assert Client(HTTP_HOST="evil.example").get("/sign-in/").status_code == 400


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
        "account_by_passkey",
        "account_second_factor",
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

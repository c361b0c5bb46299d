"""Headers that say where a request came from: believed of our proxy, of nobody else (attack 15)."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from quietmonday.config.public import networks_of
from quietmonday.kit.proxies import HEADERS, forwarded, is_trusted

OURS, STRANGER = "10.0.0.1", "198.51.100.7"
FORGED = dict.fromkeys(HEADERS, "127.0.0.1") | {"HTTP_X_FORWARDED_PROTO": "https"}

behind_a_proxy = override_settings(
    TRUSTED_PROXIES=networks_of(OURS),
    ALLAUTH_TRUSTED_PROXY_COUNT=1,
    SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
)


def seen(peer: str, headers: dict[str, str]) -> HttpRequest:
    """Return a request as the views see it."""
    requests: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        requests.append(request)
        return HttpResponse()

    forwarded(view)(RequestFactory().get("/", REMOTE_ADDR=peer, **headers))
    return requests[0]


@behind_a_proxy
def test_of_our_proxy_two_headers_are_believed() -> None:
    request = seen(OURS, FORGED)
    assert request.is_secure()
    assert {name for name in HEADERS if name in request.META} == {"HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"}


@behind_a_proxy
def test_of_anybody_else_none_is() -> None:
    request = seen(STRANGER, FORGED)
    assert not request.is_secure()
    assert not [name for name in HEADERS if name in request.META]


def test_without_a_proxy_nobody_is_believed_not_even_this_machine() -> None:
    assert not [name for name in HEADERS if name in seen("127.0.0.1", FORGED).META]


@pytest.mark.parametrize("odd", ["", "unix:", "10.0.0.1, 10.0.0.1", "10.0.0.1:80", "2130706433"])
@behind_a_proxy
def test_a_peer_that_is_no_address_is_not_trusted(odd: str) -> None:
    assert not is_trusted(odd)


@behind_a_proxy
def test_a_peer_that_came_in_over_both_protocols_is_the_same_one() -> None:
    assert is_trusted(f"::ffff:{OURS}")
    assert not is_trusted(f"::ffff:{STRANGER}")


@pytest.mark.django_db
@pytest.mark.parametrize("name", HEADERS)
def test_what_came_through_any_proxy_does_not_read_the_metrics(name: str) -> None:
    assert Client(REMOTE_ADDR="127.0.0.1").get("/metrics/").status_code == 200
    assert Client(REMOTE_ADDR="127.0.0.1", **{name: "127.0.0.1"}).get("/metrics/").status_code == 404


@pytest.mark.django_db
@behind_a_proxy
def test_a_page_is_led_to_and_kept_secure_by_our_proxys_word_alone() -> None:
    forged = Client(REMOTE_ADDR=STRANGER, **FORGED).get("/", HTTP_X_FORWARDED_HOST="evil.example")
    honest = Client(REMOTE_ADDR=STRANGER).get("/")
    assert (forged.status_code, forged.headers["Location"]) == (honest.status_code, honest.headers["Location"])
    assert honest.headers["Location"].startswith("/sign-in/")
    spoofed = Client(REMOTE_ADDR=OURS, **FORGED).get("/sign-in/", HTTP_X_FORWARDED_HOST="evil.example")
    assert "evil.example" not in spoofed.content.decode() + str(spoofed.headers)


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "localhost@evil.example", "a b"])
def test_a_host_that_is_not_ours_is_refused(host: str) -> None:
    assert Client().get("/sign-in/", HTTP_HOST=host).status_code == 400

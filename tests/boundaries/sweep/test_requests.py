"""Methods, forged requests and headers, on every URL and on every page that an error draws."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.test.client import Client, ClientHandler

from tests.boundaries.sweep.core import Door, faults_of_headers, send, undone
from tests.boundaries.sweep.doors import DOORS
from tests.boundaries.sweep.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

ONE_A_URL = {(door.name, door.method): door for door in reversed(DOORS) if door.ok}
POSTS = [door for (_name, method), door in sorted(ONE_A_URL.items()) if method == "post"]


def rightful(door: Door) -> str:
    """Return one who may."""
    return "nobody" if "nobody" in door.ok else min(door.ok)


def strict(world: World, viewer: str) -> Client:
    """Return the viewer's browser towards a server that checks for forged requests."""
    client = world.client(viewer)
    client.handler = ClientHandler(enforce_csrf_checks=True)
    return client


@pytest.mark.parametrize("door", POSTS, ids=str)
def test_a_form_that_another_site_sent_is_refused(world: World, door: Door) -> None:
    viewer = rightful(door)
    client = strict(world, viewer)
    with undone() as written:
        bare = send(world, door, viewer, client)
        client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
        foreign = send(world, door, viewer, client, HTTP_ORIGIN="https://evil.example", HTTP_X_CSRFTOKEN="a" * 32)
        as_json = client.post(door.url(world), "{}", content_type="application/json")
        other_token = send(world, door, viewer, client, HTTP_X_CSRFTOKEN="b" * 32)
    assert [bare.status_code, foreign.status_code, as_json.status_code, other_token.status_code] == [403] * 4
    assert written == []
    assert [faults_of_headers(each) for each in (bare, foreign, as_json)] == [[], [], []]
    with undone():
        ours = send(world, door, viewer, client, HTTP_ORIGIN="http://testserver", HTTP_X_CSRFTOKEN="a" * 32)
    assert ours.status_code in door.success


@pytest.mark.parametrize("door", sorted(ONE_A_URL.values(), key=str), ids=str)
def test_no_other_method_does_anything(world: World, door: Door) -> None:
    client = world.client(rightful(door))
    with undone() as written:
        got = {
            method: getattr(client, method)(door.url(world), **dict(door.extra))
            for method in ("put", "patch", "delete", "trace")
        }
    assert {method: response.status_code for method, response in got.items()} == dict.fromkeys(got, 405)
    assert written == []
    assert [faults_of_headers(response) for response in got.values()] == [[]] * 4


def _broken(*args: Any, **kwargs: Any) -> Any:
    raise RuntimeError("something of ours that no page may show")


def test_every_error_page_carries_the_headers_and_says_nothing_of_the_inside(world: World) -> None:
    ruth = world.client("ruth")
    ticket = f"/requests/{world['ours'].pk}/"
    with undone():
        pages = {
            404: [
                ruth.get("/no/such/page/"),
                ruth.get("/requests/not-an-id/"),
                ruth.get("/no-slash"),
                ruth.get("/%00"),
            ],
            400: [ruth.get("/", HTTP_HOST="evil.example"), ruth.get("/queue/", HTTP_HOST="a b")],
            301: [ruth.get("/queue")],
            403: [strict(world, "ruth").post("/password/"), ruth.post(f"{ticket}notes/", {"text": "x"})],
            405: [ruth.get("/sign-out/"), ruth.options(f"{ticket}notes/")],
            429: [_too_many_tries(world)],
        }
        with mock.patch("quietmonday.support.views.ticket.ticket_page", _broken):
            pages[500] = [ruth.get(ticket)]
        with mock.patch("quietmonday.people.access.viewers.viewer_of", _broken):
            pages[500].append(ruth.get("/"))
    for status, responses in pages.items():
        assert [each.status_code for each in responses] == [status] * len(responses)
        faults = [[f for f in faults_of_headers(each) if f != "failed"] for each in responses]
        assert faults == [[]] * len(responses), status
        for each in responses:
            assert b"RuntimeError" not in each.content
            assert b"no page may show" not in each.content


def _too_many_tries(world: World) -> Any:
    nobody = world.client("nobody")
    given = {"login": "ruth@oakhurst.example", "password": "wrong wrong wrong"}
    with mock.patch("django.contrib.auth.hashers.Argon2PasswordHasher.verify", return_value=False):
        for _ in range(40):
            response = nobody.post("/sign-in/", given)
            if response.status_code == 429:
                break
    return response


def test_static_files_carry_the_headers_that_are_theirs(world: World) -> None:
    from django.contrib.staticfiles.finders import get_finders  # needs the settings

    names = [path for finder in get_finders() for path, _storage in finder.list([])]
    assert names
    for name in names:
        response = world.client("nobody").get(f"/static/{name}")
        assert response.status_code == 200, name
        faults = [fault for fault in faults_of_headers(response) if fault != "may be kept by a cache"]
        assert faults == [], name
        assert "Set-Cookie" not in response.headers
        response.close()


def test_the_sign_in_sends_nobody_to_another_site(world: World) -> None:
    for where in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/%0d%0aX: y"):
        with undone():
            account = world["ruth"].account
            account.set_password("four words not alike")
            account.save()
            response = world.client("nobody").post(
                "/sign-in/", {"login": account.email, "password": "four words not alike", "next": where}
            )
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/")
        assert not response.headers["Location"].startswith(("//", "/\\"))
        assert "evil.example" not in response.headers["Location"]

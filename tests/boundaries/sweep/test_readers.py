"""Readers see, and change nothing: no door lets them in to do something, and no page offers them to."""

from __future__ import annotations

import re

import pytest
from django.urls import Resolver404, resolve

from quietmonday.people.access import Viewer, viewer_of
from tests.boundaries.sweep.core import undone
from tests.boundaries.sweep.doors import DOORS
from tests.boundaries.sweep.doors_of_programs import OPERATIONS
from tests.boundaries.sweep.stories import NOW
from tests.boundaries.sweep.world import World

pytestmark = pytest.mark.django_db

READERS = ("rita", "theo")
HOW_THEY_LOOK = {
    f"support:{place}_{what}" for place in ("queue", "requests") for what in ("new_view", "pins", "start", "habits")
}
THEIR_OWN = {"people:password", "people:language", "people:subject_data", "people:new_token"} | HOW_THEY_LOOK
"""What a reader does about themselves: a password, a language, a token, what is held about them, how lists look."""

ALWAYS = THEIR_OWN | {
    *("account_logout", "people:again", "people:new_passkey", "people:code_app", "people:recovery_codes"),
    *("people:remove_passkey", "people:remove_code_app", "people:end_sign_in", "people:end_other_sign_ins"),
    "people:revoke_token",
    *("people:show_with", "people:bind_identity", "people:end_identity"),
}


def test_of_all_that_changes_something_readers_may_do_what_is_their_own() -> None:
    verbs = [door for door in (*DOORS, *OPERATIONS) if door.method != "get" and not door.public]
    assert {door.name for door in verbs if door.ok & set(READERS)} == THEIR_OWN


def test_a_reader_is_in_no_set_of_those_who_act(world: World) -> None:
    for name in READERS:
        viewer = viewer_of(world[name].account, NOW)
        acting = {
            field: getattr(viewer, field)
            for field in Viewer.__dataclass_fields__
            if field not in {"account_id", "email", "place_names", "zones", "roles", "sees"}
        }
        assert {field: value for field, value in acting.items() if value} == {}
        assert set(viewer.roles.values()) == {"reader"}
    assert viewer_of(world["rita"].account, NOW).sees.businesses == {world["ours_business"].pk}
    assert viewer_of(world["theo"].account, NOW).sees.suppliers == {world["ours_supplier"].pk}


def test_no_page_of_a_reader_has_a_form_or_a_link_that_is_shut_to_them(world: World) -> None:
    shut: set[str] = set()
    tried: dict[tuple[str, str], int] = {}
    for name in READERS:
        for door in (door for door in DOORS if door.method == "get" and name in door.ok and not door.public):
            with undone():
                response = world.client(name).get(door.url(world))
            if response.headers.get("Content-Type", "").startswith("text/html"):
                text = b"".join(response).decode() if response.streaming else response.content.decode()
                shut |= {f"{door} as {name}: sends to {each}" for each in _sent_to(text, door.url(world))}
                for link in _links(text):
                    if (name, link) not in tried:
                        with undone():
                            tried[name, link] = world.client(name).get(link).status_code
                    if tried[name, link] not in (200, 302, 303):
                        shut.add(f"{door} as {name}: leads to {link}, {tried[name, link]}")
    assert shut == set()


def _sent_to(text: str, here: str) -> set[str]:
    """Return the names of what the page's POST forms are sent to, less what everybody may do."""
    found = set()
    for form in re.findall(r"<form[^>]*>", text):
        if 'method="post"' in form:
            action = re.search(r'action="([^"]*)"', form)
            found.add(_name_of(action[1] if action else here))
    return found - ALWAYS


def _links(text: str) -> set[str]:
    return {link.replace("&amp;", "&") for link in re.findall(r'<a[^>]* href="(/[^"#]*)"', text)}


def _name_of(url: str) -> str:
    try:
        return resolve(url.partition("?")[0]).view_name
    except Resolver404:
        return url

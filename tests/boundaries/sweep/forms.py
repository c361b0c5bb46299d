"""What the forms of the product offer, read from the pages that draw them."""

from __future__ import annotations

import re

from tests.boundaries.sweep.core import Door, undone
from tests.boundaries.sweep.doors import DOORS
from tests.boundaries.sweep.world import World

CONTROL = re.compile(r"<(input|textarea|select)\b([^>]*)>")
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
ATTRIBUTE = re.compile(r'\b(name|type)="([^"]*)"')
WORDED = {"text", "search", "email", "tel", "url", "textarea", "password", "hidden", "date", "datetime-local", "time"}


def pages_of(world: World, door: Door) -> list[str]:
    """Return addresses of pages that may draw the form which `door` takes: its own, and those above it."""
    path = door.url(world).partition("?")[0]
    if any(each.name == door.name and each.method == "get" for each in DOORS):
        # What a form shows may depend on what was chosen before: the query of a page.
        same = [each for each in DOORS if each.name == door.name and each.method == "get"]
        kwargs = door.kwargs(world)
        queries = {door.query(world), *(each.query(world) for each in same if each.kwargs(world) == kwargs)}
        return [path + each for each in sorted(queries)]
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[:length]) + "/" for length in range(len(parts) - 1, 0, -1)]


def controls_of(world: World, door: Door, viewer: str) -> dict[str, str]:
    """Return name → type of every control of the door's form, as the viewer sees it; {} if no page draws it."""
    path = door.url(world).partition("?")[0]
    found = {}
    for address in pages_of(world, door):
        with undone():
            page = world.client(viewer).get(address)
        if page.status_code != 200:
            continue
        itself = address.partition("?")[0] == path
        for kind, attributes in CONTROL.findall(_form(page.content.decode(), path, itself=itself)):
            given = dict(ATTRIBUTE.findall(attributes))
            if given.get("name"):
                found[given["name"]] = given.get("type", "text") if kind == "input" else kind
    found.pop("csrfmiddlewaretoken", None)
    return found


def _form(page: str, path: str, *, itself: bool) -> str:
    """Return the forms of a page that are sent to `path`; if none names it, all of a page that is sent to `itself`."""
    named = "".join(each for each in FORM.findall(page) if f'action="{path}"' in each)  # also a button's formaction
    return named or (page if itself else "")

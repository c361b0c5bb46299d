"""What the forms of the product offer, read from the pages that draw them."""

from __future__ import annotations

import re

from django.urls import reverse

from tests.boundaries.sweep.core import Door, undone
from tests.boundaries.sweep.doors import DOORS
from tests.boundaries.sweep.world import World

CONTROL = re.compile(r"<(input|textarea|select)\b([^>]*)>")
FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)
ATTRIBUTE = re.compile(r'\b(name|type)="([^"]*)"')
WORDED = {"text", "search", "email", "tel", "url", "textarea", "password", "hidden", "date", "datetime-local", "time"}


def page_of(door: Door) -> str:
    """Return the name of the page that draws the form which `door` takes."""
    if any(each.name == door.name and each.method == "get" for each in DOORS):
        return door.name
    return "support:ticket" if door.name.startswith("support:") else "people:person"


def controls_of(world: World, door: Door, viewer: str) -> dict[str, str]:
    """Return name → type of every control on the page of the door's form, as the viewer sees it; {} without a page."""
    name, kwargs = page_of(door), door.kwargs(world)
    pages = [each for each in DOORS if each.name == name and each.method == "get"]
    if not pages or set(kwargs) != set(pages[0].kwargs(world)):
        return {}
    # What a form shows may depend on what was chosen before: the query of a page.
    queries = {door.query(world), *(each.query(world) for each in pages if each.kwargs(world) == kwargs)}
    found = {}
    for query in sorted(queries):
        with undone():
            html = world.client(viewer).get(reverse(name, kwargs=kwargs) + query)
        for kind, attributes in CONTROL.findall(
            _form(html.content.decode(), door.url(world).partition("?")[0], itself=name == door.name)
        ):
            given = dict(ATTRIBUTE.findall(attributes))
            if given.get("name"):
                found[given["name"]] = given.get("type", "text") if kind == "input" else kind
    found.pop("csrfmiddlewaretoken", None)
    return found


def _form(page: str, path: str, *, itself: bool) -> str:
    """Return the forms of a page that are sent to `path`; if none names it, all of a page that is sent to `itself`."""
    named = "".join(each for each in FORM.findall(page) if f'action="{path}"' in each.partition(">")[0])
    return named or (page if itself else "")

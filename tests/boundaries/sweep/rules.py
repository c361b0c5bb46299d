"""How a door is written down, and who stands where in front of each kind of object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.boundaries.sweep.core import SIGNED_OUT, TAKEN, Door
from tests.boundaries.sweep.world import VIEWERS, World

EVERYBODY = frozenset(VIEWERS)
MEMBERS = EVERYBODY - SIGNED_OUT
NOBODY: frozenset[str] = frozenset()


def who(names: str) -> frozenset[str]:
    """Return the viewers so named."""
    return frozenset(names.split())


OURS = "ruth maria dele sam asha rita theo"
SHARED = "ruth maria sam asha ines"
LINE = "ruth maria bill ines"
THEIRS = "jo kim lee"

# ticket → who works on it, who asks there (sees it), who of those leads, who was asked whether it is solved
WORKS = {"ours": "sam asha", "shared": "sam asha ines", "theirs": "lee", "past": "", "line": "ines"}
ASKS = {
    "ours": "ruth maria dele",
    "shared": "ruth maria",
    "theirs": "jo kim",
    "past": "ruth maria",
    "line": "ruth maria bill",
}
LEADS = {"ours": "ruth maria", "shared": "ruth maria", "theirs": "jo", "past": "ruth maria", "line": "ruth maria"}
REQUESTER = {"ours": "dele", "shared": "ruth", "theirs": "kim", "past": "ruth", "line": "bill"}


def side(target: str) -> str:
    """Return whose ticket a target is: `theirs_settled` is of `theirs`."""
    return target.partition("_")[0]


def ref(target: str) -> Callable[[World], dict[str, Any]]:
    """Return the kwargs of a URL that takes the id of `target`."""
    return lambda world: {"ref": world[target].pk}


def person(name: str) -> Callable[[World], dict[str, Any]]:
    """Return the kwargs of a URL that takes the id of somebody's person."""
    return lambda world: {"ref": world[name].person.pk}


def role(name: str) -> Callable[[World], dict[str, Any]]:
    """Return the kwargs of a URL that takes the id of somebody's role."""
    return lambda world: {"ref": world[name].membership.pk}


def page(name: str, ok: str | frozenset[str], target: str = "", kwargs: Any = None, **more: Any) -> Door:
    """Return a GET of a page."""
    allowed = ok if isinstance(ok, frozenset) else who(ok)
    return Door(name, target, kwargs or (ref(target) if target else lambda world: {}), allowed, **more)


def verb(name: str, ok: str | frozenset[str], data: Any, target: str = "", kwargs: Any = None, **more: Any) -> Door:
    """Return a POST that changes something."""
    given = data if callable(data) else lambda world: dict(data)
    return page(name, ok, target, kwargs, method="post", data=given, **{"success": TAKEN, **more})


def form(name: str, ok: str, data: Any, target: str = "", kwargs: Any = None, **more: Any) -> list[Door]:
    """Return a page with a form and the sending of it, both for the same viewers."""
    return [page(name, ok, target, kwargs, **more), verb(name, ok, data, target, kwargs, **more)]


def tickets(name: str, data: Any, may: Mapping[str, str], see: Mapping[str, str], targets: str) -> list[Door]:
    doors = []
    for target in targets.split():
        allowed = who(may[side(target)])
        doors.append(
            verb(name, allowed, data, target, refused=who(f"{see[side(target)]} {READS[side(target)]}") - allowed)
        )
    return doors


READS = {"ours": "rita theo", "shared": "rita theo", "theirs": "", "past": "rita", "line": "rita"}
"""Who sees a ticket and may do nothing on it."""

EVERY_SIDE = {key: f"{WORKS[key]} {ASKS[key]}" for key in WORKS}
SUPPLIER_OR_LEAD = {key: f"{WORKS[key]} {LEADS[key]}" for key in WORKS}

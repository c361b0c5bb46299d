"""The doors of the API: every operation, as the token of each viewer, and the pages on which tokens are made.

An operation that is not declared here fails the sweep by its name. A session opens none of them.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from tests.boundaries.sweep.core import NEVER, SIGNED_OUT, Door
from tests.boundaries.sweep.rules import (
    EVERY_SIDE,
    EVERYBODY,
    MEMBERS,
    NOBODY,
    OURS,
    READS,
    REQUESTER,
    SUPPLIER_OR_LEAD,
    THEIRS,
    WORKS,
    form,
    page,
    ref,
    side,
    verb,
    who,
)
from tests.boundaries.sweep.world import World

WITHOUT = SIGNED_OUT | {"ada"}
"""Whose token opens nothing: who holds no role, and who holds only one over the installation."""
PROGRAMS_OF = EVERYBODY - WITHOUT


@dataclasses.dataclass(frozen=True)
class Operation(Door):
    """One way into one operation. `path`: below /api/v1, with {target} for the id of the object."""

    path: str = ""

    def url(self, world: World) -> str:
        """Return the path with the object's id."""
        return "/api/v1" + self.path.replace("{ref}", str(self.kwargs(world).get("ref", ""))) + self.query(world)

    def client(self, world: World, viewer: str) -> Client:
        """Return a program that shows the viewer's token."""
        return world.program(viewer)

    def sent(self, world: World, client: Client, **extra: Any) -> HttpResponse:
        """Send it as programs do: JSON, or a file as a form of several parts."""
        data = self.data(world)
        if self.method == "get":
            response: HttpResponse = client.get(self.url(world), **extra)
        elif any(isinstance(each, SimpleUploadedFile) for each in data.values()):
            response = client.post(self.url(world), data, **extra)
        else:
            body = json.dumps(data, default=str)
            response = getattr(client, self.method)(self.url(world), body, content_type="application/json", **extra)
        return response

    def expected(self, viewer: str) -> tuple[int, ...]:
        """Return the statuses that `viewer` may get; without a token that opens something always the same."""
        return (401,) if viewer in WITHOUT else super().expected(viewer)


def asks(
    name: str, path: str, ok: str | frozenset[str], target: str = "", kwargs: Any = None, **more: Any
) -> Operation:
    """Return an operation that reads."""
    allowed = ok if isinstance(ok, frozenset) else who(ok)
    given = kwargs or (ref(target) if target else lambda world: {})
    return Operation(f"api:{name}", target, given, allowed, path=path, other_methods=False, **more)


def does(name: str, path: str, ok: str | frozenset[str], data: Any, target: str = "", **more: Any) -> Operation:
    """Return an operation that changes something."""
    given: Callable[[World], dict[str, Any]] = data if callable(data) else lambda world: dict(data)
    return asks(name, path, ok, target, data=given, **{"method": "post", **more})


def on_tickets(
    name: str, verb: str, data: Any, may: Mapping[str, str], targets: str, success: int = 200, method: str = "post"
) -> list[Operation]:
    """Return a verb on several tickets: who may, and who sees it and is told no."""
    return [
        does(
            name, f"/tickets/{{ref}}/{verb}", may[side(target)], data, target, success=(success,), method=method,
            refused=who(f"{EVERY_SIDE[side(target)]} {READS[side(target)]}") - who(may[side(target)]),
        )
        for target in targets.split()
    ]  # fmt: skip


def seen(target: str) -> str:
    """Return who sees a ticket."""
    return f"{EVERY_SIDE[side(target)]} {READS[side(target)]}"


OPEN = "ours shared theirs past"
TICKETS = "ours shared line past theirs ours_settled theirs_settled"
AT_OURS = "ruth maria dele bill sam asha ines rita theo"
SETTLED = "ours_settled line theirs_settled"

FIRMS = [
    asks("me", "/me", PROGRAMS_OF),
    *(asks(f"list_{name}", f"/{name}", PROGRAMS_OF)
      for name in ("businesses", "suppliers", "engagements", "persons", "tickets", "verdicts", "statements")),
    asks("list_inbox_items", "/inbox-items", PROGRAMS_OF),
    asks("get_business", "/businesses/{ref}", AT_OURS, "ours_business"),
    asks("get_business", "/businesses/{ref}", THEIRS, "theirs_business"),
    asks("get_supplier", "/suppliers/{ref}", "ruth maria rita sam asha theo", "ours_supplier"),
    asks("get_supplier", "/suppliers/{ref}", "jo lee", "theirs_supplier"),
    *(
        asks("get_engagement", "/engagements/{ref}", ok, target)
        for target, ok in (("ours_engagement", "ruth maria rita sam asha theo"), ("theirs_engagement", "jo lee"),
                           ("line_engagement", "ruth maria rita ines"), ("past_engagement", ""))
    ),
    *(
        asks("get_person", "/persons/{ref}", ok, name, lambda world, n=name: {"ref": world[n].person.pk})
        for name, ok in {
            "ruth": "ruth maria sam asha ines rita theo", "dele": "ruth maria dele rita",
            "sam": "sam asha theo", "asha": "ruth maria sam asha rita theo",
            "jo": "jo lee", "kim": "jo kim", "lee": "jo lee", "hal": "hal",
        }.items()
    ),
    *(
        does("change_person_of", "/persons/{ref}", ok, {"job": "Foreman"}, name, method="patch",
             kwargs=lambda world, n=name: {"ref": world[n].person.pk})
        for name, ok in {"dele": "ruth maria", "ruth": "ruth", "sam": "asha", "kim": "jo", "lee": ""}.items()
    ),
]  # fmt: skip

CALLS = [
    *(asks("get_ticket", "/tickets/{ref}", seen(target), target) for target in TICKETS.split()),
    asks("get_ticket", "/tickets/{ref}", "ruth maria rita", "kept"),  # its past has no operation
    asks("get_ticket", "/tickets/{ref}", "", "nothing", lambda world: {"ref": NEVER}),
    *(
        asks(name, f"/tickets/{{ref}}/{path}", seen(target), target)
        for target in ("ours", "shared", "line", "theirs", "ours_settled", "theirs_settled")
        for name, path in (("list_messages", "messages"), ("list_feedback", "feedback"),
                           ("list_disputes", "disputes"), ("get_verdict", "verdict"))
    ),
    *(
        does("open_a_ticket", "/tickets", ok, lambda world, b=business, more=more: {
            "business": world[b].pk, "text": "It does not work.", **more}, f"{business} {how}", success=(201,),
            kwargs=lambda world: {}, also=((409, who(wrong)),))
        for business, how, more, ok, wrong in (
            ("ours_business", "oneself", {}, "ruth maria dele bill", "sam asha ines"),
            ("ours_business", "logged", {"requester_name": "A caller"}, "sam asha ines", "ruth maria dele bill"),
            ("theirs_business", "oneself", {}, "jo kim", "lee"),
            ("theirs_business", "logged", {"requester_name": "A caller"}, "lee", "jo kim"),
        )
    ),
    *on_tickets("say", "messages", {"text": "A word"}, EVERY_SIDE, OPEN, 201),
    *on_tickets("note", "notes", {"text": "A note"}, WORKS, OPEN, 201),
    *on_tickets("promise", "promise", {"due_at": "2026-11-26T10:00:00Z"}, WORKS, OPEN),
    *on_tickets("wait", "waiting", {"reason": "customer"}, WORKS, OPEN),
    *on_tickets("stop_waiting", "waiting", {}, WORKS, "ours_waiting theirs_waiting", method="delete"),
    *on_tickets("assign_to", "assignment", {"person": None}, WORKS, OPEN),
    *on_tickets("prioritise", "priority", {"priority": 1}, WORKS, OPEN),
    *on_tickets("settle", "resolution", {"kind": "fixed", "note": "Done"}, WORKS, OPEN),
    *on_tickets("fix_for_good", "permanent-fix", {}, WORKS, "ours_held theirs_held"),
    *on_tickets("open_again", "reopening", {"note": "Again"}, EVERY_SIDE, SETTLED),
    *on_tickets("put_aside", "aside", {"state": "cancelled"}, SUPPLIER_OR_LEAD, OPEN),
    *on_tickets("answer", "feedback", {"answer": "solved"}, REQUESTER, SETTLED, 201),
    *on_tickets("object_to", "disputes", {"about": "quick", "note": "No"}, WORKS, SETTLED, 201),
    *(
        asks("get_file", "/files/{ref}", ok, target)
        for target, ok in {"ours_file": OURS, "theirs_file": THEIRS, "ours_note_file": "sam asha theo",
                           "theirs_note_file": "lee", "shared_note_file": "ines", "ours_text_file": OURS,
                           "kept_file": "ruth maria hal ines rita"}.items()
    ),
    *(
        does("send_file", "/files", ok, lambda world, b=business: {
            "business": world[b].pk, "file": SimpleUploadedFile("a.txt", b"sent by a program")}, business,
            success=(201,), kwargs=lambda world: {})
        for business, ok in (("ours_business", "ruth maria dele bill sam asha ines"),
                             ("theirs_business", "jo kim lee"))
    ),
]  # fmt: skip

RECORD = [
    *(
        asks("get_statement", "/statements/{ref}", ok, target)
        for target, ok in (("ours_statement", "ruth maria sam asha rita theo"), ("theirs_statement", "jo lee"))
    ),
    *(
        asks("get_inbox_item", "/inbox-items/{ref}", ok, target)
        for target, ok in (("ours_kept", "ruth maria sam asha"), ("theirs_kept", "jo lee"),
                           ("ours_pool", "sam asha"), ("theirs_pool", "lee"))
    ),
]  # fmt: skip

TELLS = {"url": "https://hook.example/new", "events": ["ticket.opened"]}
KEEPERS = "ruth asha ines hal jo"

WEBHOOKS = [
    asks("list_webhooks", "/webhooks", PROGRAMS_OF),
    *(
        does("add_a_webhook", "/webhooks", ok, lambda world, f=firm: {"firm": world[f].pk, **TELLS}, firm,
             success=(201,), kwargs=lambda world: {})
        for firm, ok in (("ours_business", "ruth"), ("ours_supplier", "asha"), ("theirs_business", "jo"))
    ),
    *(
        each
        for target, ok in (("ours", "ruth"), ("theirs", "jo"))
        for each in (
            asks("get_webhook", "/webhooks/{ref}", ok, f"{target}_webhook"),
            asks("list_deliveries", "/webhooks/{ref}/deliveries", ok, f"{target}_webhook"),
            does("change_a_webhook", "/webhooks/{ref}", ok, TELLS, f"{target}_webhook", method="patch"),
            does("change_a_webhook", "/webhooks/{ref}", ok, {"paused": False}, f"{target}_paused_webhook",
                 method="patch"),
            does("end_a_webhook", "/webhooks/{ref}", ok, {}, f"{target}_webhook", method="delete", success=(204,)),
            does("test_a_webhook", "/webhooks/{ref}/test", ok, {}, f"{target}_webhook", success=(202,)),
            does("deliver_again", "/deliveries/{ref}/again", ok, {}, f"{target}_delivery", success=(202,)),
        )
    ),
]  # fmt: skip

OPERATIONS: list[Operation] = [*FIRMS, *CALLS, *RECORD, *WEBHOOKS]

PROGRAMS: list[Door] = [
    page("integrations:api_reference", EVERYBODY, public=True),
    page("integrations:openapi", EVERYBODY, public=True),
    page("integrations:api", NOBODY, "signed in, and no token", lambda world: {"rest": "tickets"}, public=True,
         also=((401, EVERYBODY),), other_methods=False),
    verb("integrations:api", NOBODY, {"business": "x"}, "signed in, and no token", lambda world: {"rest": "tickets"},
         public=True, also=((401, EVERYBODY),), other_methods=False),
    page("people:tokens", MEMBERS),
    *form("people:new_token", MEMBERS, {"name": "Sync", "days": "90", "tickets": "read"}, success=(200,)),
    *(verb("people:revoke_token", ok, {}, target)
      for target, ok in (("ours_token", "dele"), ("theirs_token", "kim"))),
    page("integrations:webhooks", KEEPERS),
    page("integrations:new_webhook", KEEPERS),
    verb("integrations:new_webhook", KEEPERS, TELLS, success=(200,)),
    *(
        each
        for target, ok in (("ours", "ruth"), ("theirs", "jo"))
        for each in (
            page("integrations:webhook", ok, f"{target}_webhook"),
            page("integrations:webhook", ok, f"{target}_paused_webhook"),
            *(verb(f"integrations:{does}_webhook", ok, {}, f"{target}_webhook") for does in ("test", "pause", "end")),
            verb("integrations:resume_webhook", ok, {}, f"{target}_paused_webhook"),
            verb("integrations:deliver_again", ok, {}, f"{target}_delivery"),
        )
    ),
]  # fmt: skip
"""What of this is a URL of its own: the pages, and the one front of the API, at which a session counts for nothing."""

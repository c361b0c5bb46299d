"""Doors that are open, with ids of somebody else's in what is sent: in the form, in the query, in the nested path."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from quietmonday.kit.signing import sign
from tests.boundaries.sweep.core import SIGNED_OUT, Door
from tests.boundaries.sweep.doors_of_mailboxes import MAILBOX, RULE, SERVICE
from tests.boundaries.sweep.rules import ASKS, NOBODY, READS, WORKS, page, ref, verb, who
from tests.boundaries.sweep.world import VIEWERS, World

UNPROCESSABLE = 422
MEMBERS = frozenset(VIEWERS) - SIGNED_OUT


def _nothing(world: World) -> dict[str, Any]:
    return {}


def _refused(
    name: str, data: Callable[[World], dict[str, Any]], target: str, shut_out: str, kwargs: Any, **more: Any
) -> Door:
    """Return a POST that nobody succeeds with: `shut_out` may open the door, and are told what is wrong with it."""
    given = dict(more)
    also = given.pop("also", ())
    return verb(
        name, given.pop("ok", NOBODY), data, target, kwargs, also=((UNPROCESSABLE, who(shut_out)), *also), **given
    )


def _assigned(to: str) -> Door:
    return _refused(
        "support:assignment", lambda world: {"person": world[to].person.pk}, f"to {to}", WORKS["ours"],
        ref("ours"), refused=who(f"{ASKS['ours']} {READS['ours']}"),
    )  # fmt: skip


def _same_as(number_of: str) -> Door:
    return _refused(
        "support:repeat", lambda world: {"number": world[number_of].work_item.number}, f"of {number_of}",
        WORKS["ours"], ref("ours"), refused=who(f"{ASKS['ours']} {READS['ours']}"),
    )  # fmt: skip


def _on_behalf(label: str, more: Callable[[World], dict[str, Any]], also: Any = (), ok: str = "") -> Door:
    """A supplier logs a request for Oakhurst with something in it that is not its own to name."""
    return _refused(
        "support:report", lambda world: {**LOGGED, **more(world)}, label, "sam asha", _nothing,
        query=lambda world: f"?for={world['ours_business'].pk}", also=also, ok=ok,
    )  # fmt: skip


LOGGED = {
    "text": "It broke", "subject": "It broke", "source": "phone", "kind": "incident", "priority": "2",
    "somebody": "A caller",
}  # fmt: skip
OWN = "ruth maria dele bill"  # for whom what a supplier is asked besides is passed over

FORMS = [
    *(_assigned(to) for to in ("lee", "ines", "dele", "finn")),
    *(_same_as(number_of) for number_of in ("theirs", "line", "past")),
    # Who serves Oakhurst through one engagement is not asked which: it is passed over.
    verb("support:report", f"{OWN} sam asha ines", lambda world: {**LOGGED, "which": world["line_engagement"].pk},
         "with another supplier", _nothing, query=lambda world: f"?for={world['ours_business'].pk}"),
    verb("support:report", "sam asha ines", lambda world: {**LOGGED, "which": world["theirs_engagement"].pk},
         "with another business", _nothing, query=lambda world: f"?for={world['ours_business'].pk}",
         also=((422, who(OWN)),)),
    _on_behalf("by somebody unknown", lambda world: {"person": world["ours_quiet"].pk},
               ((422, who("ines")),), OWN),
    _on_behalf("by somebody of another business", lambda world: {"person": world["kim"].person.pk},
               ((422, who("ines")),), OWN),
    *(
        _refused(name, lambda world, w=whom: {"person": world[w].person.pk, "business": world["ours_business"].pk},
                 f"{item} is {whom}", shut_out, ref(item), ok=ok, refused=who(refused))
        for name, item, whom, shut_out, ok, refused in (
            ("support:known_sender", "ours_kept", "kim", "ruth maria", "", "sam asha ada"),
            ("support:known_sender", "ours_kept", "ruth", "maria", "ruth", "sam asha ada"),  # a stand-in, no owner's
            ("support:known_sender", "ours_pool", "ruth", "sam asha", "", "ada"),  # a supplier, nobody's who leads
            ("support:known_sender", "ours_pool", "kim", "sam asha", "", "ada"),
            ("support:make_request", "ours_kept", "kim", "ruth maria sam asha", "", "ada"),
            ("support:make_request", "ours_pool", "kim", "sam asha", "", "ada"),
        )
    ),
    *(
        _refused(name, lambda world: {"person": world["kim"].person.pk, "name": "Pat New",
                 "business": world["theirs_business"].pk}, "for another business", "sam asha", ref("ours_pool"),
                 refused=who("ada"))
        for name in ("support:known_sender", "support:new_sender", "support:make_request")
    ),
    _refused("support:connect_mailbox", lambda world: {
        **MAILBOX, "serves": f"all:{world['theirs_supplier'].pk}", "address": "new@mail.example"},
        "for all clients of another supplier", "asha ines hal", _nothing, ok="ada",
        refused=MEMBERS - who("asha ines hal ada")),
    _refused("support:connect_mailbox", lambda world: {
        **MAILBOX, "serves": "everybody", "address": "new@mail.example"}, "for everybody", "asha ines hal", _nothing,
        ok="ada", refused=MEMBERS - who("asha ines hal ada")),
    *(
        _refused("support:mailbox", lambda world, w=which: {**MAILBOX, "sign_in": world[w].pk},
                 f"with tokens of {which}", who_not, ref("ours_mailbox"), ok=who(who_may))
        for which, who_not, who_may in (("theirs_service", "asha", "ada"), ("everybodys_firm", "asha ada", ""))
        # (Ada may name the firm's, which nobody answers for here.)
    ),
    *(
        _refused("support:add_rule", lambda world, f=field, w=which: {
            **RULE, "engagement": world["ours_engagement"].pk, f: world[w].person.pk if f == "assignee" else
            world[w].pk}, f"with {which}", "asha", _nothing, ok=ok, refused=MEMBERS - who("asha ines hal ada"),
            query=lambda world: f"?for={world['ours_supplier'].pk}", also=((UNPROCESSABLE, who("ada")),))
        for field, which, ok in (("engagement", "theirs_engagement", ""), ("engagement", "line_engagement", ""),
                                 ("assignee", "lee", ""), ("assignee", "dele", ""))
    ),
    _refused("support:mail_services", lambda world: {**SERVICE, "owner": "everybody"}, "for everybody",
             "asha ines hal", _nothing, ok="ada", refused=MEMBERS - who("asha ines hal ada")),
    *(
        _refused("people:relationship", lambda world, w=whom: {"owner": world[w].person.pk}, f"owned by {whom}",
                 "ruth maria ada", ref("ours_engagement"), ok="asha")  # Asha has no such field: it is passed over
        for whom in ("kim", "sam")
    ),
    _refused("people:relationship", lambda world: {"counterpart": world["lee"].person.pk}, "answered for by Lee",
             "asha ada", ref("ours_engagement"), ok="ruth maria"),
    _refused("people:grant_role", lambda world: {"role": "administrator"}, "of everything", "ruth maria",
             ref("ours_quiet"), ok="ada"),
    _refused("people:grant_role", lambda world: {"role": "owner"}, "of the owner", "maria", ref("ours_quiet"),
             ok="ruth ada"),
    _refused("people:engage", lambda world: {"business": world["ours_supplier"].pk, "agreement": "managed",
             "supplier": world["theirs_supplier"].pk}, "a supplier that buys", "ada", _nothing),
    verb("support:feedback", NOBODY, {"answer": "solved"}, "with the link of another", lambda world: {
        "question": world["theirs_question"].pk, "mac": sign("feedback", str(world["ours_question"].pk))}, public=True),
    verb("support:feedback", NOBODY, {"answer": "solved"}, "with a signature for another purpose", lambda world: {
        "question": world["theirs_question"].pk, "mac": sign("reply", str(world["theirs_question"].pk))}, public=True),
]  # fmt: skip

LOOKUPS = (
    "assignee__password__startswith=a&order_by=requester__name&ordering=-business__name&sort=business&limit=10000"
    "&business__name__contains=canary&q=canary&client__business=1&state=spam%27%20OR%201=1--&format=json"
)

QUERIES = [
    *(
        page(name, ok, "narrowed to another business", _nothing, refused=refused,
             query=lambda world: f"?client={world['theirs_business'].pk}&view=all&q=canary")
        for name, ok, refused in (
            ("support:queue", who("sam asha ines hal lee theo"), who("ruth maria dele bill jo kim ada rita")),
            ("support:requests", MEMBERS, NOBODY),
        )
    ),
    *(
        page(name, ok, "from a row of another business on", _nothing, refused=refused,
             query=lambda world: f"?after={world['theirs_kept'].pk}&{LOOKUPS}", success=(200, 404))
        for name, ok, refused in (
            ("support:queue", who("sam asha ines hal lee theo"), who("ruth maria dele bill jo kim ada rita")),
            ("support:requests", MEMBERS, NOBODY),
            ("support:inbox", who("ruth maria sam asha ines hal jo lee ada"), who("dele bill kim rita theo")),
            ("people:people", who("ruth maria sam asha ines hal jo lee ada rita theo"), NOBODY),
            ("people:installation", who("ada"), NOBODY),
        )
    ),
    page("outbox:work", "ada", "with lookups", _nothing, query=lambda world: f"?{LOOKUPS}", also=((404, SIGNED_OUT),)),
]  # fmt: skip

FOREIGN: list[Door] = [*FORMS, *QUERIES]

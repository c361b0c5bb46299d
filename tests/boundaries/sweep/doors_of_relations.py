"""Doors to who else has to do with a request, and what it has to do with others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from quietmonday.kit.signing import sign
from quietmonday.support.models import Message
from tests.boundaries.sweep.core import NEVER, Door
from tests.boundaries.sweep.rules import (
    ASKS,
    EVERY_SIDE,
    EVERYBODY,
    LEADS,
    NOBODY,
    READS,
    SUPPLIER_OR_LEAD,
    WORKS,
    page,
    side,
    tickets,
    verb,
    who,
)
from tests.boundaries.sweep.world import World

UNPROCESSABLE = 422
NOT_LEADING = {"ours": "dele sam asha rita theo", "theirs": "kim lee"}
"""Who sees a request and does not lead its business."""
NOT_ARRANGING = {"ours": "dele rita theo", "theirs": "kim", "shared": "rita theo"}
"""Who sees a request and neither leads its business nor works on it."""


def _below(target: str, name: str, part: str) -> Callable[[World], dict[str, Any]]:
    """Return the kwargs of a URL below a request that takes the id of something of it, too."""
    return lambda world: {"ref": world[target].pk, name: world[part].pk}


def _verbs(name: str, argument: str, part: str, refused: dict[str, str], crossed: dict[str, str]) -> list[Door]:
    """A verb on something of a request, by who leads the business (or `OK`); never by two ids that do not belong
    together. `refused`, `crossed`: who sees the request and is told no before the part is looked for."""
    doors = []
    for target, foreign in (("ours", "theirs"), ("theirs", "ours")):
        data = {"answer": "yes"} if name == "support:answer_copied" else {}
        may = SUPPLIER_OR_LEAD if name == "support:end_link" else LEADS
        mine, other = _below(target, argument, f"{target}_{part}"), _below(target, argument, f"{foreign}_{part}")
        doors.append(verb(name, may[target], data, target, mine, refused=who(refused[target])))
        doors.append(verb(name, NOBODY, data, f"{target} and of {foreign}", other, refused=who(crossed[target])))
    return doors


def _said_later(target: str) -> Callable[[World], dict[str, Any]]:
    """Return the form that makes a request of its own of the latest word of the client."""
    return lambda world: {
        "subject": "Another matter",
        "messages": Message.objects.filter(ticket=world[target], side="customer").latest("occurred_at").pk,
    }


def _name(part: str, field: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {field: world[part].name}


def _stop(target: str, mac: str = "", purpose: str = "stop watching") -> Callable[[World], dict[str, Any]]:
    return lambda world: {
        "watcher": world[f"{target}_watcher"].pk,
        "mac": mac or sign(purpose, str(world[f"{target}_watcher"].pk)),
    }


ALL = "ours ours_settled shared line past theirs theirs_settled"

RELATIONS = [
    *(
        page(name, f"{EVERY_SIDE[side(target)]} {READS[side(target)]}", target)
        for name in ("support:people", "support:links")
        for target in ALL.split()
    ),
    *(page(name, "", "nothing", lambda world: {"ref": NEVER}) for name in ("support:people", "support:links")),
    *tickets(
        "support:weight", {"kind": "incident", "impact": "all", "can_work": "no"}, EVERY_SIDE, EVERY_SIDE,
        "ours shared theirs",
    ),
    *(
        verb("support:watch", f"{EVERY_SIDE[target]}", {}, target, refused=who(READS[target]))
        for target in ("ours", "shared", "theirs")
    ),
    *(
        verb("support:unwatch", EVERY_SIDE[target], {}, f"{target}_waiting", refused=who(READS[target]))
        for target in ("ours", "theirs")
    ),
    *(
        verb("support:watchers", who(SUPPLIER_OR_LEAD[target]) & who(adds), _name(person, "who"), target,
             refused=who(NOT_ARRANGING[target]), also=((UNPROCESSABLE, who(SUPPLIER_OR_LEAD[target]) - who(adds)),))
        for target, person, adds in (
            ("ours", "ours_copied", "ruth maria"),  # never met by the supplier
            ("theirs", "theirs_copied", "jo"),
            ("shared", "ours_hears", "ruth maria"),
        )
    ),
    *_verbs("support:end_watcher", "watcher", "watcher", NOT_LEADING, {"ours": "", "theirs": ""}),
    *_verbs("support:answer_copied", "suggestion", "copy", NOT_ARRANGING, NOT_ARRANGING),
    *(
        verb("support:requester", who(LEADS[target]), _name(f"{target}_hears", "whose"), target,
             refused=who(NOT_ARRANGING[target]), also=((UNPROCESSABLE, who(WORKS[target])),))
        for target in ("ours", "theirs")
    ),
    verb("support:call_in", who(LEADS["ours"]),
         lambda world: {"supplier": world["line_engagement"].pk, "past": "from_now"}, "ours",
         refused=who(f"{EVERY_SIDE['ours']} {READS['ours']}") - who(LEADS["ours"])),
    verb("support:call_in", NOBODY, lambda world: {"supplier": world["ours_engagement"].pk, "past": "all"}, "theirs",
         refused=who("kim lee"), also=((UNPROCESSABLE, who("jo")),)),
    verb("support:call_in", NOBODY, lambda world: {"supplier": world["theirs_engagement"].pk, "past": "all"},
         "ours with a supplier of theirs", lambda world: {"ref": world["ours"].pk},
         refused=who(f"{EVERY_SIDE['ours']} {READS['ours']}") - who(LEADS["ours"]),
         also=((UNPROCESSABLE, who(LEADS["ours"])),)),
    verb("support:end_party", who(LEADS["shared"]), {}, "shared",
         lambda world: {"ref": world["shared"].pk, "party": world["shared_party"].pk},
         refused=who(f"{EVERY_SIDE['shared']} {READS['shared']}") - who(LEADS["shared"])),
    verb("support:end_party", NOBODY, {}, "ours with one of shared",
         lambda world: {"ref": world["ours"].pk, "party": world["shared_party"].pk},
         refused=who(f"{EVERY_SIDE['ours']} {READS['ours']}") - who(LEADS["ours"])),
    *tickets("support:would_call_in", {"note": "The line"}, WORKS, ASKS, "ours shared theirs"),
    *_verbs("support:decline_call_in", "call_in", "call_in", NOT_LEADING, NOT_LEADING),
    *(
        verb("support:add_link", SUPPLIER_OR_LEAD[target],
             lambda world, t=target: {"how": "blocks", "number": world[f"{t}_held"].work_item.number, "note": "First"},
             target, refused=who(NOT_ARRANGING[target]))
        for target in ("ours", "theirs")
    ),
    *(
        verb(name, NOBODY, lambda world, n=number_of: {"how": "blocks", "number": world[n].work_item.number},
             f"ours with {number_of}", lambda world: {"ref": world["ours"].pk}, refused=who(NOT_ARRANGING["ours"]),
             also=((UNPROCESSABLE, who(SUPPLIER_OR_LEAD["ours"])),))
        for name in ("support:add_link", "support:make_one")
        for number_of in ("theirs", "theirs_waiting")
    ),
    *(
        verb(name, who("ruth maria") if name == "support:add_link" else NOBODY,
             lambda world: {"how": "blocks", "number": world["line"].work_item.number},
             "ours with one that only the business sees", lambda world: {"ref": world["ours"].pk},
             refused=who(NOT_ARRANGING["ours"]),
             also=((UNPROCESSABLE, who("sam asha") if name == "support:add_link" else who("sam asha ruth maria")),))
        for name in ("support:add_link", "support:make_one")
    ),
    *_verbs("support:end_link", "link", "tie", NOT_ARRANGING, NOT_ARRANGING),
    *(
        verb("support:make_one", SUPPLIER_OR_LEAD[target],
             lambda world, t=target: {"number": world[f"{t}_waiting"].work_item.number}, target,
             refused=who(NOT_ARRANGING[target]))
        for target in ("ours", "theirs")
    ),
    *(
        verb("support:settle_below", WORKS[target],
             lambda world, t=target: {"requests": world[f"{t}_waiting"].pk}, f"{target}_settled",
             refused=who(f"{ASKS[target]} {READS[target]}"))
        for target in ("ours", "theirs")
    ),
    *(
        each
        for target in ("ours", "theirs")
        for each in (
            page("support:split", SUPPLIER_OR_LEAD[target], f"{target}_settled", refused=who(NOT_ARRANGING[target])),
            verb("support:split", SUPPLIER_OR_LEAD[target], _said_later(f"{target}_settled"), f"{target}_settled",
                 refused=who(NOT_ARRANGING[target])),
        )
    ),
    *tickets("support:add_tags", {"tags": "printer"}, SUPPLIER_OR_LEAD, ASKS, "ours shared theirs"),
    *(
        verb("support:remove_tag", SUPPLIER_OR_LEAD[target], _name(f"{target}_tag", "name"), target,
             refused=who(NOT_ARRANGING[target]))
        for target in ("ours", "theirs")
    ),
    *(
        each
        for target in ("ours", "theirs")
        for each in (
            page("support:stop_watching", EVERYBODY, target, _stop(target), public=True, shows=True),
            verb("support:stop_watching", EVERYBODY, {}, target, _stop(target), public=True, shows=True),
            page("support:stop_watching", NOBODY, f"{target} forged", _stop(target, "a" * 22), public=True),
            verb("support:stop_watching", NOBODY, {}, f"{target} with a signature for another purpose",
                 _stop(target, purpose="feedback"), public=True),
        )
    ),
]  # fmt: skip

"""Doors of calls, common requests, steps, time, known faults and what comes by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.boundaries.sweep.core import NEVER, SIGNED_OUT, Door
from tests.boundaries.sweep.rules import (
    ASKS,
    EVERYBODY,
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

MEMBERS = EVERYBODY - SIGNED_OUT
SEES = {key: f"{WORKS[key]} {ASKS[key]} {READS[key]}" for key in WORKS}
NOT_WORKING = MEMBERS - who("sam asha ines lee")

CALLED = {"subject": "It broke", "text": "It broke", "outcome": "noted", "kind": "incident", "priority": "3",
          "minutes": "4"}  # fmt: skip


def _nothing(world: World) -> dict[str, Any]:
    return {}


def _called(person: str, **more: str) -> Callable[[World], dict[str, Any]]:
    """Return a call of somebody who was chosen."""
    return lambda world: {**CALLED, "caller": world[person].person.pk, **more}


def _of_somebody_new(business: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {
        **CALLED, "q": "nobody", "caller": "new", "name": "Nia New", "client": world[f"{business}_business"].pk,
        "about": "",
    }  # fmt: skip


CALLS = [
    page("support:log_call", "sam asha ines lee", refused=NOT_WORKING),
    page("support:log_call", "sam asha ines lee", "looked up", _nothing, refused=NOT_WORKING,
         query=lambda world: f"?q=canary&caller={world['kim'].person.pk}"),
    page("support:log_call", "sam asha ines lee", "with Dele chosen", _nothing, refused=NOT_WORKING,
         query=lambda world: f"?caller={world['dele'].person.pk}"),
    verb("support:log_call", "sam asha", _called("dele"), "of Dele", _nothing, refused=NOT_WORKING,
         also=((422, who("ines lee")),)),
    verb("support:log_call", "lee", _called("kim"), "of Kim", _nothing, refused=NOT_WORKING,
         also=((422, who("sam asha ines")),)),
    verb("support:log_call", NOBODY, _called("ada"), "of nobody's", _nothing, refused=NOT_WORKING,
         also=((422, who("sam asha ines lee")),)),
    verb("support:log_call", "sam asha ines", _of_somebody_new("ours"), "of somebody new", _nothing,
         refused=NOT_WORKING, also=((422, who("lee")),)),
    # What it is about is one of the caller's open requests with us, and no other.
    verb("support:log_call", NOBODY, lambda world: {**_called("dele")(world), "about": world["theirs"].pk},
         "about another's", _nothing, refused=NOT_WORKING, also=((422, who("sam asha ines lee")),)),
    verb("support:log_call", "sam asha", lambda world: {**_called("dele")(world), "about": world["ours"].pk},
         "about an open one", _nothing, refused=NOT_WORKING, also=((422, who("ines lee")),)),
]  # fmt: skip

SENT = [
    page("support:sent", f"{ASKS[side(target)]}", target)
    for target in ("ours", "shared", "theirs", "past")
]  # fmt: skip


def _steps(name: str, data: Any, allowed: dict[str, str]) -> list[Door]:
    return [
        verb(name, allowed[target], data, target, refused=who(seen) - who(allowed[target]))
        for target, seen in (
            ("ours_step", SEES["ours"]), ("theirs_step", SEES["theirs"]),
            ("ours_internal_step", "sam asha theo"), ("theirs_internal_step", "lee"),
        )
    ]  # fmt: skip


TICK = {"ours_step": SUPPLIER_OR_LEAD["ours"], "theirs_step": SUPPLIER_OR_LEAD["theirs"],
        "ours_internal_step": "sam asha", "theirs_internal_step": "lee"}  # fmt: skip
KEEP = {"ours_step": WORKS["ours"], "theirs_step": WORKS["theirs"], "ours_internal_step": "sam asha",
        "theirs_internal_step": "lee"}  # fmt: skip

STEPS = [
    *(
        page("support:steps", WORKS[target], target, refused=who(SEES[target]) - who(WORKS[target]))
        for target in ("ours", "shared", "theirs", "past", "line")
    ),
    *tickets("support:steps", {"steps": "One more"}, WORKS, ASKS, "ours shared theirs past"),
    *_steps("support:tick_step", {}, TICK),
    *_steps("support:move_step", {"to": "up"}, {**KEEP, "ours_step": "", "theirs_step": ""})[2:],
    *(
        verb("support:move_step", WORKS[side(target)], {"to": "down"}, target,
             refused=who(SEES[side(target)]) - who(WORKS[side(target)]))
        for target in ("ours_step", "theirs_step")
    ),
    *_steps("support:remove_step", {}, KEEP),
    *(
        verb("support:untick_step", SUPPLIER_OR_LEAD[side(target)], {}, target,
             refused=who(SEES[side(target)]) - who(SUPPLIER_OR_LEAD[side(target)]))
        for target in ("ours_ticked_step", "theirs_ticked_step")
    ),
]  # fmt: skip

TIME = [
    *tickets("support:time", {"minutes": "5", "note": "A look"}, WORKS, ASKS, "ours shared theirs past"),
    verb("support:take_time_back", "sam asha", {}, "ours_time"),
    verb("support:take_time_back", "lee", {}, "theirs_time"),
    verb("support:take_time_back", "asha", {}, "ours_time_of_asha"),  # one's own, or one's people's
]

FAULTS = [
    *tickets("support:known_fault", {"title": "The line is down"}, SUPPLIER_OR_LEAD, ASKS, "ours shared theirs past"),
    *tickets("support:end_known_fault", {}, SUPPLIER_OR_LEAD, ASKS, "ours theirs"),
    verb("support:me_too", "maria dele bill", {}, "ours_fault", also=((303, who("ruth")),)),  # Ruth has said so
    verb("support:me_too", NOBODY, {}, "ours_gone_fault"),
    verb("support:me_too", "kim", {}, "theirs_fault", also=((303, who("jo")),)),
]

WRITTEN = {
    "title": "Leaver", "subject": "Leaver {Who}", "kind": "service_request", "priority": "3",
    "steps": "Lock the account",
    "questions-TOTAL_FORMS": "1", "questions-INITIAL_FORMS": "0", "questions-MIN_NUM_FORMS": "0",
    "questions-MAX_NUM_FORMS": "20", "questions-0-label": "Who", "questions-0-kind": "text",
}  # fmt: skip
TEMPLATES = [
    page("support:templates", "ruth maria asha ines hal jo"),
    page("support:new_template", "ruth maria asha ines hal jo"),
    verb("support:new_template", "ruth maria asha ines hal jo", WRITTEN),
    *(
        each
        for target, ok in (("ours_business", "ruth maria"), ("theirs_business", "jo"), ("ours_supplier", "asha"),
                           ("theirs_supplier", ""))
        for each in (
            page("support:new_template", ok, f"at {target}", _nothing,
                 query=lambda world, t=target: f"?at={world[t].pk}"),
            verb("support:new_template", ok, WRITTEN, f"at {target}", _nothing,
                 query=lambda world, t=target: f"?at={world[t].pk}"),
        )
    ),
    *(
        each
        for target, ok in (("ours_template", "asha"), ("ours_hidden_template", "asha"), ("theirs_template", ""),
                           ("ours_own_template", "ruth maria"), ("theirs_own_template", "jo"))
        for each in (
            page("support:template", ok, target),
            verb("support:template", ok, WRITTEN, target),
            verb("support:end_template", ok, {}, target),
        )
    ),
    page("support:template", NOBODY, "ours_ended_template"),
    page("support:template", NOBODY, "nothing", lambda world: {"ref": NEVER}),
    # Used: by whoever reports and by whoever works for them, where it is offered to them.
    *(
        page("support:report", ok, f"{target} at {place}", _nothing,
             query=lambda world, t=target, p=place: f"?for={world[p].pk}&template={world[t].pk}")
        for target, place, ok in (
            ("ours_template", "ours_business", "ruth maria dele bill sam asha"),
            ("ours_hidden_template", "ours_business", "sam asha"),
            ("ours_own_template", "ours_business", "ruth maria dele bill sam asha"),
            ("ours_ended_template", "ours_business", ""),
            ("theirs_template", "theirs_business", "jo kim lee"),
            ("theirs_template", "ours_business", ""),
            ("ours_template", "theirs_business", ""),
        )
    ),
    *(
        verb("support:report", ok, {"q0": "Ada", "q1": "new", "text": "", "somebody": "A caller", "source": "phone",
             "kind": "incident", "priority": "3"}, f"{target} filled in", _nothing,
             query=lambda world, t=target, p=place: f"?for={world[p].pk}&template={world[t].pk}")
        for target, place, ok in (
            ("ours_template", "ours_business", "ruth maria dele bill sam asha"),
            ("theirs_template", "theirs_business", "jo kim lee"),
        )
    ),
]  # fmt: skip

DUE = {"every": "month", "day": "15", "at": "09:00", "starts_on": "2026-11-26", "q0": "Ada"}
RECURRING = [
    page("support:recurring", "ruth maria sam asha ines hal jo lee rita theo"),
    page("support:new_recurring", "ruth maria sam asha ines jo lee",
         refused=MEMBERS - who("ruth maria sam asha ines jo lee")),
    verb("support:new_recurring", NOBODY, {}, refused=MEMBERS - who("ruth maria sam asha ines jo lee"),
         also=((200, who("ruth maria sam asha ines jo lee")),)),
    *(
        each
        for target, engagement, ok in (
            ("ours_template", "ours_engagement", "sam asha"), ("theirs_template", "theirs_engagement", "lee"),
            ("ours_own_template", "ours_engagement", "ruth maria"),
            ("theirs_own_template", "theirs_engagement", "jo"),
        )
        for each in (
            page("support:new_recurring", ok, target, _nothing,
                 query=lambda world, t=target: f"?template={world[t].pk}",
                 refused=MEMBERS - who("ruth maria sam asha ines jo lee")),
            verb("support:new_recurring", ok,
                 lambda world, e=engagement: {**DUE, "engagement": world[e].pk}, target, _nothing,
                 query=lambda world, t=target: f"?template={world[t].pk}",
                 refused=MEMBERS - who("ruth maria sam asha ines jo lee")),
        )
    ),
    verb("support:new_recurring", NOBODY, lambda world: {**DUE, "engagement": world["theirs_engagement"].pk},
         "for another business", _nothing, query=lambda world: f"?template={world['ours_template'].pk}",
         refused=MEMBERS - who("ruth maria sam asha ines jo lee"), also=((422, who("sam asha")),)),
    *(
        verb(name, ok, {}, target)
        for target, ok in (("ours_recurring", "sam asha"), ("ours_own_recurring", "ruth maria"),
                           ("theirs_recurring", "lee"), ("theirs_own_recurring", "jo"))
        for name in ("support:pause_recurring", "support:end_recurring")
    ),
    *(
        verb("support:resume_recurring", ok, {}, target)
        for target, ok in (("ours_resting", "ruth maria"), ("theirs_resting", "jo"))
    ),
]  # fmt: skip

OF_CALLS: list[Door] = [*CALLS, *SENT, *STEPS, *TIME, *FAULTS, *TEMPLATES, *RECURRING]

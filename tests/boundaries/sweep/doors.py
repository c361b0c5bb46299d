"""Every URL of the product and who may open it. A URL that is not declared here fails the sweep by its name.

Who stands in front of which object is declared once for each kind of object (rules.py); a door names the objects it is
tried with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from quietmonday.kit.signing import sign
from tests.boundaries.sweep.core import NEVER, SIGNED_OUT, TAKEN, Door
from tests.boundaries.sweep.doors_of_calls import OF_CALLS
from tests.boundaries.sweep.doors_of_mailboxes import MAILBOXES
from tests.boundaries.sweep.doors_of_people import PEOPLE
from tests.boundaries.sweep.doors_of_programs import PROGRAMS
from tests.boundaries.sweep.doors_of_providers import PROVIDERS
from tests.boundaries.sweep.doors_of_queue import OF_QUEUE
from tests.boundaries.sweep.doors_of_relations import RELATIONS
from tests.boundaries.sweep.doors_of_replying import REPLYING
from tests.boundaries.sweep.doors_of_searching import SEARCHING
from tests.boundaries.sweep.doors_of_signing_in import SIGNING_IN
from tests.boundaries.sweep.foreign import FOREIGN
from tests.boundaries.sweep.rules import (
    ASKS,
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
    side,
    tickets,
    verb,
    who,
)
from tests.boundaries.sweep.world import World

MACHINES = [
    page("kit:health", EVERYBODY, public=True),
    page("kit:metrics", EVERYBODY, "from this machine", lambda world: {}, public=True,
         extra=(("REMOTE_ADDR", "127.0.0.1"),)),
    page("kit:metrics", NOBODY, "from elsewhere", lambda world: {}, public=True),
    page("kit:metrics", NOBODY, "behind a proxy", lambda world: {}, public=True,
         extra=(("REMOTE_ADDR", "127.0.0.1"), ("HTTP_X_FORWARDED_FOR", "127.0.0.1"))),
]  # fmt: skip


def _monday_mail(target: str, person: str, mac: str = "") -> Callable[[World], dict[str, Any]]:
    """The link in the Monday mail of somebody."""

    def kwargs(world: World) -> dict[str, Any]:
        business, reader = world[target].pk, getattr(world.cast, person).person.pk
        return {"ref": business, "person": reader, "mac": mac or sign("monday-mail", str(business), str(reader))}

    return kwargs


REPORTS = [
    page("reports:home", MEMBERS, success=TAKEN),
    page("reports:monday", "ruth maria sam asha ines rita theo", "ours_business"),
    page("reports:monday", "jo lee", "theirs_business"),
    page("reports:monday", "", "nothing", lambda world: {"ref": NEVER}),
    *(
        each
        for target, person in (("ours_business", "ruth"), ("theirs_business", "jo"))
        for each in (
            page("reports:monday_mail", EVERYBODY, target, _monday_mail(target, person), public=True, shows=True),
            verb(
                "reports:monday_mail",
                EVERYBODY,
                {"want": "no"},
                target,
                _monday_mail(target, person),
                public=True,
                shows=True,
            ),
            page(
                "reports:monday_mail", NOBODY, f"{target} forged", _monday_mail(target, person, "a" * 22), public=True
            ),
            verb(
                "reports:monday_mail",
                NOBODY,
                {"want": "no"},
                f"{target} forged",
                _monday_mail(target, person, "a" * 22),
                public=True,
            ),
        )
    ),
    page("reports:periods", "ruth maria sam asha ines rita theo", "ours_business", success=TAKEN),
    page("reports:periods", "jo lee", "theirs_business", success=TAKEN),
    *(
        page(
            name,
            ok,
            f"{target} {key} {form}".strip(),
            lambda world, t=target, k=key, f=form: {"ref": world[t].pk, "period": k, **({"form": f} if f else {})},
        )
        for target, ok in (("ours_business", "ruth maria sam asha ines rita theo"), ("theirs_business", "jo lee"))
        for key in ("2026-11", "2026-Q4")
        for name, form in (("reports:period", ""), ("reports:period_export", "csv"))
    ),
    page("reports:period", "", "to come", lambda world: {"ref": world["ours_business"].pk, "period": "2027-01"}),
    page("reports:weeks", "ruth maria sam asha ines rita theo", "ours_business"),
    page("reports:weeks", "jo lee", "theirs_business"),
    page(
        "reports:weeks",
        "ruth maria sam asha ines rita theo",
        "ours_business long ago",
        lambda world: {"ref": world["ours_business"].pk},
        query=lambda world: "?year=1999",
    ),
    page("reports:weeks", "", "nothing", lambda world: {"ref": NEVER}),
    *(
        page("reports:week", ok, f"{target} {week}", lambda world, t=target, w=week: {"ref": world[t].pk, "week": w})
        for week in ("2026-W44", "2026-W47", "2026-W48")
        for target, ok in (("ours_business", "ruth maria sam asha ines rita theo"), ("theirs_business", "jo lee"))
    ),
]

EXPORTS = [
    each
    for form in ("csv", "xlsx")
    for each in (
        page("support:queue_export", "sam asha ines hal lee theo", form, lambda world, f=form: {"form": f},
             refused=who("ruth maria dele bill jo kim ada rita")),
        page("support:requests_export", MEMBERS, form, lambda world, f=form: {"form": f}),
        page("support:inbox_export", "ruth maria sam asha ines hal jo lee ada", form,
             lambda world, f=form: {"form": f}, refused=who("dele bill kim rita theo")),
        page("support:sheets_export", "ruth maria jo ada", form, lambda world, f=form: {"form": f},
             refused=MEMBERS - who("ruth maria jo ada")),
        page("people:firms_export", "ada", form, lambda world, f=form: {"form": f}),
        page("people:people_export", "ruth maria sam asha ines hal jo lee ada rita theo", form,
             lambda world, f=form: {"form": f}),
        *(
            page("reports:week_export", ok, f"{target} {week} {form}",
                 lambda world, t=target, w=week, f=form: {"ref": world[t].pk, "week": w, "form": f})
            for week in ("2026-W44", "2026-W45")
            for target, ok in (("ours_business", "ruth maria sam asha ines rita theo"), ("theirs_business", "jo lee"))
        ),
        *(
            page("support:sheet_rejected", ok, f"{target} {form}",
                 lambda world, t=target, f=form: {"ref": world[t].pk, "form": f})
            for target, ok in (("ours_log", "ruth maria ada"), ("theirs_log", "jo ada"), ("ours_draft",
                               "ruth maria ada"))
        ),
    )
] + [
    page("support:requests_export", NOBODY, "another form", lambda world: {"form": "pdf"}),
]  # fmt: skip

LISTS = [
    page("support:queue", "sam asha ines hal lee theo", refused=who("ruth maria dele bill jo kim ada rita")),
    page("support:requests", MEMBERS),
    page("support:inbox", "ruth maria sam asha ines hal jo lee ada", refused=who("dele bill kim rita theo")),
    *(
        page("support:raw", ok, target)
        for target, ok in {
            "ours_taken": "ruth maria sam asha ada", "ours_kept": "ruth maria sam asha ada",
            "ours_imported": "ruth maria sam asha ada", "theirs_taken": "jo lee ada", "theirs_kept": "jo lee ada",
        }.items()
    ),
]  # fmt: skip

FOR_OURS, FOR_THEIRS = (
    lambda world: f"?for={world['ours_business'].pk}",
    lambda world: f"?for={world['theirs_business'].pk}",
)


def _about(target: str, **more: str) -> Callable[[World], dict[str, Any]]:
    """Return what is sent about a kept mail: the business, and persons by name."""
    return lambda world: {
        "business": world[f"{target}_business"].pk, **{name: world[who].person.pk for name, who in more.items()}
    }  # fmt: skip


SEES = {"ours_kept": "ruth maria sam asha ada", "theirs_kept": "jo lee ada", "ours_pool": "sam asha ada",
        "theirs_pool": "lee ada"}  # fmt: skip
DECIDES = {"ours_kept": "ruth maria", "theirs_kept": "jo", "ours_pool": "sam asha", "theirs_pool": "lee"}
SERVES = {"ours_kept": "ruth maria sam asha", "theirs_kept": "jo lee", "ours_pool": "sam asha", "theirs_pool": "lee"}

DECIDING = [
    *(
        page("support:kept", ok, target, query=FOR_OURS if target.startswith("ours") else FOR_THEIRS)
        for target, ok in {
            **SEES, "ours_taken": "ruth maria sam asha ada", "ours_imported": "ruth maria sam asha ada",
            "theirs_taken": "jo lee ada",
        }.items()
    ),
    *(
        verb(name, allowed[target], data(side(target)), target, refused=who(SEES[target]) - who(allowed[target]))
        for target in SEES
        for name, allowed, data in (
            ("support:known_sender", DECIDES,
             lambda ours: _about(ours, person="dele" if ours == "ours" else "kim")),
            ("support:new_sender", DECIDES,
             lambda ours: lambda world: {**_about(ours)(world), "name": "Pat New"}),
            ("support:silence_sender", DECIDES, lambda ours: lambda world: {}),
            ("support:make_request", SERVES,
             lambda ours: _about(ours, person="dele" if ours == "ours" else "kim")),
        )
    ),
    *(
        verb("support:hear_sender", ok, {}, target)
        for target, ok in (("ours_silenced", "ruth maria"), ("ours_pool_silenced", "sam asha"),
                           ("theirs_silenced", "jo"), ("theirs_pool_silenced", "lee"))
    ),
]  # fmt: skip

REPORTING = [
    page("support:report", "ruth maria dele bill jo kim", also=((303, who("lee sam asha ines")),),
         refused=who("hal ada rita theo")),
    verb("support:report", "ruth maria dele bill jo kim", {"text": "It broke"}, refused=who("hal ada rita theo"),
         also=((303, who("lee sam asha ines")),)),  # a supplier is sent on to its one client
    *(
        each
        for target, own, served in (("ours_business", "ruth maria dele bill", "sam asha ines"),
                                    ("theirs_business", "jo kim", "lee"))
        for each in (
            page("support:report", f"{own} {served}", target, lambda world: {},
                 query=lambda world, t=target: f"?for={world[t].pk}"),
            verb("support:report", own, {"text": "It broke"}, f"{target} own", lambda world: {},
                 query=lambda world, t=target: f"?for={world[t].pk}", also=((422, who(served)),)),
            verb("support:report", f"{own} {served}",
                 {"text": "It broke", "subject": "It broke", "source": "phone", "somebody": "A caller",
                  "kind": "incident", "priority": "2"},
                 f"{target} for a client", lambda world: {}, query=lambda world, t=target: f"?for={world[t].pk}"),
        )
    ),
]  # fmt: skip

PASTS = [
    page("support:past_tickets", "sam asha ines hal lee theo", refused=who("ruth maria dele bill jo kim ada rita")),
    *(
        page("support:past_ticket", ok, target)
        for target, ok in {"kept": "hal ines", "past": "", "ours": "", "shared": "", "theirs": ""}.items()
    ),
    page("support:past_ticket", "", "nothing", lambda world: {"ref": NEVER}),
]

RECORDS = [
    *(
        each
        for target, ok in (("ours_business", "ruth"), ("theirs_business", "jo"))
        for each in (page("integrations:record", ok, target), verb("integrations:record", ok, {}, target))
    ),
    *(
        verb("integrations:fetch_record", ok, {}, target, success=(200,))
        for target, ok in (("ours_export", "ruth"), ("theirs_export", "jo"), ("ours_old_export", ""))
    ),
]

OPEN = "ours shared theirs past"
TICKETS = "ours ours_settled ours_held ours_aside shared line past theirs theirs_settled theirs_held"


def _first(target: str, *, public: bool) -> Callable[[World], dict[str, Any]]:
    """Return the kwargs of a URL that takes a message: the first one of a request that both sides see, or a note."""
    return lambda world: {"ref": world[target].messages.filter(public=public).earliest("occurred_at").pk}


REQUESTS = [
    *(
        page("support:ticket", f"{EVERY_SIDE[side(target)]} {READS[side(target)]}", target)
        for target in TICKETS.split()
    ),
    page("support:ticket", "ruth maria rita", "kept", also=((302, who("hal ines")),)),  # on to its past
    page("support:ticket", "", "nothing", lambda world: {"ref": NEVER}),
    *tickets("support:messages", {"text": "A word"}, EVERY_SIDE, EVERY_SIDE, OPEN),
    *tickets("support:notes", {"text": "A note"}, WORKS, ASKS, OPEN),
    *tickets("support:calls", {"text": "We rang"}, WORKS, ASKS, OPEN),
    *tickets("support:promise", {"own_time": "2026-11-26T10:00"}, WORKS, ASKS, OPEN),
    *tickets("support:waiting", {"reason": "customer"}, WORKS, ASKS, OPEN),
    *tickets("support:move", {}, WORKS, ASKS, "ours_waiting theirs_waiting"),
    *tickets("support:assignment", {"person": ""}, WORKS, ASKS, OPEN),
    *tickets("support:priority", {"priority": "1"}, WORKS, ASKS, OPEN),
    *tickets("support:resolution", {"kind": "fixed", "note": "Done"}, WORKS, ASKS, OPEN),
    *tickets("support:permanent_fix", {}, WORKS, ASKS, "ours_held theirs_held"),
    *tickets("support:reopening", {"note": "Again"}, EVERY_SIDE, EVERY_SIDE, "ours_settled line theirs_settled"),
    *tickets("support:aside", {"state": "cancelled"}, SUPPLIER_OR_LEAD, ASKS, OPEN),
    *(
        verb("support:repeat", WORKS[target],
             lambda world, t=target: {"number": world[f"{t}_last_week"].work_item.number}, target,
             refused=who(f"{ASKS[target]} {READS[target]}"))
        for target in ("ours", "theirs")
    ),
    *tickets("support:disputes", {"about": "quick", "note": "No"}, WORKS, ASKS, "ours_settled line theirs_settled"),
    *tickets("support:feedback_signed_in", {"answer": "solved"}, REQUESTER, EVERY_SIDE,
              "ours_settled line theirs_settled"),
    *(
        page(f"support:{name}", ok, target)
        for target, ok in {"ours_file": OURS, "theirs_file": THEIRS, "ours_note_file": "sam asha theo",
                           "theirs_note_file": "lee", "shared_note_file": "ines", "ours_text_file": OURS,
                           "kept_file": "ruth maria hal ines rita"}.items()
        for name in ("attachment", "picture")
        if name == "attachment" or target in ("ours_file", "theirs_file")
    ),
    page("support:picture", "", "ours_text_file"),
    *(
        each
        for target, ok in (("ours_settled", "ruth"), ("line", "ruth"), ("theirs_settled", "jo"), ("ours", ""))
        for each in form("support:erase_words", ok, {}, target)
    ),
    *(
        each
        for target, ok in (("ours", "ruth"), ("shared", "ruth"), ("theirs", "jo"))
        for public, may in ((True, ok), (False, ""))
        for each in form("support:erase_message", may, {}, f"{target} {'said' if public else 'note'}",
                         _first(target, public=public))
    ),
]  # fmt: skip

SETTING_UP = [
    page("support:import_mail", "ruth maria jo ada", refused=MEMBERS - who("ruth maria jo ada")),
    *(
        verb("support:import_mail", ok, lambda world, t=target: {
            "engagement": world[f"{t}_engagement"].pk,
            "mails": SimpleUploadedFile("a.eml", b"From: a@b.example\r\nSubject: x\r\n\r\nhello\r\n")}, target,
            lambda world: {}, refused=MEMBERS - who("ruth maria jo ada"), also=also)
        for target, ok, also in (("ours", "ruth maria jo ada", ()),  # Jo has one engagement: the choice is not asked
                                 ("theirs", "jo ada", ((422, who("ruth maria")),)))
    ),
    *(
        page("support:import_progress", ok, target, query=lambda world: "?at=2026-11-25T06:20:00%2B00:00")
        for target, ok in (("ours_engagement", "ruth maria ada"), ("theirs_engagement", "jo ada"))
    ),
]  # fmt: skip


LOGS = [
    page("support:sheets", "ruth maria jo ada", refused=MEMBERS - who("ruth maria jo ada")),
    *(
        verb("support:sheets", ok, lambda world, t=target: {
            "engagement": world[f"{t}_engagement"].pk,
            "sheet": SimpleUploadedFile("a.csv", b"Date;What\n2026-11-02;It broke\n")}, target,
            lambda world: {}, refused=MEMBERS - who("ruth maria jo ada"), also=also)
        for target, ok, also in (("ours", "ruth maria jo ada", ()),  # Jo has one engagement: the choice is not asked
                                 ("theirs", "jo ada", ((422, who("ruth maria")),)))
    ),
    *(
        each
        for target, ok in (("ours", "ruth maria ada"), ("theirs", "jo ada"))
        for each in (
            page("support:sheet", ok, f"{target}_draft"),
            page("support:sheet", ok, f"{target}_log"),
            verb("support:sheet", ok, {"number": "0", "date": "1", "who": "2", "what": "3", "done_on": "4",
                                       "unsaid": "open", "take_in": "1"}, f"{target}_draft"),
            verb("support:sheet_undo", ok, {}, f"{target}_log"),
            verb("support:sheet_weeks", ok, {}, f"{target}_log"),
        )
    ),
]  # fmt: skip


def _link(target: str, mac: str = "") -> Callable[[World], dict[str, Any]]:
    return lambda world: {
        "question": world[f"{target}_question"].pk,
        "mac": mac or sign("feedback", str(world[f"{target}_question"].pk)),
    }


SIGNED_LINKS = [
    each
    for target in ("ours", "theirs")
    for each in (
        page("support:feedback", EVERYBODY, target, _link(target), public=True, shows=True),
        verb("support:feedback", EVERYBODY, {"answer": "solved", "text": "Fine"}, target, _link(target), public=True,
             shows=True),
        page("support:feedback", NOBODY, f"{target} forged", _link(target, "a" * 43), public=True),
        verb("support:feedback", NOBODY, {"answer": "solved"}, f"{target} forged", _link(target, "a" * 43),
             public=True),
    )
]  # fmt: skip

BACKGROUND = [
    page("outbox:work", "ada", also=((404, SIGNED_OUT),)),
    verb("outbox:all_again", "ada", {}, also=((404, SIGNED_OUT),)),
    *(
        verb("outbox:again", "ada", {}, target, lambda world, t=target: {"item_id": world[t].pk},
             also=((404, SIGNED_OUT),))
        for target in ("ours_failed", "theirs_failed")
    ),
]  # fmt: skip

DOORS: list[Door] = [
    *SIGNING_IN,
    *PROVIDERS,
    *MACHINES,
    *REPORTS,
    *PEOPLE,
    *LISTS,
    *PASTS,
    *RECORDS,
    *DECIDING,
    *REPORTING,
    *REQUESTS,
    *RELATIONS,
    *REPLYING,
    *SETTING_UP,
    *LOGS,
    *EXPORTS,
    *OF_CALLS,
    *SEARCHING,
    *SIGNED_LINKS,
    *BACKGROUND,
    *FOREIGN,
    *PROGRAMS,
    *MAILBOXES,
    *OF_QUEUE,
]

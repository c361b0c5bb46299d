"""What stands around every page: the places, who is signed in, the zone."""

import dataclasses
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from quietmonday.demo.views.looking import BACK
from quietmonday.people.access import Viewer
from quietmonday.people.models import Role

_ROLES = {
    Role.OWNER: gettext_lazy("owner"),
    Role.STAND_IN: gettext_lazy("stand-in"),
    Role.STAFF: gettext_lazy("staff"),
    Role.READER: gettext_lazy("reader"),
}


@dataclasses.dataclass(frozen=True)
class Place:
    """One of up to five places in the bar. `go`: the key that opens it after G."""

    url: str
    label: str
    short: str
    go: str
    current: bool
    key: str = ""  # that leads there from every page


def around_the_page(request: HttpRequest) -> dict[str, Any]:
    """Return what the base template draws around a page; bare for whoever is not signed in.

    `places` in the bar, `below` at the foot, `who`, `who_name`, `who_url`, `home_url`, `search_url`,
    `sign_out_url`, `made_up`.
    Costs no query: it reads the viewer that the page's own door made.
    """
    viewer = getattr(request, "viewer", None)
    if not isinstance(viewer, Viewer):
        return {"home_url": reverse("reports:home")}
    return {
        "places": [
            Place(
                url, label, short, go, request.path == url or (url != "/" and request.path.startswith(url)), _keys(url)
            )
            for url, label, short, go in _places(viewer)
        ],
        "who": _who(viewer),
        "who_name": viewer.name,
        "who_url": _who_url(viewer),
        "below": _below(viewer),
        "home_url": reverse("reports:home"),
        "search_url": reverse("support:search") if viewer.businesses() else "",
        "sign_out_url": reverse("account_logout"),
        "made_up": _made_up(viewer, request),
    }


def _places(viewer: Viewer) -> list[tuple[str, str, str, str]]:
    report = (reverse("support:report"), _("Tell us what is wrong"), pgettext("short place", "Report"), "t")
    requests = (reverse("support:requests"), _("Requests"), _("Requests"), "r")
    people = (reverse("people:people"), _("People"), _("People"), "p")
    inbox = (reverse("support:inbox"), _("Post"), _("Post"), "i")
    mondays = [
        (reverse("reports:monday", args=[ref]), _("Monday"), _("Monday"), "m")
        for ref in sorted(viewer.leads or viewer.sees.businesses, key=lambda ref: viewer.place_names[ref])[:1]
    ]
    post = [inbox] if viewer.leads or viewer.suppliers or viewer.administrator else []
    call = (reverse("support:log_call"), _("Log a call"), pgettext("short place", "Call"), "c")
    if viewer.home == "business":
        own = [report] if viewer.leads or viewer.staff_of else []
        return [*mondays, *own, requests, *post, people]
    if viewer.home == "supplier":
        calls = [call] if viewer.engagements else []
        places = [(reverse("support:queue"), _("Queue"), pgettext("short place", "Queue"), "q"), *calls, *post, people]
    elif viewer.home == "staff":
        return [report, (requests[0], _("My requests"), _("My requests"), "r")]
    else:
        places = [inbox, people]
    return [*places, *_administered()] if viewer.administrator and not _daily(viewer) else places


def _is_here(request: HttpRequest, url: str) -> bool:
    return request.path == url or (url != "/" and request.path.startswith(url))


def _keys(url: str) -> str:
    return "c" if url == reverse("support:log_call") else ""


def _daily(viewer: Viewer) -> bool:
    """Whether the bar is full of what this viewer does every day: what an administrator looks after stands below."""
    return viewer.home in {"business", "staff"} or (viewer.home == "supplier" and bool(viewer.engagements))


def _made_up(viewer: Viewer, request: HttpRequest) -> dict[str, Any] | None:
    """For somebody of the made-up firm: as whom else to look around, and where back; None for everybody else."""
    if not viewer.is_made_up:
        return None
    parts = (
        ("owner", _("Look as the owner"), "business"),
        ("technician", _("Look as a technician"), "supplier"),
        ("staff", _("Look as somebody of the staff"), "staff"),
    )
    return {
        "look_url": reverse("demo:look"),
        "looks": [(part, label) for part, label, home in parts if viewer.home != home],
        "back_url": reverse("demo:back") if request.session.get(BACK) else "",
    }


def _administered() -> list[tuple[str, str, str, str]]:
    return [
        (reverse("people:installation"), _("Firms"), _("Firms"), "f"),
        (reverse("outbox:work"), _("Background work"), pgettext("short place", "Work"), "w"),
    ]


def _below(viewer: Viewer) -> list[tuple[str, str]]:
    """What somebody looks after besides their daily places: it stands at the foot of every page."""
    common = [(reverse("support:templates"), _("Common requests"))] if viewer.leads or viewer.manages else []
    if viewer.sees.businesses or viewer.sees.suppliers:
        common.append((reverse("support:recurring"), _("What comes by itself")))
    own = common + [
        (reverse(name, args=[ref]), label)
        for ref, role in sorted(viewer.roles.items())
        if role == Role.OWNER
        for name, label in (
            ("integrations:record", _("Take your record with you")),
            ("people:past", _("Who may read the past")),
            ("people:keeping", _("How long you keep what")),
        )
    ]
    if viewer.manages or Role.OWNER in viewer.roles.values():
        own.append((reverse("integrations:webhooks"), _("Webhooks")))
    if not viewer.administrator:
        return own
    firms = [(url, label) for url, label, _short, _go in _administered()] if _daily(viewer) else []
    return [*own, *firms, (reverse("people:set_up"), _("Set up"))]


def _who_url(viewer: Viewer) -> str:
    """One's own page, with addresses, roles and password; an account without a person has a password only."""
    own = next(iter(viewer.sees.persons), None)
    return reverse("people:person", args=[own]) if own else reverse("people:password")


def _who(viewer: Viewer) -> str:
    place = next(
        iter(
            sorted(
                viewer.sees.businesses | viewer.sees.suppliers | viewer.staff_of, key=lambda r: viewer.place_names[r]
            )
        ),
        None,
    )
    if place is None:
        return _("%(name)s, administrator") % {"name": viewer.name} if viewer.administrator else viewer.name
    role = _ROLES.get(Role(viewer.roles[place]))
    if role is None:
        return _("%(name)s, %(place)s") % {"name": viewer.name, "place": viewer.place_names[place]}
    return _("%(name)s, %(role)s") % {"name": viewer.name, "role": role}

"""The forms of the request page, by name: drawn empty on it, and filled by the view that each is sent to."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from quietmonday.kit.fields import render_field
from quietmonday.people.access import ViewerRequest
from quietmonday.people.logic.calendar import zone_named
from quietmonday.support.forms.company import WeighForm
from quietmonday.support.forms.replying import MessageForm, SnoozeForm
from quietmonday.support.forms.settling import (
    AsideForm,
    AssignmentForm,
    DisputeForm,
    FeedbackForm,
    PriorityForm,
    ReopeningForm,
    RepeatForm,
    ResolutionForm,
)
from quietmonday.support.forms.steps import KnownFaultForm, TimeForm
from quietmonday.support.forms.talking import CallForm, PromiseForm, WaitingForm, WriteForm
from quietmonday.support.logic.facts_json import facts_from_json
from quietmonday.support.logic.later import openings, snooze_times
from quietmonday.support.logic.next_words import next_words
from quietmonday.support.models import Ticket

_FORMS: dict[str, type[forms.Form]] = {
    "message": MessageForm,
    "write": WriteForm,
    "call": CallForm,
    "snooze": SnoozeForm,
    "promise": PromiseForm,
    "waiting": WaitingForm,
    "resolution": ResolutionForm,
    "reopening": ReopeningForm,
    "aside": AsideForm,
    "assignment": AssignmentForm,
    "priority": PriorityForm,
    "weight": WeighForm,
    "dispute": DisputeForm,
    "repeat": RepeatForm,
    "feedback": FeedbackForm,
    "time": TimeForm,
    "known_fault": KnownFaultForm,
}


# Fields that differ from request to request. All others are drawn once a language: they are half of a page's time.
_FRESH: dict[str, tuple[str, ...]] = {
    "message": ("next_word", "after", "token", "seen", "person", "send_at", "send_own", "snooze"),
    "write": ("token",),
    "call": ("token",),
    "promise": ("next_word",),
    "snooze": ("until",),
    "assignment": ("person",),
    "priority": ("priority",),
    "weight": ("kind", "impact", "can_work"),
}


def drawn_empty(name: str, ticket: Ticket, now: dt.datetime, **more: Any) -> dict[str, SafeString]:
    """Return the fields of the form `name` as the page draws them, by name. `more`: what only this form needs."""
    language = get_language() or ""
    drawn = _drawn_once(name, language)
    fresh = {*_FRESH.get(name, ()), *(more.get("initial") or {})}
    if not fresh:
        return drawn
    form = _FORMS[name](auto_id=f"{name}_%s", **_known(name, ticket, now), **more)
    return {**drawn, **{field: _drawn(form[field]) for field in fresh}}


def drawn_filled(form: forms.Form) -> dict[str, SafeString]:
    """Return the fields of a form that was refused, as it was filled, with what is wrong.

    What names the moment at which the page was read is left out: it is read anew.
    """
    return {bound.name: _drawn(bound) for bound in form if bound.name != "seen"}


def _drawn(bound: forms.BoundField) -> SafeString:
    return SafeString(bound) if bound.is_hidden else render_field(bound)


@functools.cache
def _drawn_once(name: str, language: str) -> dict[str, SafeString]:
    """The fields that are the same for everybody who reads `language`, which is active."""
    times = {"moments": [], "zone": "UTC", "now": dt.datetime.min.replace(tzinfo=dt.UTC)}
    needs: dict[str, dict[str, Any]] = {
        "message": {**times, "openings": [], "snoozes": [], "who": ""},
        "snooze": {"snoozes": [], "zone": "UTC", "now": times["now"]},
        "promise": times,
        "resolution": {"today": dt.date.min},
        "assignment": {"colleagues": []},
    }
    form = _FORMS[name](auto_id=f"{name}_%s", **needs.get(name, {}))
    return {bound.name: render_field(bound) for bound in form if bound.name not in _FRESH.get(name, ())}


def filled_form(name: str, request: ViewerRequest, ticket: Ticket, **more: Any) -> Any:
    """Return the form `name` filled with what was sent."""
    known = _known(name, ticket, request.moment)
    return _FORMS[name](request.POST, request.FILES, auto_id=f"{name}_%s", **known, **more)


def _known(name: str, ticket: Ticket, now: dt.datetime) -> dict[str, Any]:
    zone = ticket.business.zone
    if name in {"message", "promise", "snooze"}:
        hours = facts_from_json(ticket.verdict.inputs).hours
    if name == "message":
        return {
            "moments": next_words(hours, now),
            "openings": openings(hours, now),
            "snoozes": snooze_times(hours, now),
            "zone": zone,
            "now": now,
            "who": ticket.requester.name if ticket.requester else "",
            "has_it": ticket.assignee.name if ticket.assignee else "",
            "language": ticket.business.language,
        }
    if name == "promise":
        return {"moments": next_words(hours, now), "zone": zone, "now": now}
    if name == "snooze":
        return {"snoozes": snooze_times(hours, now), "zone": zone, "now": now}
    if name == "resolution":
        return {"today": now.astimezone(zone_named(zone)).date()}
    return {}

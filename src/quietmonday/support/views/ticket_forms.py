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
from quietmonday.support.forms.talking import CallForm, MessageForm, PromiseForm, WaitingForm, WriteForm
from quietmonday.support.logic.facts_json import facts_from_json
from quietmonday.support.logic.next_words import next_words
from quietmonday.support.models import Ticket

_FORMS: dict[str, type[forms.Form]] = {
    "message": MessageForm,
    "write": WriteForm,
    "call": CallForm,
    "promise": PromiseForm,
    "waiting": WaitingForm,
    "resolution": ResolutionForm,
    "reopening": ReopeningForm,
    "aside": AsideForm,
    "assignment": AssignmentForm,
    "priority": PriorityForm,
    "dispute": DisputeForm,
    "repeat": RepeatForm,
    "feedback": FeedbackForm,
}


# Fields that differ from request to request. All others are drawn once a language: they are half of a page's time.
_FRESH: dict[str, tuple[str, ...]] = {
    "message": ("next_word", "after", "token"),
    "write": ("token",),
    "call": ("token",),
    "promise": ("next_word",),
    "assignment": ("person",),
    "priority": ("priority",),
}


def drawn_empty(name: str, ticket: Ticket, now: dt.datetime, **more: Any) -> dict[str, SafeString]:
    """Return the fields of the form `name` as the page draws them, by name. `more`: what only this form needs."""
    language = get_language() or ""
    drawn = _drawn_once(name, language)
    fresh = _FRESH.get(name)
    if fresh is None:
        return drawn
    form = _FORMS[name](auto_id=f"{name}_%s", **_known(name, ticket, now), **more)
    return {**drawn, **{field: _drawn(form[field]) for field in fresh}}


def drawn_filled(form: forms.Form) -> dict[str, SafeString]:
    """Return the fields of a form that was refused, as it was filled, with what is wrong."""
    return {bound.name: _drawn(bound) for bound in form}


def _drawn(bound: forms.BoundField) -> SafeString:
    return SafeString(bound) if bound.is_hidden else render_field(bound)


@functools.cache
def _drawn_once(name: str, language: str) -> dict[str, SafeString]:
    """The fields that are the same for everybody who reads `language`, which is active."""
    times = {"moments": [], "zone": "UTC", "now": dt.datetime.min.replace(tzinfo=dt.UTC)}
    needs: dict[str, dict[str, Any]] = {
        "message": {**times, "who": ""},
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
    if name in {"message", "promise"}:
        moments = next_words(facts_from_json(ticket.verdict.inputs).hours, now)
        times = {"moments": moments, "zone": zone, "now": now}
        return {**times, "who": ticket.requester.name if ticket.requester else ""} if name == "message" else times
    if name == "resolution":
        return {"today": now.astimezone(zone_named(zone)).date()}
    return {}

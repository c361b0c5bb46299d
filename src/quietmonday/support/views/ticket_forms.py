"""The forms of the request page, by name: drawn empty on it, and filled by the view that each is sent to."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

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


def empty_form(name: str, ticket: Ticket, now: dt.datetime, **more: Any) -> Any:
    """Return the form `name` of a request as the page draws it. `more`: what only this form needs."""
    return _FORMS[name](auto_id=f"{name}_%s", **_known(name, ticket, now), **more)


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

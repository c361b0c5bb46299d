"""Views with a name: saved, shared, pinned above the list, renamed, deleted."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from quietmonday.kit.actors import Actor
from quietmonday.people.access import Viewer, ViewerRequest, signed_in
from quietmonday.people.models import Person
from quietmonday.support.access import keeper_of_views, may_change_view, saved_view_changed_by
from quietmonday.support.actions.saved_views import (
    Look,
    ViewRefused,
    arrange,
    begin_with,
    change_view,
    delete_view,
    pin_view,
    save_view,
)
from quietmonday.support.forms.lists import ViewForm
from quietmonday.support.queries.arrangements import Arrangement, ListView
from quietmonday.support.queries.filters import QUEUE
from quietmonday.support.templatetags.queue_table import read_columns
from quietmonday.support.views.arranged import arrangement_of, list_url


@require_GET
@signed_in
def views(request: ViewerRequest, place: str) -> HttpResponse:
    """Show every view of a list, with which of them stand above it and which one it begins with."""
    arrangement = arrangement_of(request, place, {})
    keeper_of_views(request.viewer, place)
    context = {
        "lines": [_line(request.viewer, arrangement, view) for view in arrangement.views],
        "saved": any(view.saved for view in arrangement.views),
        "pins_url": reverse(f"support:{place}_pins"),
        "start_url": reverse(f"support:{place}_start"),
        "list_url": list_url(place),
        "is_queue": place == QUEUE,
    }
    return render(request, "support/saved_views.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new(request: ViewerRequest, place: str) -> HttpResponse:
    """Save the list as it is looked at, under a name."""
    person, may_share = keeper_of_views(request.viewer, place)
    arrangement = _as_looked_at(request, place)
    form = ViewForm(request.POST or None, may_share=may_share, auto_id="view_%s")
    if request.method == "POST" and form.is_valid():
        try:
            view = save_view(
                person=person,
                place=place,
                name=form.cleaned_data["name"],
                look=_look(arrangement),
                shared=form.cleaned_data.get("shared", False),
                may_share=may_share,
                actor=_actor(person),
                now=request.moment,
            )
        except ViewRefused as refused:
            form.add_error("name", _refusal(refused))
        else:
            messages.success(request, _("Saved: “%(name)s”.") % {"name": view.name})
            return redirect(f"{list_url(place)}?view={view.pk}")
    return _new_page(request, place, arrangement, form)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def view(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Rename a view, or share it."""
    found = saved_view_changed_by(request.viewer, ref)
    person, may_share = keeper_of_views(request.viewer, found.place)
    shares = may_share or found.shared
    form = ViewForm(
        request.POST or None, may_share=shares, auto_id="view_%s", initial={"name": found.name, "shared": found.shared}
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_view(
                view=found,
                name=form.cleaned_data["name"],
                shared=form.cleaned_data.get("shared", False),
                may_share=may_share,
                actor=_actor(person),
                now=request.moment,
            )
        except ViewRefused as refused:
            form.add_error("name", _refusal(refused))
        else:
            messages.success(request, _("Changed."))
            return redirect(f"support:{found.place}_views")
    context = {
        "view": found,
        "form": form,
        "of_somebody_else": found.person_id not in request.viewer.sees.persons,
        "back": reverse(f"support:{found.place}_views"),
    }
    status = 422 if form.errors else 200
    return render(request, "support/saved_view.html", context, status=status)


@require_POST
@signed_in
def look(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Let a view look as the list does now."""
    found = saved_view_changed_by(request.viewer, ref)
    person, may_share = keeper_of_views(request.viewer, found.place)
    arrangement = _as_looked_at(request, found.place)
    change_view(
        view=found,
        name=found.name,
        shared=found.shared,
        may_share=may_share,
        look=_look(arrangement),
        actor=_actor(person),
        now=request.moment,
    )
    messages.success(request, _("“%(name)s” looks like this from now on.") % {"name": found.name})
    return redirect(f"{list_url(found.place)}?view={found.pk}")


@require_POST
@signed_in
def delete(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Delete a view."""
    found = saved_view_changed_by(request.viewer, ref)
    person, _may_share = keeper_of_views(request.viewer, found.place)
    delete_view(view=found, actor=_actor(person), now=request.moment)
    messages.success(request, _("“%(name)s” is deleted. No request was touched.") % {"name": found.name})
    return redirect(f"support:{found.place}_views")


@require_POST
@signed_in
def pins(request: ViewerRequest, place: str) -> HttpResponse:
    """Put a view above the list, or take it away there."""
    chosen, person = _chosen(request, place)
    if chosen.saved is None:
        raise Http404  # ours stand there anyway
    pinned = bool(request.POST.get("pinned"))
    try:
        pin_view(person=person, place=place, key=chosen.key, pinned=pinned, now=request.moment)
    except ViewRefused as refused:
        messages.warning(request, _refusal(refused))
    return redirect(f"support:{place}_views")


@require_POST
@signed_in
def start(request: ViewerRequest, place: str) -> HttpResponse:
    """Begin with a view from now on."""
    chosen, person = _chosen(request, place)
    begin_with(person=person, place=place, key=chosen.key, now=request.moment)
    messages.success(request, _("You begin with “%(name)s” from now on.") % {"name": chosen.name})
    return redirect(f"support:{place}_views")


@require_POST
@signed_in
def habits(request: ViewerRequest, place: str) -> HttpResponse:
    """Keep the columns and the order of the list as they are now, for whoever looks."""
    person, _may_share = keeper_of_views(request.viewer, place)
    arrangement = _as_looked_at(request, place)
    arrange(
        person=person,
        place=place,
        columns=_columns(arrangement) if place == QUEUE else [],
        sorts=_orders(arrangement),
        dense=arrangement.dense,
        now=request.moment,
    )
    messages.success(request, _("Your lists look like this from now on, unless a view says otherwise."))
    kept = {key: values for key, values in _sent_look(request).lists() if key not in {"cols", "sort", "rows"}}
    return redirect(list_url(place) + arrangement_of(request, place, kept).address())


def _new_page(request: ViewerRequest, place: str, arrangement: Arrangement, form: ViewForm) -> HttpResponse:
    saved = arrangement.view.saved
    changes = saved is not None and may_change_view(request.viewer, saved) and arrangement.changed
    context = {
        "form": form,
        "look": arrangement.address(),
        "narrowed": [
            (each.label, ", ".join(str(choice.word) for choice in choices))
            for each, choices in arrangement.narrowed.chosen
        ],
        "columns": [column.label for column in read_columns(arrangement.columns)[0]],
        "sorts": [(order.sort.label, order.down) for order in arrangement.wanted.orders],
        "words": arrangement.wanted.words,
        "changes": saved if changes else None,
        "habits_url": reverse(f"support:{place}_habits"),
        "views_url": reverse(f"support:{place}_views"),
        "back": list_url(place) + arrangement.address(),
        "is_queue": place == QUEUE,
    }
    return render(request, "support/save_view.html", context, status=422 if form.errors else 200)


def _sent_look(request: ViewerRequest) -> QueryDict:
    """How the list is looked at: on a GET in the address itself, on a POST in one field that holds an address."""
    if request.method != "POST":
        return request.GET
    return QueryDict(request.POST.get("look", "")[:4000].removeprefix("?"))


def _as_looked_at(request: ViewerRequest, place: str) -> Arrangement:
    return arrangement_of(request, place, dict(_sent_look(request).lists()))


def _look(arrangement: Arrangement) -> Look:
    """What a view keeps: columns and order only where somebody chose them, so that the others stay everybody's own."""
    return Look(
        filters=arrangement.narrowed.values,
        sorts=_orders(arrangement) if arrangement.given.get("sort") else arrangement.view.sorts,
        columns=_columns(arrangement) if arrangement.given.get("cols") else arrangement.view.columns,
    )


def _orders(arrangement: Arrangement) -> list[str]:
    return [order.value for order in arrangement.wanted.orders]


def _columns(arrangement: Arrangement) -> list[str]:
    return [column.key for column in read_columns(arrangement.columns)[0]]


def _chosen(request: ViewerRequest, place: str) -> tuple[ListView, Person]:
    """Return the view that was sent, and who looks; Http404 for one that they do not see."""
    person, _may_share = keeper_of_views(request.viewer, place)
    arrangement = arrangement_of(request, place, {})
    found = next((each for each in arrangement.views if each.key == request.POST.get("view")), None)
    if found is None:
        raise Http404
    return found, person


def _line(viewer: Viewer, arrangement: Arrangement, view: ListView) -> dict[str, Any]:
    pinned = {each.key for each in arrangement.pinned}
    own = arrangement.own
    begins = own.begins_with if own and own.begins_with in {each.key for each in arrangement.views} else ""
    return {
        "view": view,
        "url": f"{list_url(arrangement.reading.place)}?view={view.key}",
        "pinned": view.key in pinned,
        "first": view.key == (begins or arrangement.view.key),
        "changeable": view.saved is not None and may_change_view(viewer, view.saved),
        "theirs": view.saved is not None and view.saved.person_id not in viewer.sees.persons,
    }


def _actor(person: Person) -> Actor:
    return Actor(id=person.pk, name=person.name)


def _refusal(refused: ViewRefused) -> str:
    return {
        "no_name": _("Give the view a name."),
        "taken": _("You have a view of that name already. Choose another, or change that one."),
        "too_many": _("You have sixty views of this list. Delete one that you do not use."),
        "too_many_pins": _("Eight views stand above the list already. Take one away first."),
        "not_shared": _("You may keep views for yourself only."),
    }[refused.rule]

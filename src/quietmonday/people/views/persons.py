"""The people: who they are, how they are reached, what they may do."""

from __future__ import annotations

import functools
import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quietmonday.kit.exports import exported
from quietmonday.people.access import (
    ViewerRequest,
    address_editable_by,
    engagements_visible_to,
    grave,
    may_edit,
    may_end,
    may_erase,
    may_merge,
    may_see_terms,
    may_take_data,
    membership_endable_by,
    membership_invited_by,
    person_editable_by,
    person_for,
    persons_visible_to,
    place_led_by,
    places_led_by,
    places_merged_by,
    roles_grantable_by,
    signed_in,
)
from quietmonday.people.actions.failing import mark_working
from quietmonday.people.actions.inviting import invite_again
from quietmonday.people.actions.memberships import end_membership, grant_role
from quietmonday.people.actions.persons import add_address, add_person, change_person, remove_address
from quietmonday.people.forms.installation import ConfirmForm
from quietmonday.people.forms.persons import AddPersonForm, AddressForm, ChangePersonForm, PlaceForm, RoleForm
from quietmonday.people.forms.refusals import SENTENCES, say_why
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Person, Role
from quietmonday.people.queries import PEOPLE_HEADS, lines_of, people_exported, person_lines
from quietmonday.people.queries.merging import doubles_at, merges_into
from quietmonday.people.views.pages import form_page, posted

PAGE = 100
MOST_DOUBLES = 5  # shown at once: each is one look


@require_safe
@signed_in
def people(request: ViewerRequest) -> HttpResponse:
    """Everybody the viewer may know of, by place, and who owns each relationship. Staff have no such page."""
    viewer = request.viewer
    if viewer.home == "staff":
        raise Http404
    persons = persons_visible_to(viewer)
    lines = person_lines(persons, request.moment, after=_ref(request.GET.get("after")), limit=PAGE + 1)
    engagements = list(engagements_visible_to(viewer)[:PAGE])
    context = {
        "count": persons.count(),
        "lines": lines[:PAGE],
        "next_after": lines[PAGE - 1].person.pk if len(lines) > PAGE else None,
        "engagements": [(engagement, may_see_terms(viewer, engagement)) for engagement in engagements],
        "unowned": sum(engagement.owner_id is None for engagement in engagements),
        "doubles": doubles_at(merging)[:MOST_DOUBLES] if (merging := places_merged_by(viewer)) else [],
        "may_add": bool(viewer.leads or viewer.manages or viewer.administrator),
    }
    return render(request, "people/people.html", context)


@require_safe
@signed_in
def export(request: ViewerRequest, form: str) -> HttpResponseBase:
    """Hand out everybody the viewer may know of. Staff have no such list."""
    viewer = request.viewer
    if viewer.home == "staff":
        raise Http404
    persons = persons_visible_to(viewer)
    rows = functools.partial(people_exported, persons, request.moment)
    return exported(form, name=_("people"), header=PEOPLE_HEADS, rows=rows, on=request.moment.date())


@require_safe
@signed_in
def person(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """One person; whoever answers for people there can change them."""
    found = person_for(request.viewer, ref)
    if found.pk != ref:
        return redirect("people:person", found.pk)
    return _person_page(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@grave
def add(request: ViewerRequest) -> HttpResponse:
    """Choose the firm if there are several, then add a person there."""
    places = places_led_by(request.viewer)
    if not places:
        raise Http404
    chosen = _ref(request.GET.get("at")) or (places[0][0] if len(places) == 1 else None)
    if chosen is None:
        return form_page(
            request,
            PlaceForm(places=places),
            sentence=_("Where does the new person work?"),
            button=_("Go on"),
            back=reverse("people:people"),
            asks=True,
        )
    place = place_led_by(request.viewer, chosen)
    form = AddPersonForm(posted(request), roles=roles_grantable_by(request.viewer, place))
    if form.is_valid():
        data = form.cleaned_data
        try:
            added = add_person(
                place=place,
                name=data["name"],
                job=data["job"],
                phone=data["phone"],
                emails=[data["email"]] if data["email"] else [],
                role=Role(data["role"]) if data["role"] else None,
                invite=True,
                actor=request.viewer.actor(place.pk),
                now=request.moment,
            )
        except Refused as refused:
            say_why(form, refused)
        else:
            messages.success(request, _("%(name)s is on the record.") % {"name": added.name})
            return redirect("people:person", added.pk)
    return form_page(
        request,
        form,
        sentence=_("Add somebody at %(place)s.") % {"place": place.name},
        button=_("Add"),
        back=reverse("people:people"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def change(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Name, job, phone."""
    found = person_editable_by(request.viewer, ref)
    form = ChangePersonForm(posted(request), initial={"name": found.name, "job": found.job, "phone": found.phone})
    if form.is_valid():
        try:
            change_person(
                person=found,
                name=form.cleaned_data["name"],
                job=form.cleaned_data["job"],
                phone=form.cleaned_data["phone"],
                actor=request.viewer.actor(found.business_id),
                now=request.moment,
            )
        except Refused as refused:
            say_why(form, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect("people:person", found.pk)
    return form_page(
        request,
        form,
        sentence=_("What is written of %(name)s.") % {"name": found.name},
        button=_("Save"),
        back=reverse("people:person", args=[found.pk]),
    )


@require_POST
@signed_in
def address(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Add an address."""
    found = person_editable_by(request.viewer, ref)
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _person_page(request, found, address_form=form)
    add_address(
        person=found,
        email=form.cleaned_data["email"],
        actor=request.viewer.actor(found.business_id),
        now=request.moment,
    )
    messages.success(request, _("Mail from this address is now taken for %(name)s.") % {"name": found.name})
    return redirect("people:person", found.pk)


@require_POST
@signed_in
def address_removed(request: ViewerRequest, ref: uuid.UUID, address_ref: uuid.UUID) -> HttpResponse:
    """Remove an address."""
    found = address_editable_by(request.viewer, ref, address_ref)
    remove_address(address=found, actor=request.viewer.actor(found.business_id), now=request.moment)
    messages.success(request, _("%(address)s is no longer theirs.") % {"address": found.email})
    return redirect("people:person", ref)


@require_POST
@signed_in
def address_works(request: ViewerRequest, ref: uuid.UUID, address_ref: uuid.UUID) -> HttpResponse:
    """Somebody knows that mail to the address arrives again."""
    found = address_editable_by(request.viewer, ref, address_ref)
    mark_working(address=found, actor=request.viewer.actor(found.business_id), now=request.moment)
    messages.success(request, _("We write to %(address)s again.") % {"address": found.email})
    return redirect("people:person", ref)


@require_POST
@signed_in
@grave
def role(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Give a role that the viewer may give."""
    found = person_editable_by(request.viewer, ref)
    form = RoleForm(request.POST, roles=_grantable(request, found))
    if form.is_valid():
        try:
            granted = grant_role(
                person=found,
                role=Role(form.cleaned_data["role"]),
                invite=True,
                actor=request.viewer.actor(found.business_id),
                now=request.moment,
            )
        except Refused as refused:
            say_why(form, refused)
        else:
            messages.success(
                request, _("%(name)s: %(role)s from now on.") % {"name": found.name, "role": granted.get_role_display()}
            )
            return redirect("people:person", found.pk)
    return _person_page(request, found, role_form=form)


@require_POST
@signed_in
def invitation(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Invite somebody again who has a role and has not come yet."""
    membership = membership_invited_by(request.viewer, ref, request.moment)
    actor = request.viewer.actor(membership.business_id)
    try:
        invited = invite_again(membership=membership, actor=actor, now=request.moment)
    except Refused as refused:
        messages.warning(request, SENTENCES[refused.rule])
    else:
        messages.success(request, _("Invited: a mail goes to %(address)s.") % {"address": invited.account.email})
    return redirect("people:person", membership.person_id)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@grave
def role_ended(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Ask, then end a role at once."""
    membership = membership_endable_by(request.viewer, ref, request.moment)
    who = membership.person.name if membership.person else membership.account.email
    back = reverse("people:person", args=[membership.person_id]) if membership.person_id else reverse("people:people")
    form = ConfirmForm(posted(request))
    if form.is_valid():
        try:
            end_membership(
                membership=membership, actor=request.viewer.actor(membership.business_id), now=request.moment
            )
        except Refused as refused:
            say_why(form, refused)
        else:
            messages.success(request, _("That role of %(name)s has ended.") % {"name": who})
            return redirect(back)
    return form_page(
        request,
        form,
        sentence=_("End the role of %(name)s as %(role)s?") % {"name": who, "role": membership.get_role_display()},
        text=_("It ends at once, in open windows too. What %(name)s wrote and did stays on the record.")
        % {"name": who},
        button=_("End it now"),
        back=back,
        grave=True,
    )


def _person_page(
    request: ViewerRequest,
    found: Person,
    *,
    address_form: AddressForm | None = None,
    role_form: RoleForm | None = None,
) -> HttpResponse:
    viewer = request.viewer
    line = lines_of([found], request.moment)[0]
    editable = may_edit(viewer, found)
    grantable = _grantable(request, found) if editable else ()
    refused = bool((address_form and address_form.errors) or (role_form and role_form.errors))
    context = {
        "line": line,
        "person": found,
        "zone": found.business.zone if found.business else "UTC",
        "roles": [(membership, may_end(viewer, membership)) for membership in line.roles],
        "editable": editable,
        "is_me": found.pk in viewer.sees.persons,
        "may_take_data": may_take_data(viewer, found),
        "may_erase": may_erase(viewer, found),
        "may_merge": may_merge(viewer, found),
        "merges": merges_into(found) if may_merge(viewer, found) else [],
        "now": request.moment,
        "address_form": address_form or AddressForm(),
        "role_form": (role_form or RoleForm(roles=grantable)) if grantable else None,
    }
    return render(request, "people/person.html", context, status=422 if refused else 200)


def _grantable(request: ViewerRequest, found: Person) -> tuple[Role, ...]:
    place = found.business or found.supplier
    return roles_grantable_by(request.viewer, place) if place else ()


def _ref(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        raise Http404 from None

"""How new mail is sorted: the lists of rules, and each shown at work on the last mails before it counts."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.people.models import Engagement, Person, Supplier
from quietmonday.support.access import (
    clients_connected_by,
    reads_templates_of,
    rule_kept_by,
    rule_owners_of,
    rules_kept_by,
    templates_of_rules,
)
from quietmonday.support.actions.routing import TooMany, add_rule, change_rule, end_rule, move_rule
from quietmonday.support.actions.sorting import rules_of
from quietmonday.support.forms.routing import RuleForm
from quietmonday.support.models import RoutingRule
from quietmonday.support.queries.routing import preview
from quietmonday.support.queries.ticket_page import colleagues_of
from quietmonday.support.views.mailboxes import refuse_others
from quietmonday.support.views.ticket import REFUSED, see_other

EVERYBODY = "everybody"  # the list of the installation


@require_GET
@signed_in
def rules(request: ViewerRequest) -> HttpResponse:
    """Show the lists."""
    refuse_others(request.viewer)
    found = rules_kept_by(request.viewer)
    owners = rule_owners_of(request.viewer)
    lists = [
        (
            owner,
            [each for each in found if each.supplier_id == (owner.pk if owner else None)],
            reads_templates_of(request.viewer, owner),
        )
        for owner in owners
    ]
    return render(request, "support/routing.html", {"lists": lists, "many": len(owners) > 1, "count": len(found)})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def add(request: ViewerRequest) -> HttpResponse:
    """Add one to a list."""
    refuse_others(request.viewer)
    owner = _owner(request)
    form = _form(request, owner, None)
    if form.is_bound and form.is_valid() and "save" in request.POST:
        try:
            add_rule(supplier=owner, values=form.values(), actor=request.viewer.actor(), now=request.moment)
        except TooMany:
            form.add_error(None, _("This list is as long as it may be. End a rule first."))
        else:
            messages.success(request, _("Saved. It counts for mail that comes from now on."))
            return see_other(reverse("support:routing"))
    return _draw(request, form, owner, None)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def rule(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Change one."""
    found = rule_kept_by(request.viewer, ref)
    form = _form(request, found.supplier, found)
    if form.is_bound and form.is_valid() and "save" in request.POST:
        change_rule(rule=found, values=form.values(), actor=request.viewer.actor(), now=request.moment)
        messages.success(request, _("Saved. It counts for mail that comes from now on."))
        return see_other(reverse("support:routing"))
    return _draw(request, form, found.supplier, found)


@require_POST
@signed_in
def move(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Put one earlier or later in its list: the first that fits counts."""
    found = rule_kept_by(request.viewer, ref)
    earlier = request.POST.get("to") == "earlier"
    move_rule(rule=found, earlier=earlier, actor=request.viewer.actor(), now=request.moment)
    return see_other(reverse("support:routing"))


@require_POST
@signed_in
def end(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Let one count no more."""
    end_rule(rule=rule_kept_by(request.viewer, ref), actor=request.viewer.actor(), now=request.moment)
    messages.success(request, _("The rule is gone. What it sorted stays where it is."))
    return see_other(reverse("support:routing"))


def _owner(request: ViewerRequest) -> Supplier | None:
    """Return whose list is meant: the one named in the address, else the only one."""
    owners = rule_owners_of(request.viewer)
    named = request.GET.get("for", "")
    for owner in owners:
        if named == (str(owner.pk) if owner else EVERYBODY) or (not named and len(owners) == 1):
            return owner
    raise Http404


def _form(request: ViewerRequest, owner: Supplier | None, rule: RoutingRule | None) -> RuleForm:
    engagements: list[Engagement] = clients_connected_by(request.viewer, request.moment)
    if owner is not None:
        engagements = [each for each in engagements if each.supplier_id == owner.pk]
    persons: list[Person] = colleagues_of(owner.pk, request.moment) if owner else []
    posted = request.POST if request.method == "POST" else None
    templates = templates_of_rules(request.viewer, owner)
    return RuleForm(posted, engagements=engagements, persons=persons, templates=templates, rule=rule)


def _draw(request: ViewerRequest, form: RuleForm, owner: Supplier | None, rule: RoutingRule | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "owner": owner, "rule": rule, "zone": "UTC", "now": request.moment}
    if form.is_bound and not form.errors:
        before = rules_of(owner.pk if owner else None)
        new = RoutingRule(supplier=owner, **form.values())
        after = [new if rule and each.pk == rule.pk else each for each in before] + ([] if rule else [new])
        context["preview"] = preview(request.viewer, owner.pk if owner else None, before, after)
        context["names"] = {each.pk: each for each in form.engagements.values()}
    return render(request, "support/rule.html", context, status=REFUSED if form.errors else 200)

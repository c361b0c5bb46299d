"""One person who stands on record twice is made one, and two again."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from quietmonday.people.access import ViewerRequest, merge_undone_by, person_merged_by, signed_in
from quietmonday.people.actions.merging import merge_persons, undo_merge
from quietmonday.people.forms.merging import OtherForm
from quietmonday.people.forms.refusals import SENTENCES, say_why
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Person
from quietmonday.people.queries import lines_of
from quietmonday.people.queries.merging import misfit, what_would_move
from quietmonday.people.views.pages import form_page


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def merge(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Choose who else this person is, see what would move, then make them one."""
    kept, others = person_merged_by(request.viewer, ref)
    chosen = request.POST if request.method == "POST" else request.GET
    form = OtherForm(chosen if "other" in chosen or request.method == "POST" else None, others=others)
    if not form.is_valid():
        return _choose(request, kept, form)
    other: Person = form.cleaned_data["other"]
    if request.method == "POST":
        try:
            merge_persons(
                kept=kept,
                merged=other,
                actor=request.viewer.actor(kept.business_id),
                now=request.moment,
            )
        except Refused as refused:
            say_why(form, refused)
        else:
            messages.success(request, _("One person now. You can undo it here."))
            return redirect("people:person", kept.pk)
    return _compare(request, kept, other, form)


@require_POST
@signed_in
def unmerge(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Make them two again."""
    found = merge_undone_by(request.viewer, ref)
    try:
        undo_merge(merge=found, actor=request.viewer.actor(found.business_id), now=request.moment)
    except Refused as refused:
        messages.warning(request, SENTENCES[refused.rule])
    else:
        messages.success(request, _("Two entries again. What is new since then stayed with this one."))
    return redirect("people:person", found.kept_id)


def _choose(request: ViewerRequest, kept: Person, form: OtherForm) -> HttpResponse:
    return form_page(
        request,
        form,
        sentence=_("Who else is %(name)s?") % {"name": kept.name},
        text=_("Choose the entry that is the same person. You see what would move before anything does."),
        button=_("Go on"),
        back=reverse("people:person", args=[kept.pk]),
        asks=True,
    )


def _compare(request: ViewerRequest, kept: Person, other: Person, form: OtherForm) -> HttpResponse:
    why = misfit(kept, other, request.moment)
    context = {
        "form": form,
        "kept": kept,
        "other": other,
        "lines": lines_of([kept, other], request.moment),
        "moves": what_would_move(other, kept),
        "why_not": SENTENCES[why] if why else "",
        "place": kept.business or kept.supplier,
    }
    return render(request, "people/merge.html", context, status=422 if form.errors else 200)

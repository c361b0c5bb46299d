"""Logs of calls: handed in, looked through, taken in, undone."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from quietmonday.kit.exports import exported
from quietmonday.kit.sentences import gettext_noop
from quietmonday.kit.sheets import UnreadableSheet
from quietmonday.kit.sheets.faults import fault_in_words
from quietmonday.kit.sheets.writing import Value
from quietmonday.kit.speaking import translate
from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.people.logic.calendar import zone_named
from quietmonday.support.access import sheet_import_for, sheet_imports_of
from quietmonday.support.actions.sheet_imports import CannotImport, begin_import, hand_in, tell_columns
from quietmonday.support.actions.sheet_undoing import begin_undo
from quietmonday.support.actions.stating import ask_for_past_weeks, weeks_to_state
from quietmonday.support.forms.sheets import ColumnsForm, SheetForm
from quietmonday.support.logic.sheet_headers import SERVICENOW
from quietmonday.support.logic.sheet_units import rejection_in_words
from quietmonday.support.models import ImportState, SheetImport
from quietmonday.support.queries.sheets import MOST_SHOWN, orders_told, preview, rejected_lines
from quietmonday.support.views import whose
from quietmonday.support.views.ticket import REFUSED, see_other


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def sheets(request: ViewerRequest) -> HttpResponse:
    """Show the logs that were handed in; take another."""
    choices = whose.choices(request)
    if request.method != "POST":
        return _draw_list(request, SheetForm(**choices))
    form = SheetForm(request.POST, request.FILES, **choices)
    engagement = whose.engagement_of(request, form) if form.is_valid() else None
    if engagement is None:
        return _draw_list(request, form)
    try:
        upload = form.cleaned_data["sheet"]
        row = hand_in(
            engagement=engagement,
            name=upload.name or "",
            chunks=upload.chunks(),
            actor=request.viewer.actor(engagement.business_id),
            now=request.moment,
        )
    except UnreadableSheet as problem:
        form.add_error("sheet", problem.in_words(translate))
        return _draw_list(request, form)
    return see_other(reverse("support:sheet", args=[row.id]))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def sheet(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show what would come of a log, correct what its columns say, take it in; then how far it is."""
    row = sheet_import_for(request.viewer, ref)
    if row.state != ImportState.DRAFT:
        return _draw_progress(request, row)
    if request.method != "POST":
        return _draw_draft(request, row, ColumnsForm(row=row))
    form = ColumnsForm(request.POST, row=row)
    if not form.is_valid():
        return _draw_draft(request, row, form)
    try:
        if row.kind != SERVICENOW:
            columns = form.columns()
            told = orders_told(row, columns)
            row = tell_columns(
                import_id=row.id,
                columns=columns,
                orders=told | {field: order for field, order in form.orders().items() if field in told},
                unsaid=form.cleaned_data["unsaid"],
            )
        if "take_in" in request.POST:
            begin_import(import_id=row.id, actor=request.viewer.actor(row.business_id), now=request.moment)
    except CannotImport as refused:
        form.add_error({"no_date": "date", "no_what": "what"}.get(refused.rule), _(_REFUSALS[refused.rule]))
        return _draw_draft(request, row, form)
    except UnreadableSheet as problem:
        form.add_error(None, problem.in_words(translate))
        return _draw_draft(request, row, form)
    return see_other(reverse("support:sheet", args=[row.id]))


_REFUSALS = {
    "no_date": gettext_noop(
        "Say in which column the day stands: without one nobody knows to which week a call belongs."
    ),
    "no_what": gettext_noop("Say in which column it stands what was asked."),
    "begun": gettext_noop("This was begun already."),
    "not_done": gettext_noop("This still runs, or is undone already."),
}


@require_GET
@signed_in
def rejected(request: ViewerRequest, ref: uuid.UUID, form: str) -> HttpResponseBase:
    """Hand out every line that does not come in, with its number and the reason."""
    row = sheet_import_for(request.viewer, ref)

    def lines() -> Iterator[list[Value]]:
        for each in rejected_lines(row):
            yield [each.line, rejection_in_words(each, translate), *each.cells]

    today = request.moment.astimezone(zone_named(row.business.zone)).date()
    header = [_("Line"), _("Why it did not come in"), *row.heads]
    return exported(form, name=_("lines that did not come in"), header=header, rows=lines, on=today)


@require_POST
@signed_in
def undo(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Take back what an import made."""
    row = sheet_import_for(request.viewer, ref)
    try:
        begin_undo(import_id=row.id, actor=request.viewer.actor(row.business_id), now=request.moment)
    except CannotImport as refused:
        messages.warning(request, _(_REFUSALS[refused.rule]))
    return see_other(reverse("support:sheet", args=[row.id]))


@require_POST
@signed_in
def state_weeks(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """State the weeks that were over before the record began, from what was imported of them."""
    row = sheet_import_for(request.viewer, ref)
    ask_for_past_weeks(engagement=row.engagement, now=request.moment)
    messages.success(request, _("A worker states the weeks now. Nobody is mailed."))
    return see_other(reverse("support:sheet", args=[row.id]))


def _draw_list(request: ViewerRequest, form: SheetForm) -> HttpResponse:
    context = {
        "form": form,
        "only": next(iter(form.engagements.values())) if len(form.engagements) == 1 else None,
        "imports": sheet_imports_of(request.viewer),
        "now": request.moment,
        "zone": next((request.viewer.zones[ref] for ref in request.viewer.leads), "UTC"),
    }
    return render(request, "support/sheets.html", context, status=REFUSED if form.errors else 200)


def _draw_draft(request: ViewerRequest, row: SheetImport, form: ColumnsForm) -> HttpResponse:
    context = {
        "row": row,
        "form": form,
        "preview": preview(row),
        "most": MOST_SHOWN,
        "zone": row.business.zone,
        "now": request.moment,
    }
    return render(request, "support/sheet_draft.html", context, status=REFUSED if form.errors else 200)


def _draw_progress(request: ViewerRequest, row: SheetImport) -> HttpResponse:
    done = row.state in (ImportState.DONE, ImportState.STOPPED)
    context = {
        "row": row,
        "going": row.state in (ImportState.RUNNING, ImportState.UNDOING),
        "weeks": len(weeks_to_state(engagement=row.engagement, now=request.moment)) if done else 0,
        "problem": fault_in_words(row.problem[0], row.problem[1], translate) if row.problem else "",
        "zone": row.business.zone,
        "now": request.moment,
    }
    return render(request, "support/sheet_progress.html", context)

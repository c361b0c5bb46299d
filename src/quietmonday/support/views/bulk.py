"""The same change on many requests: choose, look what would be changed, change it, undo it for ten minutes."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from quietmonday.people.access import ViewerRequest, signed_in
from quietmonday.people.models import Person
from quietmonday.support.access import Worked, bulk_edit_for, editor, tickets_worked_on
from quietmonday.support.actions.bulk import MOST, UNDO_FOR, TooLate, edit_many, ids_of, undo_many
from quietmonday.support.forms.bulk import BULK_FORMS, BulkForm
from quietmonday.support.models import BulkEdit
from quietmonday.support.queries.filters import QUEUE, Reading
from quietmonday.support.queries.queue import queue_listed
from quietmonday.support.templatetags.bulk_words import edit_words
from quietmonday.support.views.arranged import arrangement_of, list_url

LONGEST_QUERY = 4000  # of a list, as it stands in an address; a longer one leads back to the whole list


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def edit(request: ViewerRequest) -> HttpResponse:
    """Show the chosen requests and what can be done to all of them; do it."""
    person = editor(request.viewer)
    reading = Reading(request.viewer, request.moment)
    needs: dict[str, Any] = {"colleagues": reading.colleagues, "zone": reading.zone, "now": request.moment}
    asked = request.POST.get("do", "") if request.method == "POST" else ""
    refs, more = _chosen(request)
    chosen = tickets_worked_on(request.viewer, refs)
    forms = {
        kind: form(request.POST if kind == asked else None, auto_id=f"{kind}_%s", **needs)
        for kind, form in BULK_FORMS.items()
    }
    if asked in forms and chosen and forms[asked].is_valid():
        return _done(request, person, forms[asked], chosen, gone=len(refs) - len(chosen))
    first = asked or request.GET.get("do", "")
    opening = forms.get(first, next(iter(forms.values())))
    next(iter(opening.fields.values())).widget.attrs["autofocus"] = True
    context = {
        "chosen": [(each, request.viewer.place_names[each.business_id]) for each in chosen],
        "missing": len(refs) - len(chosen),
        "more": more,
        "most": MOST,
        "forms": sorted(forms.items(), key=lambda item: item[0] != first),
        "refused": forms[asked] if asked in forms and chosen else None,
        "back": _back(request),
        "list_url": list_url(QUEUE),
    }
    return render(request, "support/bulk.html", context, status=422 if request.method == "POST" else 200)


@require_GET
@signed_in
def done(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Show what an edit did to each request."""
    found = bulk_edit_for(request.viewer, ref)
    zone = Reading(request.viewer, request.moment).zone
    more = {"list_url": list_url(QUEUE), "zone": zone, "now": request.moment}
    return render(request, "support/bulk_done.html", edit_context(request, found) | more)


@require_POST
@signed_in
def undo(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Put back what an edit changed."""
    found = bulk_edit_for(request.viewer, ref)
    ours = tickets_worked_on(request.viewer, ids_of(found))
    try:
        found = undo_many(edit=found, tickets=ours, now=request.moment)
    except TooLate:
        messages.warning(request, _("That was more than ten minutes ago, so nothing was put back."))
        return redirect("support:queue_edited", found.pk)
    back = sum("back" in line for line in found.undone)
    kept = len([line for line in found.lines if "did" in line]) - back
    said = ngettext("%(n)d request is as it was.", "%(n)d requests are as they were.", back) % {"n": back}
    if not kept:
        messages.success(request, said)
        return redirect(list_url(QUEUE) + _back(request))
    stayed = ngettext("%(n)d was changed since and stays.", "%(n)d were changed since and stay.", kept) % {"n": kept}
    messages.warning(request, " ".join([said, stayed]))
    return redirect("support:queue_edited", found.pk)


def edit_context(request: ViewerRequest, found: BulkEdit) -> dict[str, Any]:
    """Return what pages draw of an edit: its sentence, what was refused, whether it can be undone."""
    names = request.viewer.place_names
    outcome = {line["ticket"]: line for line in found.undone}
    left = UNDO_FOR - (request.moment - found.made_at)
    changed = [line for line in found.lines if "did" in line]
    lines = [
        {
            **line,
            "client_name": names.get(uuid.UUID(line["client"]), ""),
            "url": reverse("support:ticket", args=[line["ticket"]]),
            "undone": outcome.get(line["ticket"]),
        }
        for line in found.lines
    ]
    return {
        "edit": found,
        "edit_says": edit_words(found.kind, found.asked, len(changed)),
        "edit_lines": lines,
        "edit_refused": [line for line in lines if "refused" in line],
        "edit_undoable": bool(changed) and not found.undone_at and left.total_seconds() > 0,
        "edit_until": found.made_at + UNDO_FOR,
    }


def _chosen(request: ViewerRequest) -> tuple[list[uuid.UUID], bool]:
    """Return the requests that are asked for, MOST at most, and whether there are more."""
    given = request.POST if request.method == "POST" else request.GET
    if given.get("which") == "all" and request.method != "POST":
        wanted = arrangement_of(request, QUEUE, dict(request.GET.lists())).wanted
        found = list(queue_listed(request.viewer, wanted).values_list("pk", flat=True)[: MOST + 1])
        return found[:MOST], len(found) > MOST
    refs = list(dict.fromkeys(ref for text in given.getlist("ticket")[: 5 * MOST] if (ref := _ref(text))))
    return refs[:MOST], len(refs) > MOST


def _ref(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _done(request: ViewerRequest, person: Person, form: BulkForm, chosen: list[Worked], *, gone: int) -> HttpResponse:
    made = edit_many(person=person, change=form.change(), tickets=chosen, now=request.moment)
    if gone:
        said = ngettext("%(n)d is not here any more.", "%(n)d are not here any more.", gone)
        messages.warning(request, said % {"n": gone})
    back = QueryDict(_back(request).removeprefix("?"), mutable=True)
    back["edit"] = str(made.pk)
    return redirect(f"{list_url(QUEUE)}?{back.urlencode()}")


def _back(request: ViewerRequest) -> str:
    """The query of the list that they were chosen in."""
    if request.method == "POST":
        back = QueryDict(request.POST.get("back", "")[:LONGEST_QUERY].removeprefix("?"), mutable=True)
    else:
        back = request.GET.copy()
    for key in ("ticket", "which", "do", "edit"):
        back.pop(key, None)
    query = back.urlencode()
    return f"?{query}" if len(query) <= LONGEST_QUERY else ""

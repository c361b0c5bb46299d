"""For whom something is handed in: the engagement that is chosen, or one that two names begin."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from quietmonday.people.access import ViewerRequest
from quietmonday.people.models import Engagement
from quietmonday.support.access import engagements_imported_by
from quietmonday.support.actions.importing import NoSuchPlace, engagement_for_import
from quietmonday.support.forms.parts import HandedInForm


def choices(request: ViewerRequest) -> dict[str, Any]:
    """Return with what a HandedInForm is made; `for` in the address is a business.

    PermissionDenied for whoever may hand nothing in.
    """
    viewer = request.viewer
    if not (viewer.administrator or viewer.leads):
        raise PermissionDenied
    engagements = engagements_imported_by(viewer, request.moment)
    return {
        "engagements": engagements,
        "may_begin": viewer.administrator and not engagements,
        "preferred": request.GET.get("for", ""),
    }


def engagement_of(request: ViewerRequest, form: HandedInForm) -> Engagement | None:
    """Return for whom a valid form hands in; None, and the form says so, if nobody is engaged."""
    try:
        return form.chosen() or engagement_for_import(
            business_name=form.cleaned_data.get("business", ""),
            supplier_name=form.cleaned_data.get("supplier", ""),
            actor=request.viewer.actor(),
            now=request.moment,
        )
    except NoSuchPlace:
        form.add_error(None, _("No supplier is engaged here at the moment. Add one first; nothing was taken in."))
        return None

"""The first pages after the first sign-in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quietmonday.people.access import ViewerRequest, administered
from quietmonday.people.actions.begin import begin as begin_action
from quietmonday.people.forms.begin import BeginForm
from quietmonday.people.forms.refusals import say_why
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.queries import any_business
from quietmonday.people.views.pages import form_page, posted


@require_safe
@administered
def set_up(request: ViewerRequest) -> HttpResponse:
    """Offer to begin, to connect a mailbox, to take in mails or a log of calls."""
    return render(request, "people/set_up.html", {"begun": any_business()})


@require_http_methods(["GET", "HEAD", "POST"])
@administered
def begin(request: ViewerRequest) -> HttpResponse:
    """Make the first business, its supplier and their engagement."""
    form = BeginForm(posted(request))
    account: Any = request.user
    if form.is_valid():
        try:
            began = begin_action(
                **{name: form.cleaned_data[name] for name in BeginForm.base_fields},
                beginner=account,
                invite=True,
                actor=request.viewer.actor(),
                now=request.moment,
            )
        except Refused as refused:
            say_why(form, refused)
        else:
            messages.success(
                request,
                _("%(business)s and %(supplier)s are on one record now.")
                % {"business": began.business.name, "supplier": began.supplier.name},
            )
            return redirect("people:agreement", began.business.pk)
    return form_page(
        request,
        form,
        sentence=_("Say who buys IT support from whom, and who owns that relationship."),
        text=_("Hours and times to answer start with our defaults. Both sides can change them on the next page."),
        button=_("Begin"),
        back=reverse("people:set_up"),
    )

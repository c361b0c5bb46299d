"""Which language the pages have for oneself, and the mails for a business."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quietmonday.people.access import ViewerRequest, business_named_by, signed_in
from quietmonday.people.actions.languages import choose_language, choose_language_of_mails
from quietmonday.people.forms.languages import LanguageForm, MailLanguageForm
from quietmonday.people.views.pages import form_page, posted


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def language(request: ViewerRequest) -> HttpResponse:
    """Choose the language of the pages for oneself."""
    account: Any = request.user
    own = next(iter(request.viewer.persons), None)
    back = reverse("people:person", args=[own]) if own else reverse("people:password")
    form = LanguageForm(posted(request), initial={"language": account.language})
    if form.is_valid():
        chosen = choose_language(
            account=account,
            language=form.cleaned_data["language"],
            actor=request.viewer.actor(),
            now=request.moment,
        )
        # The answer is already in the language chosen; with none chosen the next page asks the browser.
        with translation.override(chosen.language or translation.get_language()):
            messages.success(request, _("Saved."))
        return redirect(back)
    return form_page(
        request,
        form,
        sentence=_("In which language do you read these pages?"),
        text=_("Mails about a business come in the language that the business has chosen."),
        button=_("Save"),
        back=back,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def of_mails(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Choose the language of all mails about a business."""
    business = business_named_by(request.viewer, ref)
    back = reverse("people:agreement", args=[business.pk])
    form = MailLanguageForm(posted(request), initial={"language": business.language})
    if form.is_valid():
        choose_language_of_mails(
            business=business,
            language=form.cleaned_data["language"],
            actor=request.viewer.actor(business.pk),
            now=request.moment,
        )
        messages.success(request, _("Saved."))
        return redirect(back)
    return form_page(
        request,
        form,
        sentence=_("In which language do mails about %(business)s come?") % {"business": business.name},
        text=_("Everybody on both sides gets them so. The pages are in the language that each reader chose."),
        button=_("Save"),
        back=back,
    )

"""All that is held about a person is taken out; who they were is erased."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from quietmonday.people.access import ViewerRequest, grave, person_data_for, person_erasable_by, signed_in
from quietmonday.people.actions.erasing import ASKED_FOR, erase_person
from quietmonday.people.actions.persons import data_taken
from quietmonday.people.forms.keeping import ErasePersonForm
from quietmonday.people.forms.refusals import say_why
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.queries.subjects import subject_file
from quietmonday.people.views.pages import form_page, posted


@require_POST
@signed_in
@grave
def data(request: ViewerRequest, ref: uuid.UUID) -> HttpResponseBase:
    """Hand out all that is held about one person; the journal says so."""
    found = person_data_for(request.viewer, ref)
    name = f"quiet-monday-person-{request.moment:%Y-%m-%d}.zip"
    file = subject_file(found, request.moment)
    data_taken(person=found, actor=request.viewer.actor(found.business_id), now=request.moment)
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Encoding"] = "identity"  # packed already
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@grave
def erase(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Say what goes and what stays, then erase who somebody was."""
    found = person_erasable_by(request.viewer, ref)
    form = ErasePersonForm(posted(request))
    if form.is_valid():
        try:
            erase_person(
                person=found,
                words=form.cleaned_data["words"],
                actor=request.viewer.actor(found.business_id),
                reason=ASKED_FOR,
                now=request.moment,
            )
        except Refused as refused:
            say_why(form, refused)
        else:
            messages.success(request, _("Erased. The journal says that you did, and nothing of who it was."))
            return redirect("people:people")
    return form_page(
        request,
        form,
        sentence=_("Erase who %(name)s was?") % {"name": found.name},
        text=_(
            "Gone for good: the name, addresses, login, and the mails as they came in. What they asked and wrote "
            "stays, under “Erased person”. Their name inside what others wrote stays too, and so do earlier backups."
        ),
        button=_("Erase"),
        back=reverse("people:person", args=[found.pk]),
        grave=True,
    )

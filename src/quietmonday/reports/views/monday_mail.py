"""Whether somebody wants the Monday mail of a business: a page behind a signed link in the mail."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from quietmonday.kit import clock
from quietmonday.kit.actors import Actor
from quietmonday.post.actions.subscriptions import MONDAY, subscribe, unsubscribe
from quietmonday.reports.access import reader_of_mail
from quietmonday.reports.queries.mail import wants_monday


# A mail program posts without our token (RFC 8058, one click). The signed link is the key, and opens nothing else.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def choice(request: HttpRequest, ref: uuid.UUID, person: uuid.UUID, mac: str) -> HttpResponse:
    """Show the choice, and take it. A GET changes nothing: scanners of mail follow links."""
    business, reader = reader_of_mail(ref, person, mac)
    if request.method == "POST":
        change = subscribe if request.POST.get("want") == "yes" else unsubscribe
        actor = Actor(id=reader.pk, name=reader.name, kind="outsider")
        change(business=business, person=reader, topic=MONDAY, actor=actor, now=clock.now())
        if "List-Unsubscribe" in request.POST:  # a program's click: it follows no redirect
            return HttpResponse()
        return redirect("reports:monday_mail", ref, person, mac)
    wanted = wants_monday(business, reader)
    return render(request, "reports/monday_mail.html", {"business": business, "reader": reader, "wanted": wanted})


choice.door = "signed_link"  # type: ignore[attr-defined]  # read by the outsider sweep

"""Whether somebody wants the Monday mail of a business: a page behind a signed link in the mail."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from quietmonday.kit import clock
from quietmonday.kit.actors import Actor
from quietmonday.people.models import Business, Person
from quietmonday.post.actions.subscriptions import MONDAY, subscribe, unsubscribe
from quietmonday.reports.access import reader_of_mail
from quietmonday.reports.queries.mail import wants_monday


# A mail program posts without our token (RFC 8058): that click, and nothing else, is taken so. The link is its key.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def choice(request: HttpRequest, ref: uuid.UUID, person: uuid.UUID, mac: str) -> HttpResponse:
    """Show the choice, and take it. A GET changes nothing: scanners of mail follow links."""
    if request.method == "POST" and request.POST.get("List-Unsubscribe") == "One-Click":
        business, reader = reader_of_mail(ref, person, mac)
        _change(business, reader, wanted=False)
        return HttpResponse()  # a program follows no redirect
    return _page(request, ref, person, mac)


choice.door = "signed_link"  # type: ignore[attr-defined]  # read by the outsider sweep


@csrf_protect
def _page(request: HttpRequest, ref: uuid.UUID, person: uuid.UUID, mac: str) -> HttpResponse:
    business, reader = reader_of_mail(ref, person, mac)
    if request.method == "POST":
        _change(business, reader, wanted=request.POST.get("want") == "yes")
        return redirect("reports:monday_mail", ref, person, mac)
    wanted = wants_monday(business, reader)
    return render(request, "reports/monday_mail.html", {"business": business, "reader": reader, "wanted": wanted})


def _change(business: Business, reader: Person, *, wanted: bool) -> None:
    change = subscribe if wanted else unsubscribe
    actor = Actor(id=reader.pk, name=reader.name, kind="outsider")
    change(business=business, person=reader, topic=MONDAY, actor=actor, now=clock.now())

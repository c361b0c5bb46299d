"""One tap from a mail: is it solved? The signed link is the key, the first tapper's cookie binds it."""

from __future__ import annotations

import hashlib
import secrets
import uuid

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from quietmonday.kit import clock
from quietmonday.kit.actors import Actor
from quietmonday.support.access import feedback_question
from quietmonday.support.actions.answering import AnswerRefused, give_feedback
from quietmonday.support.forms.settling import FeedbackForm
from quietmonday.support.models import FeedbackQuestion
from quietmonday.support.queries.answers import last_answer
from quietmonday.support.views.ticket import REFUSED, see_other

COOKIE = "quietmonday_answer"
_COOKIE_AGE = 15 * 86_400
_MOST_ANSWERS = 20  # an hour, for one question
TOO_MANY = 429


@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, question: uuid.UUID, mac: str) -> HttpResponse:
    """Ask, and take the answer. A GET changes nothing: mail scanners follow links."""
    asked = feedback_question(question, mac)
    now = clock.now()
    path = reverse("support:feedback", args=[asked.id, mac])
    device = request.COOKIES.get(COOKIE, "")
    if request.method != "POST":
        # The cookie comes before the tap: if our answer to the tap is lost, the second tap still knows the first.
        return _with_cookie(request, _draw(request, asked, FeedbackForm(), device), path, device or _new_device())
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return _draw(request, asked, form, device, status=REFUSED)
    if _too_many(asked):
        return _draw(request, asked, form, device, refused="too_many", status=TOO_MANY)
    device = device or _new_device()
    try:
        give_feedback(
            question=asked,
            answer=form.cleaned_data["answer"],
            text=form.cleaned_data["text"],
            actor=Actor(id=asked.person_id, name=asked.person.name, kind="outsider"),
            now=now,
            device=device,
        )
    except AnswerRefused:
        refused = "closed" if now > asked.closes_at else "other_device"
        return _draw(request, asked, form, device, refused=refused, status=403)
    return _with_cookie(request, see_other(path), path, device)


feedback.door = "signed_link"  # type: ignore[attr-defined]  # read by the outsider sweep


def _new_device() -> str:
    return secrets.token_urlsafe(16)


def _with_cookie(request: HttpRequest, response: HttpResponse, path: str, device: str) -> HttpResponse:
    response.set_cookie(
        COOKIE, device, max_age=_COOKIE_AGE, path=path, httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return response


def _too_many(question: FeedbackQuestion) -> bool:
    key = f"feedback:{question.id}"
    cache.add(key, 0, timeout=3600)
    try:
        return cache.incr(key) > _MOST_ANSWERS
    except ValueError:  # it ran out between the two lines
        return False


def _draw(
    request: HttpRequest,
    question: FeedbackQuestion,
    form: FeedbackForm,
    device: str,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    now = clock.now()
    bound_here = bool(device) and question.bound_to == hashlib.sha256(device.encode()).hexdigest()
    elsewhere = bool(question.bound_to) and not bound_here
    context = {
        "question": question,
        "ticket": question.ticket,
        "form": form,
        # What was said is shown to who said it only: the link may have been passed on.
        "answer": last_answer(question) if bound_here else "",
        "closed": now > question.closes_at,
        "elsewhere": elsewhere and refused != "too_many",
        "refused": refused,
        "zone": question.business.zone,
        "now": now,
    }
    return render(request, "support/feedback.html", context, status=status)

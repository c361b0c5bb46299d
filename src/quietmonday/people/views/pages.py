"""What the form pages of people have in common."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def form_page(
    request: HttpRequest,
    form: forms.Form,
    *,
    sentence: str,
    button: str,
    back: str,
    text: str = "",
    grave: bool = False,
    template: str = "people/form.html",
    **more: Any,
) -> HttpResponse:
    """Return the page of a form: the sentence on top, the button's words, where "Not now" leads; 422 if refused."""
    context = {"form": form, "sentence": sentence, "text": text, "button": button, "back": back, "grave": grave}
    return render(request, template, {**context, **more}, status=422 if form.errors else 200)


def posted(request: HttpRequest) -> Any:
    """Return the posted data, or None on a GET: an empty POST is a refused form, not an unasked one."""
    return request.POST if request.method == "POST" else None

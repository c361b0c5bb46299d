"""The skeleton's two pages: five letters, and a table of 25 rows for a session that is kept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from bench.rows_shown import table_of_rows


def hello(request: HttpRequest) -> HttpResponse:
    """Return five letters."""
    return HttpResponse("hello")


def rows(request: HttpRequest) -> HttpResponse:
    """Return the table, after one more count in the session."""
    request.session["seen"] = request.session.get("seen", 0) + 1
    return HttpResponse(table_of_rows(request.session["seen"]))


urlpatterns = [path("bench/hello/", hello), path("bench/rows/", rows)]

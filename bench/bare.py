"""What any Django page costs here: session, user, 25 rows of seven cells, by the same server as the product.

Also counts queries of a request that asks for it, so that measured requests pay nothing for counting.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from bench.rows_shown import table_of_rows
from quietmonday.config.urls import urlpatterns as theirs

ASKED = "HTTP_X_BENCH_COUNT"


def hello(request: HttpRequest) -> HttpResponse:
    """Return five letters: the middleware alone."""
    return HttpResponse("hello")


def user(request: HttpRequest) -> HttpResponse:
    """Return who is signed in: session and account, two queries."""
    return HttpResponse(str(request.user.pk))


def rows(request: HttpRequest) -> HttpResponse:
    """Return a table of 25 rows for whoever is signed in."""
    return HttpResponse(table_of_rows(request.user.pk))


def counted(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Say in headers how many queries an asking request made, and how long it was in the database (ms)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if ASKED not in request.META:
            return get_response(request)
        took: list[float] = []
        with connection.execute_wrapper(_timer(took)):
            response = get_response(request)
        response.headers["X-Bench-Queries"] = str(len(took))
        response.headers["X-Bench-Database-Ms"] = f"{sum(took) * 1000:.2f}"
        return response

    return middleware


def _timer(took: list[float]) -> Callable[..., Any]:
    def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            took.append(time.perf_counter() - began)

    return wrapper


urlpatterns: list[URLPattern | URLResolver] = [
    path("bench/hello/", hello),
    path("bench/user/", user),
    path("bench/rows/", rows),
    *theirs,
]

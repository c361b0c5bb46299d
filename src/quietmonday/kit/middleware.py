"""Headers on every response, and one log line and metric a request."""

import time
import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from prometheus_client import Histogram

from quietmonday.kit.faults import reached

GetResponse = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)

_seconds = Histogram("quietmonday_request_seconds", "Time to answer a request", ["view", "status"])
_log = structlog.get_logger("quietmonday.web")


def headers(get_response: GetResponse) -> GetResponse:
    """Set the security headers on every response, errors and fragments included (outermost middleware)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return middleware


def observed(get_response: GetResponse) -> GetResponse:
    """Log route, status and time; never the path's values, the query or any text a person wrote."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex[:12]
        structlog.contextvars.bind_contextvars(request=request_id)
        started = time.perf_counter()
        try:
            _reached(request, "web.before_view")
            response = get_response(request)
            _reached(request, "web.after_view")
        finally:
            structlog.contextvars.unbind_contextvars("request")
        seconds = time.perf_counter() - started
        match = request.resolver_match
        view = match.view_name if match else "none"
        response.headers["X-Request-Id"] = request_id
        _seconds.labels(view=view or "unnamed", status=str(response.status_code)).observe(seconds)
        _log.info(
            "request",
            request=request_id,
            view=view,
            method=request.method,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        )
        return response

    return middleware


def _reached(request: HttpRequest, point: str) -> None:
    """Only what may change something counts, so that a kill test can name "the second form that is sent"."""
    if request.method == "POST":
        reached(point)

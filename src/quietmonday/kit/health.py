"""Health and metrics endpoints: no names, no text, no ids of anybody."""

import hmac
import ipaddress
import os

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from quietmonday.kit.envelope import SecretUnreadable, root_key
from quietmonday.kit.proxies import CAME_FORWARDED


@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, cache and root key are there, else 503 naming which is not."""
    troubles = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        cache.get("health")
    except DatabaseError:
        troubles.append("database")
    try:
        root_key()
    except SecretUnreadable:
        troubles.append("root key")
    return JsonResponse({"ok": not troubles, "troubles": troubles}, status=503 if troubles else 200)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics, for this machine, or with the token of QUIETMONDAY_METRICS_TOKEN; otherwise as absent."""
    if not _may_read(request):
        raise Http404
    registry: CollectorRegistry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library leaves it untyped
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    token = os.environ.get("QUIETMONDAY_METRICS_TOKEN", "")
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), token.encode())
    # Behind a proxy every request comes from this machine; then only the token opens.
    if request.META.get(CAME_FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False

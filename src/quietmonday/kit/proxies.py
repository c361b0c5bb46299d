"""Whose word counts on where a request came from: that of the proxies we were told of, and nobody else's."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]

HEADERS = (
    *("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT"),
    *("HTTP_X_FORWARDED_SSL", "HTTP_X_FORWARDED_PREFIX", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_X_CLIENT_IP"),
)
CAME_FORWARDED = "quietmonday.came_forwarded"


def forwarded(get_response: GetResponse) -> GetResponse:
    """Drop every forwarding header unless a trusted proxy sent it (outermost middleware).

    The two that we go by, X-Forwarded-For and -Proto, are believed of a trusted proxy alone; the others never. That
    there were any stays in META: what only this machine may see is not shown to what came through a proxy.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.META[CAME_FORWARDED] = any(name in request.META for name in HEADERS)
        believed = HEADERS[:2] if is_trusted(request.META.get("REMOTE_ADDR", "")) else ()
        for name in HEADERS:
            if name not in believed:
                request.META.pop(name, None)
        return get_response(request)

    return middleware


def is_trusted(address: str) -> bool:
    """Return whether the peer at `address` is a proxy of ours."""
    try:
        peer = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(peer, ipaddress.IPv6Address) and peer.ipv4_mapped:
        peer = peer.ipv4_mapped
    return any(peer in network for network in settings.TRUSTED_PROXIES)

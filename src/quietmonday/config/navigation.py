"""What stands around every page: the places, who is signed in, the zone."""

from typing import Any

from django.http import HttpRequest


def around_the_page(request: HttpRequest) -> dict[str, Any]:
    """Return `places`, `who` and `zone_note` for the base template."""
    return {"places": [], "who": "", "zone_note": ""}

"""Look at the installation of the environment as its people do; print what came of it as JSON.

python -m tests.upgrades.look
"""

from __future__ import annotations

import json
import os
from typing import Any


def main() -> None:
    """Open the main pages as the owner of each business and a technician of its supplier."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quietmonday.config.settings")
    import django

    django.setup()
    import time_machine

    from tests.boundaries.sweep.stories import NOW

    with time_machine.travel(NOW, tick=False):
        print(json.dumps({"pages": _pages(), "requests": _count()}))


def _count() -> int:
    from quietmonday.support.models import Ticket

    return Ticket.objects.count()


def _pages() -> dict[str, int]:
    """Return page and reader → status."""
    from django.test import Client

    from quietmonday.people.models import Account, Business, Membership
    from quietmonday.support.models import Ticket
    from tests.cast import sign_in

    found: dict[str, int] = {}
    for name, owner, technician in (
        ("Oakhurst Joinery", "ruth@oakhurst.example", "sam@fennimore.example"),
        ("Tilden Garden Centre", "jo@tilden.example", "lee@brightwell.example"),
    ):
        business = Business.objects.get(name=name)
        works_for = Membership.objects.filter(account__email=technician).values("supplier")
        served = Ticket.objects.filter(
            business=business, parties__engagement__ends_at=None, parties__engagement__supplier__in=works_for
        )
        both = [f"/businesses/{business.pk}/monday/", f"/businesses/{business.pk}/weeks/2026-W44/", "/people/"]
        for email, paths in (
            (
                owner,
                [*both, "/", "/requests/", "/inbox/", "/report/", *_tickets(Ticket.objects.filter(business=business))],
            ),
            (technician, [*both, "/", "/queue/", "/inbox/", *_tickets(served)]),
        ):
            client = Client(SERVER_NAME="localhost")
            sign_in(client, Account.objects.get(email=email))
            for path in paths:
                found[f"{path} as {email}"] = client.get(path, follow=path == "/").status_code
    return found


def _tickets(rows: Any) -> list[str]:
    from django.urls import reverse

    return [reverse("support:ticket", args=[pk]) for pk in rows.order_by("id").values_list("pk", flat=True).distinct()]


if __name__ == "__main__":
    main()

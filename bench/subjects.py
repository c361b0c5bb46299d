"""Which rows of a filled installation the pages are measured on; printed as JSON."""

import json
import os


def main() -> None:
    """Print ids: the steady business, its newest open request with three messages, a business that grew."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quietmonday.config.settings")
    django.setup()
    from quietmonday.people.models import Business
    from quietmonday.support.models import Ticket

    steady, grown = Business.objects.order_by("name")[:2]
    ticket = Ticket.objects.filter(business=steady, state="open").order_by("-opened_at").first()
    if ticket is None:
        ticket = Ticket.objects.filter(business=steady).latest("opened_at")
    print(json.dumps({"business": str(steady.id), "grown": str(grown.id), "ticket": str(ticket.id)}))


if __name__ == "__main__":
    main()

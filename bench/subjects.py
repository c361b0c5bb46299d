"""Which rows of a filled installation the pages are measured on; printed as JSON."""

import json
import os


def main() -> None:
    """Print ids: the steady business, its newest open request, a business that grew, a settled week."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quietmonday.config.settings")
    django.setup()
    from quietmonday.people.models import Business
    from quietmonday.support.models import Statement, Ticket

    steady, grown = Business.objects.order_by("name")[:2]
    ticket = Ticket.objects.filter(business=steady, state="open").order_by("-opened_at").first()
    if ticket is None:
        ticket = Ticket.objects.filter(business=steady).latest("opened_at")
    week = Statement.objects.filter(business=steady).order_by("-week").values_list("week", flat=True)[4]
    print(json.dumps({"business": str(steady.id), "grown": str(grown.id), "ticket": str(ticket.id), "week": week}))


if __name__ == "__main__":
    main()

"""Which rows of a filled installation the pages are measured on; printed as JSON."""

import json
import os


def main() -> None:
    """Print ids: a steady business, its newest open request, one that grew, a settled week; the size of the search."""
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
    chosen = {"business": str(steady.id), "grown": str(grown.id), "ticket": str(ticket.id), "week": week}
    print(json.dumps(chosen | {"search_mib": search_mib()}))


def search_mib() -> float:
    """Return about how much of the database the search takes."""
    from django.db import connection

    size = (
        "SELECT pg_total_relation_size('support_search')"
        if connection.vendor == "postgresql"
        # Of each row besides its texts: two ids, here and in the index of requests, and what holds it together.
        else (
            "SELECT (SELECT sum(length(block)) FROM support_search_keys_data) + (SELECT sum(160 + "
            "length(words) + length(writer) + length(files) + length(marks)) FROM support_search)"
        )
    )
    with connection.cursor() as cursor:
        cursor.execute(size)
        return float(cursor.fetchone()[0]) / 2**20


if __name__ == "__main__":
    main()

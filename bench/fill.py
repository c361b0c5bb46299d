"""Fill the database of the environment with years of history.

    python -m bench.fill --size S

Firms and people come from the product's actions; requests are written in bulk, judged by its rules, told to the journal
and sealed week by week. Refuses a database that holds a business.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import time
from collections.abc import Callable

from bench.sizes import SIZES, ZONE, Size


def main() -> None:
    """Read the command line; fill; print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=sorted(SIZES), default="S")
    size = SIZES[parser.parse_args().size]
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quietmonday.config.settings")
    django.setup()
    from quietmonday.config.running import prepare

    prepare()
    began = time.perf_counter()
    fill(size, now=dt.datetime.now(dt.UTC), say=lambda line: print(line, file=sys.stderr, flush=True))
    seconds = time.perf_counter() - began
    print(f"{size.name}: {size.tickets:,} requests in {seconds:.0f} s, {size.tickets / seconds:.0f} a second")


def fill(size: Size, *, now: dt.datetime, say: Callable[[str], None]) -> None:
    """Fill an empty database with `size` up to `now`; `say` gets a line of progress now and then."""
    from django.db import connection, transaction

    from bench.filing import Filing
    from bench.firms import make_firms
    from bench.mondays import Years
    from bench.stories import stories
    from quietmonday.people.models import Business
    from quietmonday.support.actions.indexing import tidy_search
    from quietmonday.support.logic.week import bounds, week_of

    if Business.objects.exists():
        raise SystemExit("This database holds businesses: a bench fills an empty one.")
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")  # of this connection: a crash here costs a throw-away file
            cursor.execute("PRAGMA cache_size=-200000")
    week = week_of(now - dt.timedelta(weeks=size.weeks), ZONE)
    begin, ends_at = bounds(week, ZONE)
    with transaction.atomic():
        firms = make_firms(size, now=begin)
    filing, years = Filing(firms), Years(firms.clients, now)
    coming = stories(size, begin=begin, end=now)
    story, done, began = next(coming, None), 0, time.perf_counter()
    while begin <= now:
        told = []
        while story is not None and story.opened < ends_at:
            told.append(story)
            story = next(coming, None)
        with transaction.atomic():
            tickets, events = filing.file(told)
            years.keep(week, tickets, events)
        done += len(told)
        if week.number % 13 == 0:
            say(f"{week.key}: {done:,} of {size.tickets:,} requests, {time.perf_counter() - began:.0f} s")
        week = week.next()
        begin, ends_at = bounds(week, ZONE)
    with transaction.atomic():
        years.close()
        filing.close()
    _stand_open(now)
    tidy_search()  # what the product does at night
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # what autovacuum does within the minute; on SQLite nobody does it


def _stand_open(now: dt.datetime) -> None:
    """Let the product work out deadlines and whose move it is, for what is open."""
    from django.db import transaction

    from quietmonday.support.actions.verdicts import refresh
    from quietmonday.support.models import Ticket, TicketState
    from quietmonday.support.queries.tickets import locked

    with transaction.atomic():
        for ticket_id in list(Ticket.objects.filter(state=TicketState.OPEN).values_list("id", flat=True)):
            refresh(ticket=locked(ticket_id), now=now)


if __name__ == "__main__":
    main()

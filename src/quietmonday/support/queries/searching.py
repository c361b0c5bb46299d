"""Words in a list of tickets: numbers, words of the subject, names of requesters."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from quietmonday.support.models import Ticket

NEWEST = 10_000  # a search looks at so many tickets at most: its time is bounded whatever the history
_MOST_WORDS = 6


def searched(tickets: QuerySet[Ticket], words: str) -> QuerySet[Ticket]:
    """Return those of the newest `NEWEST` of `tickets` that carry every word, or have the number."""
    words = words.strip()
    number = words.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 10:
        return tickets.filter(work_item__number=int(number))
    newest = tickets.order_by("-id").values("pk")[:NEWEST]
    found = Ticket.objects.filter(pk__in=newest)
    for word in words.split()[:_MOST_WORDS]:
        found = found.filter(Q(subject__icontains=word) | Q(requester__name__icontains=word))
    return found

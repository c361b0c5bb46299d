"""Reads of periods."""

from quietmonday.people.models import Business, Period


def periods_of(business: Business) -> dict[str, Period]:
    """Return the periods that the business set, by kind: one query."""
    return {period.kind: period for period in Period.objects.filter(business=business)}

"""Shells: Monday at 07:30 in each business's zone."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from quietmonday.kit.topics import handles, scheduled
from quietmonday.people.logic.calendar import to_utc
from quietmonday.people.models import Business
from quietmonday.reports.actions.monday_mail import keep_monday
from quietmonday.support.logic.week import bounds, week_from_key, week_of

AT = dt.time(7, 30)


@handles("reports.monday", _("Write the Monday of a business: statement, seal and mails"))
def monday_morning(ids: Mapping[str, str], now: dt.datetime) -> None:
    """One business's Monday. The slot names the business and the week that is over."""
    business_id, _, week = ids["slot"].partition(":")
    keep_monday(business=Business.objects.get(pk=uuid.UUID(business_id)), week=week_from_key(week), now=now)


def due_mondays(now: dt.datetime) -> Iterable[str]:
    """Return a key for each business whose Monday 07:30 of this week has come: the business and the week before.

    A scheduler that was down on Monday catches up until Sunday. A week before the record began has no Monday.
    """
    for business_id, zone, began_at in Business.objects.values_list("id", "zone", "began_at"):
        this_week = week_of(now, zone)
        last_week = this_week.previous()
        if began_at < bounds(last_week, zone)[1] and now >= to_utc(dt.datetime.combine(this_week.monday, AT), zone):
            yield f"{business_id}:{last_week.key}"


scheduled("reports.monday", due_mondays)

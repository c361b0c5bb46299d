"""Weeks that were over before the record began are stated from what was imported of them, long after."""

import datetime as dt
import uuid

from django.db import transaction

from quietmonday.kit.faults import reached
from quietmonday.outbox.actions import put
from quietmonday.people.models import Engagement
from quietmonday.support.actions.statements import SETTLED, freeze_statement
from quietmonday.support.logic.week import Week, settled_at
from quietmonday.support.models import Statement
from quietmonday.support.queries.past_weeks import weeks_imported

STATE = "support.state_past_weeks"
IMPORT = "import"


def weeks_to_state(*, engagement: Engagement, now: dt.datetime) -> list[Week]:
    """Return the weeks with imported calls that nobody has stated and that are old enough to be settled."""
    zone = engagement.business.zone
    stated = set(Statement.objects.filter(engagement=engagement).values_list("week", flat=True))
    weeks = weeks_imported(engagement)
    return [week for week in weeks if week.key not in stated and settled_at(week, zone) <= now]


def state_past_weeks(*, engagement_id: uuid.UUID, now: dt.datetime) -> list[str]:
    """State every such week once, each in its own transaction; return their keys ("2016-W09").

    Only settled statements: nobody stated them provisionally on the Monday after. They say when they were made and of
    what, and nobody is mailed. Run again it states what is left.
    """
    engagement = Engagement.objects.select_related("business", "supplier").get(pk=engagement_id)
    done = []
    for week in weeks_to_state(engagement=engagement, now=now):
        freeze_statement(engagement=engagement, week=week, kind=SETTLED, now=now, basis=IMPORT)
        reached("support.state_past_weeks.after_statement")
        done.append(week.key)
    return done


@transaction.atomic
def ask_for_past_weeks(*, engagement: Engagement, now: dt.datetime) -> None:
    """Let a worker state them. Each statement writes its own entry."""
    put(topic=STATE, ids={"engagement": str(engagement.id)}, now=now, business_id=engagement.business_id)

"""An administrator looks around as somebody made up, and comes back: the installation's chain says so."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from quietmonday.journal.actions import append
from quietmonday.kit.actors import Actor
from quietmonday.people.models import Account


@transaction.atomic
def looked_in(*, account: Account, actor: Actor, now: dt.datetime) -> None:
    """Write down who looks around as whom."""
    _tell("demo.looked_in", account, actor, now)


@transaction.atomic
def came_back(*, account: Account, actor: Actor, now: dt.datetime) -> None:
    """Write down that whoever looked around is themselves again."""
    _tell("demo.came_back", account, actor, now)


def _tell(verb: str, account: Account, actor: Actor, now: dt.datetime) -> None:
    append(
        verb=verb,
        actor=actor,
        business_id=None,
        engagement_ids=(),
        subject=("account", account.pk),
        payload={"account": account.email},
        occurred_at=now,
        recorded_at=now,
    )

"""Regular mails: not wanted any more, and wanted again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from quietmonday.journal.actions import append
from quietmonday.kit.actors import Actor
from quietmonday.people.models import Business, Person
from quietmonday.post.models import Unsubscription

MONDAY = "monday"
"""The page of Monday morning, by mail."""


@transaction.atomic
def unsubscribe(*, business: Business, person: Person, topic: str, actor: Actor, now: dt.datetime) -> None:
    """Send no more mails of `topic` about the business to the person. Twice is once."""
    Business.objects.select_for_update().get(pk=business.pk)
    if Unsubscription.objects.filter(business=business, person=person, topic=topic).exists():
        return
    Unsubscription.objects.create(business=business, person=person, topic=topic, since=now)
    _tell("subscription.ended", business, person, topic, actor, now)


@transaction.atomic
def subscribe(*, business: Business, person: Person, topic: str, actor: Actor, now: dt.datetime) -> None:
    """Send mails of `topic` about the business to the person again. Twice is once."""
    Business.objects.select_for_update().get(pk=business.pk)
    gone, _ = Unsubscription.objects.filter(business=business, person=person, topic=topic).delete()
    if gone:
        _tell("subscription.begun", business, person, topic, actor, now)


def _tell(verb: str, business: Business, person: Person, topic: str, actor: Actor, now: dt.datetime) -> None:
    append(
        verb=verb,
        actor=actor,
        business_id=business.pk,
        engagement_ids=(),
        subject=("person", person.pk),
        payload={"topic": topic, "person": str(person.pk)},
        occurred_at=now,
        recorded_at=now,
    )

"""Which language somebody reads the pages in, and in which a business gets its mails."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction

from quietmonday.journal.actions import append
from quietmonday.kit.actors import Actor
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Account, Business


@transaction.atomic
def choose_language(*, account: Account, language: str, actor: Actor, now: dt.datetime) -> Account:
    """Return the account, which reads pages in `language` from now on; empty: as its browser asks.

    Raises Refused (language).
    """
    row = Account.objects.select_for_update().get(pk=account.pk)
    before, row.language = row.language, known_language(language) if language else ""
    if row.language == before:
        return row
    row.save(update_fields=["language"])
    append(
        verb="account.language_chosen",
        actor=actor,
        business_id=None,
        engagement_ids=(),
        subject=("account", row.pk),
        payload={"account": row.email, "before": before, "language": row.language},
        occurred_at=now,
        recorded_at=now,
    )
    return row


@transaction.atomic
def choose_language_of_mails(*, business: Business, language: str, actor: Actor, now: dt.datetime) -> Business:
    """Return the business, about which mails are written in `language` from now on. Raises Refused (language)."""
    row = Business.objects.select_for_update().get(pk=business.pk)
    before, row.language = row.language, known_language(language)
    if row.language == before:
        return row
    row.save(update_fields=["language"])
    append(
        verb="business.language_chosen",
        actor=actor,
        business_id=row.pk,
        engagement_ids=(),
        subject=("business", row.pk),
        payload={"before": before, "language": row.language},
        occurred_at=now,
        recorded_at=now,
    )
    return row


def known_language(language: str) -> str:
    """Return `language`. Raises Refused (language) if the product does not speak it."""
    if language not in dict(settings.LANGUAGES):
        raise Refused("language")
    return language

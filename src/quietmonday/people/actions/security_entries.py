"""What changes how an account signs in is told twice: to the journal, and by mail to the account's owner."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from quietmonday.journal.actions import append
from quietmonday.kit.actors import Actor
from quietmonday.kit.endings import ending_verbs
from quietmonday.kit.ids import new_id
from quietmonday.outbox.actions import enqueue_mail
from quietmonday.people.actions.ended_list import must_stay_ended
from quietmonday.people.models import Account


def tell(
    account: Account,
    verb: str,
    *,
    subject: tuple[str, uuid.UUID],
    what: str,
    now: dt.datetime,
    payload: Mapping[str, Any] | None = None,
) -> None:
    """Write the entry and the mail (`what`: one sentence, its first line), in the caller's transaction."""
    append(
        verb=verb,
        actor=Actor(id=account.pk, name=account.email),
        business_id=None,
        engagement_ids=(),
        subject=subject,
        payload={"account": account.email, **(payload or {})},
        occurred_at=now,
        recorded_at=now,
    )
    mail_notice(account, what, now=now)
    if verb in ending_verbs():
        must_stay_ended(now)


def mail_notice(account: Account, what: str, *, now: dt.datetime) -> None:
    """Write down a mail to the account's owner that says `what` happened, and what to do if it was not them."""
    ref = new_id()
    enqueue_mail(
        key=f"people.notice:{ref}",
        recipient=account.email,
        sender=settings.DEFAULT_FROM_EMAIL,
        subject=_("Your sign-in to Quiet Monday"),
        text=_(
            "%(what)s\n\n"
            "If it was you, there is nothing to do.\n\n"
            "If it was not, sign in, end every other sign-in and take away what is not yours: %(address)s\n"
            "Then tell whoever runs this installation.\n"
        )
        % {"what": what, "address": settings.ADDRESS + reverse("people:ways")},
        headers={"Auto-Submitted": "auto-generated"},
        message_id=f"<notice.{ref}@{settings.HOST}>",
        now=now,
    )

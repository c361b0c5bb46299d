"""A mailbox brings nothing in: whoever looks after it is told, once a gap."""

from __future__ import annotations

import datetime as dt
import uuid
from email.utils import make_msgid

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from quietmonday.outbox.actions import enqueue_mail
from quietmonday.post.models import IntakeGap, Mailbox
from quietmonday.support.queries.routes import AUTOMATIC, Keeper, who_keeps_mailbox


@transaction.atomic
def tell_mailbox_unread(*, gap_id: uuid.UUID, now: dt.datetime) -> None:
    """Mail those who look after the mailbox, unless it is read again by now, paused or disconnected."""
    gap = IntakeGap.objects.select_related("mailbox", "mailbox__business").get(pk=gap_id)
    mailbox = gap.mailbox
    if gap.until_at is not None or mailbox.ended_at is not None or mailbox.paused_at is not None:
        return
    language = mailbox.business.language if mailbox.business else settings.LANGUAGE_CODE
    for keeper in who_keeps_mailbox(mailbox, now):
        with translation.override(language):
            _mail(gap, mailbox, keeper, now)


def _mail(gap: IntakeGap, mailbox: Mailbox, keeper: Keeper, now: dt.datetime) -> None:
    again = mailbox.sign_in_again_since is not None
    subject = _("Sign in again for %(address)s") if again else _("%(address)s cannot be read")
    context = {
        "name": keeper.name,
        "mailbox": mailbox,
        "again": again,
        "why": _(mailbox.last_error),
        "since": gap.from_at,
        "now": now,
        "zone": mailbox.business.zone if mailbox.business else "UTC",
        "address": settings.ADDRESS + reverse("support:mailbox", args=[mailbox.id]),
    }
    enqueue_mail(
        key=f"unread:{gap.id}:{'again' if again else 'away'}:{keeper.address}",
        recipient=keeper.address,
        sender=settings.DEFAULT_FROM_EMAIL,
        subject=subject % {"address": mailbox.address},
        text=render_to_string("support/mail/mailbox_unread.txt", context),
        headers=AUTOMATIC,
        message_id=make_msgid("unread", domain=settings.HOST),
        now=now,
        business_id=mailbox.business_id,
    )

"""Somebody must say who unknown senders are: once an hour at most, those who decide are told that it is so."""

from __future__ import annotations

import datetime as dt
import uuid
from email.utils import make_msgid

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from quietmonday.outbox.actions import enqueue_mail, put
from quietmonday.outbox.queries import mails_made_to
from quietmonday.people.models import Business
from quietmonday.post.models import InboxItem
from quietmonday.support.queries.routes import AUTOMATIC, Keeper, who_decides_about_senders

MOST_A_DAY = 4
SHOWN = 5
_HOUR = dt.timedelta(hours=1)


def ask_within_the_hour(*, supplier_id: uuid.UUID | None, business_id: uuid.UUID | None, now: dt.datetime) -> None:
    """Put that those who decide are told at the end of this hour; stands in the caller's transaction. Twice is once."""
    put(
        topic="support.senders_ask",
        ids={"supplier": str(supplier_id or ""), "business": str(business_id or "")},
        now=now,
        due_at=now.replace(minute=0, second=0, microsecond=0) + _HOUR,
        key=f"asks:{supplier_id}:{business_id}:{now:%Y%m%d%H}",
        business_id=business_id,
    )


@transaction.atomic
def tell_who_asks(*, supplier_id: uuid.UUID | None, business_id: uuid.UUID | None, now: dt.datetime) -> None:
    """Mail those who decide which senders wait, if any still do. Told four times within a day, they hear more tomorrow.

    No word of the mails goes out but sender and subject: who decides reads the rest on the page.
    """
    asking = InboxItem.objects.filter(asks_at__isnull=False, supplier=supplier_id, business=business_id)
    newest = list(asking.order_by("-asks_at", "-id")[: 10 * SHOWN])
    senders = {item.sender: item for item in reversed(newest)}
    if not senders:
        return
    business = Business.objects.filter(pk=business_id).first() if business_id else None
    for keeper in who_decides_about_senders(supplier_id=supplier_id, business_id=business_id, now=now):
        if mails_made_to(keeper.address, key_prefix="asks:", since=now - dt.timedelta(days=1)) >= MOST_A_DAY:
            ask_within_the_hour(supplier_id=supplier_id, business_id=business_id, now=now + dt.timedelta(days=1))
            continue
        with translation.override(business.language if business else settings.LANGUAGE_CODE):
            _mail(keeper, list(senders.values()), business_id, now)


def _mail(keeper: Keeper, items: list[InboxItem], business_id: uuid.UUID | None, now: dt.datetime) -> None:
    subject = ngettext("%(n)d sender waits for your word", "%(n)d senders wait for your word", len(items))
    context = {
        "person": keeper,
        "items": items[-SHOWN:],
        "more": max(0, len(items) - SHOWN),
        "address": settings.ADDRESS + reverse("support:inbox"),
    }
    enqueue_mail(
        key=f"asks:{keeper.id}:{now:%Y%m%d%H}",
        recipient=keeper.address,
        sender=settings.DEFAULT_FROM_EMAIL,
        subject=subject % {"n": len(items)},
        text=render_to_string("support/mail/senders_ask.txt", context),
        headers=AUTOMATIC,
        message_id=make_msgid("senders", domain=settings.HOST),
        now=now,
        business_id=business_id,
    )

"""Whoever answers for a firm is told when its webhooks do something that nobody may miss."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from quietmonday.integrations.models import Webhook
from quietmonday.kit.ids import new_id
from quietmonday.outbox.actions import enqueue_mail
from quietmonday.people.access import holding
from quietmonday.people.models import Membership, Role


def tell_who_answers(*, webhook: Webhook, what: str, now: dt.datetime) -> None:
    """Write down a mail to each owner of the business, or manager of the supplier; in the caller's transaction."""
    place = webhook.business or webhook.supplier
    role = Role.OWNER if webhook.business_id else Role.MANAGER
    held = Membership.objects.filter(
        holding(now), role=role, business=webhook.business_id, supplier=webhook.supplier_id, account__is_active=True
    )
    language = webhook.business.language if webhook.business else settings.LANGUAGE_CODE
    for address in sorted(set(held.values_list("account__email", flat=True))):
        ref = new_id()
        with translation.override(language):
            subject, text = _words(webhook, what, place.name if place else "")
        enqueue_mail(
            key=f"integrations.webhook:{ref}",
            recipient=address,
            sender=settings.DEFAULT_FROM_EMAIL,
            subject=subject,
            text=f"{text}\n\n{settings.ADDRESS}{reverse('integrations:webhook', args=[webhook.pk])}\n",
            headers={"Auto-Submitted": "auto-generated"},
            message_id=f"<webhook.{ref}@{settings.HOST}>",
            now=now,
            business_id=webhook.business_id,
        )


def _words(webhook: Webhook, what: str, firm: str) -> tuple[str, str]:
    told = {"host": webhook.host, "firm": firm, "name": webhook.by_name}
    if what == "added":
        return _("Another server hears of %(firm)s") % told, _(
            "%(name)s added a webhook: from now on %(host)s is told of what happens at %(firm)s. "
            "If that is not meant to be, end it:"
        ) % told
    if what == "moved":
        return _("A webhook of %(firm)s leads elsewhere now") % told, _(
            "From now on %(host)s is told of what happens at %(firm)s. If that is not meant to be, end it:"
        ) % told
    if what == "nobody":
        return _("A webhook of %(firm)s is paused") % told, _(
            "%(host)s is told nothing more, because %(name)s, as whom it saw, has no such role any more. "
            "Resume it in your own name, or end it:"
        ) % told
    return _("A webhook of %(firm)s is paused") % told, _(
        "%(host)s has not taken what we sent for three days, so it is told nothing more. "
        "Mend the server, then resume it; what happened meanwhile stands on the record:"
    ) % told

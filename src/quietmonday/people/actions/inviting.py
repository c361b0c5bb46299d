"""Invitations: whoever got a role and never signed in is told where to come, by whom, and as what.

The mail holds no key. At the sign-in page a code is mailed to the same address and proves it; a link that lets its
holder in would lie in a mailbox for days, and be forwarded.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from quietmonday.journal.actions import Event, append_many
from quietmonday.kit.actors import Actor
from quietmonday.kit.ids import new_id
from quietmonday.outbox.actions import enqueue_mail
from quietmonday.outbox.queries import mails_made_to
from quietmonday.people.access import holding
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Account, Address, Membership, Role

MOST_A_DAY = 3
"""To one address, whoever invites and however often: nobody is bombed in another's name."""

_KEY = "people.invitation:"
_DAY = dt.timedelta(days=1)


@transaction.atomic
def invite_again(*, membership: Membership, actor: Actor, now: dt.datetime) -> Membership:
    """Mail the invitation once more; return the role with the moment of it.

    Raises Refused: came_already, role_over, invited_enough (three within a day), mail_fails (mail there came back for
    good).
    """
    row = Membership.objects.select_related("account", "person", "business", "supplier").get(pk=membership.pk)
    if not Membership.objects.filter(holding(now), pk=row.pk).exists():
        raise Refused("role_over")
    append_many([_invite(row, actor, now)])
    return row


def invited(membership: Membership, *, actor: Actor, now: dt.datetime) -> list[Event]:
    """Invite whoever just got a role; return what the journal says of it: nothing if there was nobody to invite.

    In the caller's transaction. Somebody who signed in before knows the way; past the limit the role holds all the
    same, and the person's page says that nobody was told.
    """
    try:
        return [_invite(membership, actor, now)]
    except Refused:
        return []


def _invite(membership: Membership, actor: Actor, now: dt.datetime) -> Event:
    # Locked by the account, so that two who invite at once are counted one after the other.
    account = Account.objects.select_for_update().get(pk=membership.account_id)
    if account.last_login is not None:
        raise Refused("came_already")
    failing = Address.objects.filter(failed_at__isnull=False, failed_for_good=True)
    if failing.filter(person=membership.person_id, email=account.email).exists():
        raise Refused("mail_fails")
    if mails_made_to(account.email, key_prefix=_KEY, since=now - _DAY) >= MOST_A_DAY:
        raise Refused("invited_enough")
    _mail(account, membership, actor, now)
    membership.invited_at = now
    membership.save(update_fields=["invited_at"])
    return Event(
        verb="account.invited",
        actor=actor,
        business_id=membership.business_id,
        engagement_ids=(),
        subject=("account", account.pk),
        payload={
            "person": membership.person_id,
            "name": membership.person.name if membership.person else None,
            "account": account.email,
            "role": membership.role,
        },
        occurred_at=now,
        recorded_at=now,
    )


def _mail(account: Account, membership: Membership, actor: Actor, now: dt.datetime) -> None:
    ref = new_id()
    with override(membership.business.language if membership.business else settings.LANGUAGE_CODE):
        words = {
            "inviter": actor.name,
            "place": _place(membership),
            "role": Role(membership.role).label,
            "email": account.email,
            "address": settings.ADDRESS + reverse("account_request_login_code"),
        }
        subject = _("%(inviter)s invites you to the record of %(place)s") % words
        text = (
            _(
                "%(inviter)s has put you on the record of IT support of %(place)s. Your role there: %(role)s.\n\n"
                "To come in, open this page and type %(email)s. A code is then mailed to you.\n"
                "%(address)s\n\n"
                "You need no password. This mail is no key: nobody comes in with it alone.\n"
                "If you do not know %(inviter)s, you need not do anything.\n"
            )
            % words
        )
    enqueue_mail(
        key=f"{_KEY}{ref}",
        recipient=account.email,
        sender=settings.DEFAULT_FROM_EMAIL,
        subject=subject,
        text=text,
        headers={"Auto-Submitted": "auto-generated"},
        message_id=f"<invitation.{ref}@{settings.HOST}>",
        now=now,
        business_id=membership.business_id,
    )


def _place(membership: Membership) -> str:
    place = membership.business or membership.supplier
    return place.name if place else _("this installation")

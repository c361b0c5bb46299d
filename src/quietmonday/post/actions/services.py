"""As what this installation is registered where tokens for mailboxes come from."""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from quietmonday.journal.actions import append
from quietmonday.kit.actors import SYSTEM, Actor
from quietmonday.kit.envelope import open_secret, seal_secret
from quietmonday.people.actions.ended_list import must_stay_ended
from quietmonday.people.models import Supplier
from quietmonday.post.logic.tokens import Client
from quietmonday.post.models import Mailbox, MailService


class StillUsed(Exception):
    """Mailboxes that are connected get their tokens there."""


@transaction.atomic
def add_service(
    *, supplier: Supplier | None, values: dict[str, Any], secret: str, actor: Actor, now: dt.datetime
) -> MailService:
    """Store a registration with its secret sealed; return it."""
    service = MailService(supplier=supplier, made_at=now, **values)
    if secret:
        service.sealed_secret = seal_secret(secret.encode(), service.secret_context())
    service.save()
    _tell(service, "added", sorted(values), actor, now)
    return service


@transaction.atomic
def change_service(
    *, service: MailService, values: dict[str, Any], secret: str, actor: Actor, now: dt.datetime
) -> MailService:
    """Write new values; an empty secret leaves the old one, unless it would now go to another server."""
    service = MailService.objects.select_for_update(of=("self",)).get(pk=service.pk)
    changed = sorted(name for name, value in values.items() if getattr(service, name) != value)
    if {"exchange_url", "client_id"} & set(changed):
        service.sealed_secret = b""
        # What one server gave is not shown to another.
        rows = Mailbox.objects.filter(service=service, ended_at=None)
        rows.update(sealed_refresh_token=b"", sealed_access_token=b"", access_until=None)
        rows.filter(sign_in_again_since=None, service__flow="person").update(sign_in_again_since=now)
    for name, value in values.items():
        setattr(service, name, value)
    if secret:
        service.sealed_secret = seal_secret(secret.encode(), service.secret_context())
        changed.append("secret")
    service.save()
    Mailbox.objects.filter(service=service).update(next_try_at=None)
    _tell(service, "changed", changed, actor, now)
    return service


@transaction.atomic
def end_service(*, service: MailService, actor: Actor, now: dt.datetime) -> None:
    """Forget a registration and its secret. Raises StillUsed."""
    service = MailService.objects.select_for_update(of=("self",)).get(pk=service.pk)
    if Mailbox.objects.filter(service=service, ended_at=None).exists():
        raise StillUsed
    if service.ended_at is not None:
        return
    service.ended_at, service.sealed_secret = now, b""
    service.save(update_fields=["ended_at", "sealed_secret"])
    _tell(service, "ended", [], actor, now)
    must_stay_ended(now)


def end_service_again(ref: uuid.UUID, when: dt.datetime, now: dt.datetime) -> str:
    """After a restore: a registration that was forgotten since (kit.endings), and what mailboxes have from there."""
    service = MailService.objects.filter(pk=ref, ended_at=None).first()
    if service is None:
        return ""
    rows = Mailbox.objects.filter(service=service, ended_at=None)
    rows.update(sealed_refresh_token=b"", sealed_access_token=b"", access_until=None, sign_in_again_since=now)
    service.ended_at, service.sealed_secret = now, b""
    service.save(update_fields=["ended_at", "sealed_secret"])
    _tell(service, "ended", [], SYSTEM, now)
    return f"the registration at {service.name}, where tokens for mailboxes come from"


def client_of(service: MailService) -> Client:
    """Return as what we ask there. Raises SecretUnreadable."""
    sealed = bytes(service.sealed_secret)
    secret = open_secret(sealed, service.secret_context()).decode() if sealed else ""
    return Client(service.client_id, secret, service.scopes)


def _tell(service: MailService, verb: str, what: list[str], actor: Actor, now: dt.datetime) -> None:
    append(
        verb=f"mail_service.{verb}",
        actor=actor,
        business_id=None,
        engagement_ids=[],
        subject=("mail_service", service.id),
        payload={"name": service.name, "what": what},
        occurred_at=now,
        recorded_at=now,
    )

"""Who somebody was goes off the record: their name, their addresses, their login, and wherever else they are named."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from quietmonday.journal.actions import UNTOUCHED, Event, erase_payloads
from quietmonday.journal.models import Entry
from quietmonday.journal.queries import entries_naming
from quietmonday.kit.actors import Actor
from quietmonday.kit.names import without_names
from quietmonday.kit.records import Record
from quietmonday.outbox.actions.forgetting import forget_recipients
from quietmonday.people.access import holding
from quietmonday.people.actions.sessions import drop_sessions
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import (
    Account,
    Address,
    CodeApp,
    Engagement,
    Identity,
    Membership,
    MovedReference,
    Passkey,
    Person,
    RecoveryCode,
    SignInLink,
    Token,
)
from quietmonday.people.queries.merging import everyone_who_is

ASKED_FOR = "asked for"
"""The reason of an erasure that somebody wished; others name the period that is over."""

OWN_SUBJECTS = ("person", "membership", "account", "sign_in_link", "passkey", "code_app", "identity", "token")
"""What entries tell of that are about the person and nothing else: of these nothing stays."""


@dataclasses.dataclass(frozen=True, slots=True)
class Forgotten:
    """Who is being erased, for the areas that hold something of theirs."""

    person: Person
    ids: frozenset[uuid.UUID]  # the person, and who was merged into them
    names: frozenset[str]  # by which they were known
    emails: frozenset[str]  # from which they wrote
    instead: str  # what stands in the place of the name
    words: bool  # what they wrote goes too
    actor: Actor
    now: dt.datetime


Forget = Callable[[Forgotten], Sequence[Event]]
"""Take the person out of an area's own tables, in the caller's transaction; return what the journal is to say of it.
What it said before is not the area's business."""

_parts: list[Forget] = []


def register_forgetting(forget: Forget) -> None:
    """Have `erase_person` call `forget`; an area does so when Django starts."""
    if forget not in _parts:
        _parts.append(forget)


@transaction.atomic
def erase_person(*, person: Person, words: bool, actor: Actor, reason: str, now: dt.datetime) -> Person:
    """Erase who a person of a business was; return the row, which stays so that what they asked stays theirs.

    Gone: name, job, phone, addresses, the login if it serves nobody else, raw mails from them, and their name wherever
    it stands by itself, in tables and in the journal; with `words` also what they wrote. What stays of an entry is
    sealed anew with the erasure. Left: their name inside what others wrote. Twice is once.
    Who was merged into them goes too, and the merge can be undone no more.
    Raises Refused: not_ours (of a supplier), merged_already (erase whom they were merged into), has_roles, is_named
    (they answer for an open engagement).
    """
    row = Person.objects.select_for_update(of=("self",)).select_related("business").get(pk=person.pk)
    if row.erased_at is not None:
        return row
    business = row.business
    if business is None:
        raise Refused("not_ours")
    if row.merged_into_id is not None:
        raise Refused("merged_already")
    if Membership.objects.filter(holding(now), person=row).exists():
        raise Refused("has_roles")
    if Engagement.objects.filter(models.Q(owner=row) | models.Q(stand_in=row), ends_at=None).exists():
        raise Refused("is_named")
    with override(business.language):
        instead = _("Erased person")
    accounts = list(Account.objects.filter(memberships__person=row).distinct())
    everyone = everyone_who_is(row)
    who = _known_as(everyone, accounts, words, instead, actor, now)
    entries = entries_naming(business_id=business.pk, person_ids=who.ids, texts=who.names | who.emails)
    entries += _about_logins(row, accounts)
    told = [event for forget in _parts for event in forget(who)]
    _blank_names(who)
    forget_recipients(business_id=business.pk, emails=who.emails)
    _forget_logins(row, accounts)
    Address.objects.filter(person__in=everyone).delete()
    MovedReference.objects.filter(merge__kept__in=everyone).delete()
    for each in everyone:
        each.name, each.job, each.phone, each.erased_at = instead, "", "", now
        each.save(update_fields=["name", "job", "phone", "erased_at"])

    def rest(entry: Entry, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
        return _rest_of(who, entry, body)

    erase_payloads(entries=entries, actor=actor, reason=reason, now=now, rest=rest, also=told)
    return row


def _known_as(
    everyone: list[Person], accounts: list[Account], words: bool, instead: str, actor: Actor, now: dt.datetime
) -> Forgotten:
    """Collect the names and addresses they ever had here: the journal remembers former ones."""
    ids = frozenset(row.pk for row in everyone)
    names, emails = {row.name for row in everyone}, {account.email for account in accounts}
    emails |= set(Address.objects.filter(person__in=ids).values_list("email", flat=True))
    for entry in Entry.objects.filter(subject_id__in=ids, subject_kind="person").select_related("payload"):
        body = entry.payload.body or {}
        before = body.get("before")
        names |= {body["name"]} if "name" in body else set()
        names |= {before["name"]} if isinstance(before, dict) and "name" in before else set()
        emails |= {body["address"]} if "address" in body else set()
        emails |= set(body.get("addresses", ()))
    return Forgotten(everyone[0], ids, frozenset(names - {""}), frozenset(emails), instead, words, actor, now)


def _rest_of(who: Forgotten, entry: Entry, body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    theirs = entry.actor_id in who.ids
    if entry.subject_kind in OWN_SUBJECTS and (entry.subject_id in who.ids or not theirs):
        return None
    if theirs and who.words and entry.subject_kind == "ticket":
        return None
    stays: Mapping[str, Any] = without_names(body, who.names | who.emails, who.instead)
    return UNTOUCHED if stays == body and not theirs else stays


def _blank_names(who: Forgotten) -> None:
    """Replace the name in every column of the business's rows that holds who did something, by its name of the day.

    Somebody else of exactly the same name loses it too: these columns hold no id.
    """
    for model in apps.get_models():
        if not issubclass(model, Record) or not any(f.name == "business" for f in model._meta.concrete_fields):
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField) and field.name.endswith(("by_name", "author_name", "_by")):
                rows: models.QuerySet[Any] = model._base_manager.filter(**{f"{field.name}__in": who.names})
                rows.filter(business=who.person.business).update(**{field.name: who.instead})


def _about_logins(person: Person, accounts: list[Account]) -> list[Entry]:
    """Return what the installation's chain tells of logins that served this person only."""
    own = [account.pk for account in accounts if not _serves_others(account, person)]
    links = SignInLink.objects.filter(account__in=own).values_list("pk", flat=True)
    rows = Entry.objects.filter(business_id=None).filter(
        models.Q(subject_kind__in=("account", "sign_in_link"), subject_id__in=[*own, *links])
        | models.Q(subject_kind__in=("passkey", "code_app", "identity"), actor_id__in=own)
    )
    return list(rows)


def _serves_others(account: Account, person: Person) -> bool:
    return Membership.objects.filter(account=account).exclude(person=person).exists()


def _forget_logins(person: Person, accounts: list[Account]) -> None:
    """Close logins that served this person only; one that serves another firm loses its tie to this person."""
    for account in accounts:
        if _serves_others(account, person):
            Membership.objects.filter(account=account, person=person).delete()
            continue
        drop_sessions(account)
        SignInLink.objects.filter(account=account).delete()
        Passkey.objects.filter(account=account).delete()
        CodeApp.objects.filter(account=account).delete()
        RecoveryCode.objects.filter(account=account).delete()
        Token.objects.filter(account=account).delete()
        Identity.objects.filter(account=account).delete()
        account.email = f"erased-{uuid.uuid4().hex}@invalid"
        account.is_active = False
        account.set_unusable_password()
        account.session_epoch += 1
        account.save()

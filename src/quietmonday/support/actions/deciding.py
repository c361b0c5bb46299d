"""Somebody decides about a mail that was kept: who its sender is, never again, or this one is a request."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q, QuerySet

from quietmonday.journal.actions import append
from quietmonday.kit.actors import Actor
from quietmonday.kit.faults import reached
from quietmonday.outbox.actions import put
from quietmonday.people.actions.failing import mail_came_from
from quietmonday.people.actions.persons import add_address, add_person
from quietmonday.people.models import Address, Business, Engagement, Person
from quietmonday.post.actions.inbox import mark_taken
from quietmonday.post.logic.mail import ParsedMail, parse
from quietmonday.post.models import File, InboxItem, InboxState, SilencedSender
from quietmonday.support.actions.intake import Placement, store_files, words_of
from quietmonday.support.actions.opening import NobodySupplies, open_ticket
from quietmonday.support.models import Ticket

MOST_AT_ONCE = 500  # mails of one sender; the rest keep asking


@transaction.atomic
def know_sender(*, item: InboxItem, person: Person, actor: Actor, now: dt.datetime) -> int:
    """The sender is this person: it is an address of theirs from now on, and every mail of it that waited is looked at
    again; return how many. Raises Refused (address) for what cannot be anybody's address."""
    waited = _ask_again(item.sender, person, now)
    add_address(person=person, email=item.sender, actor=actor, now=now)
    return waited


@transaction.atomic
def know_new_sender(
    *, item: InboxItem, business: Business, name: str, actor: Actor, now: dt.datetime
) -> tuple[Person, int]:
    """The sender is somebody new at the business; return the person and how many mails are looked at again.

    Raises Refused (no_name, address). The same name sent twice finds the person that the first one made.
    """
    before = (
        Address.objects.filter(email=item.sender, business=business, person__merged_into=None)
        .select_related("person")
        .first()
    )
    if before is not None:
        return before.person, _ask_again(item.sender, before.person, now)
    person = add_person(place=business, name=name, emails=[item.sender], actor=actor, now=now)
    return person, _ask_again(item.sender, person, now)


def _ask_again(email: str, person: Person, now: dt.datetime) -> int:
    """Put every waiting mail of the address before the intake again, wherever the person's business is served."""
    engaged = Engagement.objects.filter(business=person.business_id).values("supplier")
    there = Q(business=person.business_id) | Q(business=None) & (Q(supplier__in=engaged) | Q(supplier=None))
    rows = InboxItem.objects.filter(there, sender=email, rule="unknown_sender", asks_at__isnull=False)
    rows = rows.order_by("received_at", "id")
    waiting = list(rows.select_for_update(of=("self",))[:MOST_AT_ONCE])
    for row in waiting:
        row.state, row.rule, row.asks_at = InboxState.WAITING, "", None
        row.save(update_fields=["state", "rule", "asks_at"])
        # Its first look had a key without a moment; one key is one time.
        put(
            topic="support.take_in",
            ids={"item": str(row.id)},
            now=now,
            key=f"support.take_in:{row.id}:{now:%Y%m%d%H%M%S%f}",
            business_id=row.business_id,
        )
    return len(waiting)


@transaction.atomic
def silence_sender(*, item: InboxItem, actor: Actor, now: dt.datetime) -> SilencedSender:
    """Mail from this address to the same mailboxes asks nobody any more; return the decision. Twice is once."""
    silenced, new = SilencedSender.objects.get_or_create(
        email=item.sender,
        supplier=item.supplier,
        business=item.business,
        ended_at=None,
        defaults={"since": now, "by_name": actor.name},
    )
    _mails_to(silenced).filter(rule="unknown_sender", asks_at__isnull=False).update(rule="silenced", asks_at=None)
    if new:
        _write(silenced, "sender.silenced", actor, now)
    return silenced


@transaction.atomic
def hear_sender(*, silenced: SilencedSender, actor: Actor, now: dt.datetime) -> int:
    """Take the decision back; return how many mails ask again. Twice is once."""
    current = SilencedSender.objects.select_for_update(of=("self",)).get(pk=silenced.pk)
    if current.ended_at is not None:
        return 0
    current.ended_at = now
    current.save(update_fields=["ended_at"])
    again = list(_mails_to(current).filter(state=InboxState.KEPT, rule="silenced").select_for_update(of=("self",)))
    for row in again:
        row.rule, row.asks_at = "unknown_sender", row.received_at
        row.save(update_fields=["rule", "asks_at"])
    _write(current, "sender.heard_again", actor, now)
    return len(again)


def _mails_to(silenced: SilencedSender) -> QuerySet[InboxItem]:
    return InboxItem.objects.filter(sender=silenced.email, supplier=silenced.supplier_id, business=silenced.business_id)


def _write(silenced: SilencedSender, verb: str, actor: Actor, now: dt.datetime) -> None:
    append(
        verb=verb,
        actor=actor,
        business_id=silenced.business_id,
        engagement_ids=(),
        subject=("sender", silenced.id),
        payload={"address": silenced.email},
        occurred_at=now,
        recorded_at=now,
    )


@transaction.atomic
def leave_aside(*, item: InboxItem, actor: Actor, now: dt.datetime) -> bool:
    """A mail that a mail server doubted is no request: it asks nobody any more; return whether it did before."""
    current = InboxItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if current.asks_at is None or current.rule != "doubted":
        return False
    current.rule, current.asks_at = "left_aside", None
    current.save(update_fields=["rule", "asks_at"])
    append(
        verb="mail.left_aside",
        actor=actor,
        business_id=current.business_id,
        engagement_ids=(),
        subject=("mail", current.id),
        payload={"address": current.sender},
        occurred_at=now,
        recorded_at=now,
    )
    return True


def make_request(
    *, item_id: uuid.UUID, engagements: Sequence[Engagement], person: Person, actor: Actor, now: dt.datetime
) -> Ticket:
    """Make a kept mail a request of `person`, whoever its sender is; return the ticket, the same one twice.

    The address does not become theirs, and the sender gets no answer by that. Files reach the disk before the
    transaction begins. Raises NobodySupplies.
    """
    if not engagements:
        raise NobodySupplies("nobody supplies this business through that mailbox any more")
    item = InboxItem.objects.select_related("raw", "business", "supplier").get(pk=item_id)
    mail = parse(bytes(item.raw.data))
    files = store_files(engagements[0].business, mail, now) if item.state == InboxState.KEPT else []
    reached("support.make_request.after_files")
    return _open(item, mail, engagements, person, files, actor, now)


@transaction.atomic
def _open(
    item: InboxItem,
    mail: ParsedMail,
    engagements: Sequence[Engagement],
    person: Person,
    files: list[tuple[str, File]],
    actor: Actor,
    now: dt.datetime,
) -> Ticket:
    current = InboxItem.objects.select_for_update(of=("self",)).get(pk=item.id)
    if current.state == InboxState.TAKEN:
        return Ticket.objects.select_related("work_item", "business").get(work_item__origin=f"inbox:{item.id}")
    placement = Placement(
        rule="by_hand", business=engagements[0].business, engagements=tuple(engagements), person=person
    )
    words = words_of(item, mail, person, files, placement, now)
    ticket = open_ticket(
        business=placement.business,
        engagements=engagements,
        subject=mail.subject,
        words=words,
        source="email",
        actor=actor,
        now=now,
        requester=person,
        reported_at=words.occurred_at,
        origin=f"inbox:{item.id}",
    )
    mark_taken(item=item, outcome_id=ticket.id, business=placement.business, rule=placement.rule, now=now)
    return ticket


def sender_works(*, item_id: uuid.UUID, now: dt.datetime) -> None:
    """Mail came from an address at which ours had come back: write there again."""
    item = InboxItem.objects.get(pk=item_id)
    mail_came_from(email=item.sender, actor=Actor(id=None, name=item.sender, kind="outsider"), now=now)

"""What decides about a new mail before its sender does: copies of it, marks of mail servers, rules of who answers it.

By reading only, as all placing. What a rule says never makes a sender known and shows a mail to nobody else.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from quietmonday.people.access import holding
from quietmonday.people.models import Business, Engagement, Membership, Person, Role
from quietmonday.post.logic.addresses import normalise
from quietmonday.post.logic.mail import ParsedMail
from quietmonday.post.logic.mail.heads import head_of
from quietmonday.post.logic.marks import Kind, mark_of
from quietmonday.post.models import InboxItem, InboxState
from quietmonday.support.logic.routing import ASIDE, first_fitting
from quietmonday.support.models import RoutingRule, TicketTemplate
from quietmonday.support.queries.correspondents import addresses_written_from, open_engagements


class Kept(Exception):
    """This mail does not become a ticket: `rule` is why, `params` its facts. `business`: whose it is, if that is known
    and only something else is not."""

    def __init__(self, rule: str, params: dict[str, Any] | None = None, business: Business | None = None) -> None:
        super().__init__(rule)
        self.rule = rule
        self.params = params or {}
        self.business = business


def refuse_copy(item: InboxItem) -> None:
    """Raise Kept for a mail that is here already: taken in through any mailbox, or waiting through one of the same."""
    if not item.likeness:
        return
    copies = InboxItem.objects.filter(likeness=item.likeness).exclude(pk=item.pk)
    taken = copies.filter(state=InboxState.TAKEN)
    same = copies.filter(supplier=item.supplier_id, business=item.business_id, pk__lt=item.pk)
    if taken.exists() or same.exclude(rule="seen_before").exists():
        raise Kept("seen_before")


def settle_copies(item: InboxItem) -> None:
    """The mail was taken in: copies of it that ask who its sender is need no answer. In the caller's transaction."""
    if item.likeness:
        asking = InboxItem.objects.filter(likeness=item.likeness, asks_at__isnull=False).exclude(pk=item.pk)
        asking.update(rule="seen_before", asks_at=None)


def refuse_marked(item: InboxItem, mail: ParsedMail, now: dt.datetime, *, answers: bool) -> None:
    """Raise Kept for a mail that a mail server marked. From somebody we know it asks whether it is theirs.

    `answers`: it was sent to an address that we signed for its sender. What only looks like spam is then none; a trap
    or a forged sender is kept all the same, because such mail goes out from machines that were broken into.
    """
    mark = mark_of(mail, item.mailbox.trusted_server if item.mailbox else "")
    if mark is None or (answers and mark.kind == Kind.SPAM):
        return
    known = answers or bool(_theirs(item, mail, now))
    raise Kept("doubted" if known else "marked", {"mark": str(mark.kind), "by": mark.by})


def _theirs(item: InboxItem, mail: ParsedMail, now: dt.datetime) -> list[Engagement]:
    """Return the engagements that the mailbox serves of businesses to which the sender belongs."""
    engagements = open_engagements(supplier_id=item.supplier_id, business_id=item.business_id, now=now)
    email = normalise(mail.sender.addr if mail.sender else "")
    homes = {address.person.business_id for address in addresses_written_from(email, now)}
    return [each for each in engagements if each.business_id in homes]


def rule_for(item: InboxItem, mail: ParsedMail) -> RoutingRule | None:
    """Return the first rule whose conditions hold for a new mail. Raises Kept if it sets the mail aside."""
    rules = rules_of(item.supplier_id)
    if not rules:
        return None
    rule = first_fitting(rules, head_of(bytes(item.raw.data), mail.sender.addr if mail.sender else ""))
    if rule is not None and rule.action == ASIDE:
        raise Kept("set_aside_by_rule", {"rule": str(rule.id)})
    return rule


def rules_of(supplier_id: uuid.UUID | None) -> list[RoutingRule]:
    """Return the list of a supplier, or of the installation, in its order."""
    rows = RoutingRule.objects.filter(supplier=supplier_id, ended_at=None)
    return list(rows.select_related("engagement", "assignee", "template__supplier").order_by("position", "id"))


@dataclasses.dataclass(frozen=True, slots=True)
class Sorted:
    """With whom a mail is placed, and what its request begins with."""

    engagements: tuple[Engagement, ...]
    rule: RoutingRule | None = None


def sorted_by(rule: RoutingRule | None, served: Sequence[Engagement], homes: Collection[uuid.UUID | None]) -> Sorted:
    """Return which of the `served` engagements a mail is for, whose sender belongs to the businesses `homes`.

    A rule counts only where it names one of them. Raises Kept when nothing tells which business, or which supplier.
    """
    theirs = [each for each in served if each.business_id in homes]
    if rule is not None:
        named = next((each for each in theirs if each.pk == rule.engagement_id), None)
        if named is not None:
            return Sorted((named,), rule)
    if len({each.business_id for each in theirs}) > 1:
        raise Kept("several_businesses")
    if len({each.supplier_id for each in theirs}) > 1:
        raise Kept("several_suppliers", business=theirs[0].business)
    return Sorted(tuple(theirs))


def template_of(rule: RoutingRule | None) -> TicketTemplate | None:
    """Return the common request that a rule makes of a mail, if it is still offered by whose rule it is."""
    if rule is None or rule.template is None or rule.engagement is None or rule.template.ended_at is not None:
        return None
    return rule.template if rule.template.supplier_id == rule.engagement.supplier_id else None


def may_be_handed(person: Person | None, engagements: Sequence[Engagement], now: dt.datetime) -> bool:
    """Return whether a rule may hand a request to this person: who works for one of its suppliers at `now`."""
    if person is None:
        return False
    suppliers = [each.supplier_id for each in engagements]
    held = Membership.objects.filter(holding(now), person=person, supplier__in=suppliers)
    return held.exclude(role=Role.READER).exists()

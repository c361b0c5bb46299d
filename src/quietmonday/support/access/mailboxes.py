"""Who looks after mailboxes, where tokens for them come from, and how their mail is sorted.

An administrator after all of them, a manager of a supplier after that supplier's and those of its clients.
"""

import datetime as dt
import uuid

from django.db.models import Q, QuerySet
from django.http import Http404

from quietmonday.people.access import Viewer, holding
from quietmonday.people.models import Engagement, Supplier
from quietmonday.post.models import Mailbox, MailService
from quietmonday.support.models import RoutingRule, TicketTemplate


def suppliers_connected_by(viewer: Viewer) -> list[Supplier]:
    """Return for which suppliers the viewer may connect a mailbox: all (administrator), or those it manages."""
    rows = Supplier.objects.all() if viewer.administrator else Supplier.objects.filter(pk__in=viewer.manages)
    return list(rows.order_by("name", "id"))


def clients_connected_by(viewer: Viewer, now: dt.datetime) -> list[Engagement]:
    """Return the open engagements of those suppliers: for whom a mailbox may be read."""
    rows = Engagement.objects.filter(holding(now)).select_related("business", "supplier")
    if not viewer.administrator:
        rows = rows.filter(supplier__in=viewer.manages)
    return list(rows.order_by("business__name", "id"))


def mailboxes_of(viewer: Viewer) -> list[Mailbox]:
    """Return the mailboxes that are connected now and that the viewer looks after."""
    rows = Mailbox.objects.filter(ended_at=None).select_related("business", "supplier", "service", "lease")
    if not viewer.administrator:
        rows = rows.filter(supplier__in=viewer.manages)
    return list(rows.order_by("address", "id"))


def mailbox_for(viewer: Viewer, ref: uuid.UUID) -> Mailbox:
    """Return a mailbox that is connected now and that the viewer looks after; Http404 otherwise."""
    found = next((mailbox for mailbox in mailboxes_of(viewer) if mailbox.id == ref), None)
    if found is None:
        raise Http404
    return found


def services_kept_by(viewer: Viewer) -> QuerySet[MailService]:
    """Return the token services whose registration the viewer looks after."""
    rows = MailService.objects.filter(ended_at=None).select_related("supplier")
    if not viewer.administrator:
        rows = rows.filter(supplier__in=viewer.manages)
    return rows.order_by("name", "id")


def service_kept_by(viewer: Viewer, ref: uuid.UUID) -> MailService:
    """Return one of them; Http404 otherwise."""
    service = services_kept_by(viewer).filter(pk=ref).first()
    if service is None:
        raise Http404
    return service


def services_offered_to(viewer: Viewer) -> list[MailService]:
    """Return where the viewer may let a mailbox get its tokens: its own, and those of the installation at which a
    person signs in. One at which the firm itself signs in opens every mailbox there, so only its own keepers use it."""
    rows = MailService.objects.filter(ended_at=None)
    if not viewer.administrator:
        rows = rows.filter(Q(supplier__in=viewer.manages) | Q(supplier=None, flow="person"))
    return list(rows.order_by("name", "id"))


def rule_owners_of(viewer: Viewer) -> list[Supplier | None]:
    """Return whose lists of rules the viewer looks after: those of suppliers, and (None) the installation's."""
    suppliers: list[Supplier | None] = [*suppliers_connected_by(viewer)]
    return [*suppliers, None] if viewer.administrator else suppliers


def rules_kept_by(viewer: Viewer) -> list[RoutingRule]:
    """Return the rules that count, of all lists that the viewer looks after, each in its order."""
    rows = RoutingRule.objects.filter(ended_at=None)
    if not viewer.administrator:
        rows = rows.filter(supplier__in=viewer.manages)
    return list(
        rows.select_related("supplier", "engagement__business", "assignee", "template").order_by("position", "id")
    )


def reads_templates_of(viewer: Viewer, owner: Supplier | None) -> bool:
    """Return whether the viewer may read the names of the supplier's common requests: an administrator looks after the
    supplier's rules, but what it wrote for its own people is not the administrator's to read."""
    return owner is not None and owner.pk in viewer.manages


def templates_of_rules(viewer: Viewer, owner: Supplier | None) -> list[TicketTemplate]:
    """Return which common requests the viewer may name in a rule of this list: the supplier's own."""
    if not reads_templates_of(viewer, owner):
        return []
    return list(TicketTemplate.objects.filter(supplier=owner, ended_at=None).order_by("title", "id"))


def rule_kept_by(viewer: Viewer, ref: uuid.UUID) -> RoutingRule:
    """Return one of them; Http404 otherwise."""
    found = next((rule for rule in rules_kept_by(viewer) if rule.pk == ref), None)
    if found is None:
        raise Http404
    return found

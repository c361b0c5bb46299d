"""The sweep notices when one check of access is taken away: each is, one at a time."""

from __future__ import annotations

import contextlib
import dataclasses
import re
import sys
import uuid
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.db import models

from quietmonday.integrations import access as integrations
from quietmonday.integrations.models import Delivery, Export, Webhook
from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.prepared import Shelf
from quietmonday.people import access as people
from quietmonday.people.access import firms, own, persons, tokens, viewers
from quietmonday.people.logic.tokens import hash_of
from quietmonday.people.models import (
    Address,
    Business,
    Engagement,
    HistoryGrant,
    Identity,
    Membership,
    Passkey,
    Person,
    PersonMerge,
    Role,
    SignIn,
    Supplier,
    Token,
)
from quietmonday.post.models import InboxItem, Mailbox, MailService, SilencedSender
from quietmonday.reports import access as reports
from quietmonday.support import access as support
from quietmonday.support.access import Worked
from quietmonday.support.logic.search_docs import Marks, marks_seen
from quietmonday.support.models import (
    Attachment,
    BulkEdit,
    CallIn,
    CannedReply,
    CopySuggestion,
    FeedbackQuestion,
    KnownFault,
    Message,
    Recurrence,
    RoutingRule,
    SavedView,
    ScheduledReply,
    SheetImport,
    Snooze,
    Statement,
    Step,
    Ticket,
    TicketEngagement,
    TicketLink,
    TicketTemplate,
    Verdict,
    Watcher,
)
from quietmonday.support.queries import searching
from quietmonday.support.queries.search_index import Sought
from quietmonday.work.models import TimeEntry
from tests.boundaries.sweep.core import sweep, undone
from tests.boundaries.sweep.doors import DOORS
from tests.boundaries.sweep.doors_of_programs import OPERATIONS
from tests.boundaries.sweep.foreign import LOGGED
from tests.boundaries.sweep.stories import NOW
from tests.boundaries.sweep.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]


@dataclasses.dataclass(frozen=True)
class Loss:
    """A check that is gone: what stands in its place, and the doors behind which that must show."""

    check: Callable[..., Any]
    instead: Callable[..., Any]
    doors: str

    def __str__(self) -> str:
        return f"{self.check.__module__.partition('.')[2]}.{self.check.__name__}"


def _ticket(viewer: Any, ref: uuid.UUID) -> Ticket:
    return Ticket.objects.select_related("business", "work_item", "requester", "assignee", "verdict").get(pk=ref)


def _engagement(*args: Any) -> Any:
    rows = Engagement.objects.select_related("business", "supplier", "owner", "stand_in", "counterpart", "calendar")
    return rows.get(pk=args[1])


def _step(viewer: Any, ref: uuid.UUID) -> Step:
    return Step.objects.select_related("ticket__business", "ticket__work_item").get(pk=ref)


def _template(viewer: Any, ref: uuid.UUID) -> TicketTemplate:
    return TicketTemplate.objects.select_related("business", "supplier", "assignee", "engagement").get(pk=ref)


def _forgetful(account: Any, now: Any) -> Any:
    """A viewer to whom ended roles and ended engagements still count."""
    viewer = viewers.viewer_of.__wrapped__(account, now)  # type: ignore[attr-defined]  # set by the fixture below
    kept = {e.id: e for e in Engagement.objects.filter(supplier__in=viewer.suppliers)}
    return dataclasses.replace(
        viewer,
        sees=dataclasses.replace(viewer.sees, engagements={ref: e.business_id for ref, e in kept.items()}),
        engagements={ref: e.business_id for ref, e in kept.items()},
        engagement_supplier={ref: e.supplier_id for ref, e in kept.items()},
    )


def _reading_is_acting(account: Any, now: Any) -> Any:
    """A viewer who may do whatever it sees."""
    viewer = viewers.viewer_of.__wrapped__(account, now)  # type: ignore[attr-defined]  # set by the fixture below
    served = Engagement.objects.in_bulk(viewer.sees.engagements)
    places = Membership.objects.filter(account=account, ends_at=None)
    return dataclasses.replace(
        viewer,
        leads=viewer.sees.businesses,
        suppliers=viewer.sees.suppliers,
        engagements=viewer.sees.engagements,
        engagement_supplier={ref: e.supplier_id for ref, e in served.items()},
        person_at={m.business_id or m.supplier_id: m.person_id for m in places},
    )


def _every_token_opens(text: str, now: Any) -> Any:
    """Ended and coming roles count, and a token of nobody is the owner's."""
    token = Token.objects.filter(token_hash=hash_of(text)).first() or Token.objects.earliest("made_at")
    viewer = viewers.viewer_of(token.account, NOW)
    owner = viewers.viewer_of(Membership.objects.filter(role="owner").earliest("starts_at").account, NOW)
    return tokens.Caller(token, owner if viewer.home in ("nothing", "administrator") else viewer)


def _webhooks() -> Any:
    return Webhook.objects.filter(ended_at=None).select_related("business", "supplier")


def _worked_on_by_all(viewer: Any, refs: Any) -> list[Worked]:
    return [
        Worked(
            ticket.pk, ticket.business_id, ticket.work_item.number, ticket.subject, party.engagement.supplier_id,
            (party.engagement_id,), SYSTEM,
        )
        for ticket in Ticket.objects.filter(pk__in=refs).select_related("work_item")
        for party in ticket.parties.select_related("engagement")[:1]
    ]  # fmt: skip


LOSSES = [
    Loss(support.tickets_visible_to, lambda viewer: Ticket.objects.all(), "support:ticket support:requests"),
    Loss(support.ticket_for, _ticket, "support:ticket support:messages"),
    Loss(support.ticket_worked_by, support.ticket_for, "support:priority"),
    Loss(support.tickets_supplied_by, lambda viewer: Ticket.objects.all(), "support:queue"),
    Loss(
        support.supplier_side,
        lambda viewer, ticket: next(iter(viewer.suppliers), ticket.parties.first().engagement.supplier_id),
        "support:aside support:notes",
    ),
    Loss(
        support.messages_visible_to,
        lambda viewer, ticket: Message.objects.filter(ticket=ticket),
        "support:ticket support:attachment",
    ),
    Loss(
        support.attachment_for,
        lambda viewer, ref: Attachment.objects.select_related("file__business", "message__ticket").get(pk=ref),
        "support:attachment support:picture",
    ),
    Loss(
        support.past_tickets_visible_to,
        lambda viewer: Ticket.objects.annotate(until=models.Value(NOW, output_field=models.DateTimeField())),
        "support:past_ticket support:past_tickets",
    ),
    Loss(
        support.past_ticket_for,
        lambda viewer, ref: (Ticket.objects.select_related("business", "work_item", "requester").get(pk=ref), NOW),
        "support:past_ticket",
    ),
    Loss(
        support.past_messages_visible_to,
        lambda viewer, ticket, until: Message.objects.filter(ticket=ticket),
        "support:past_ticket",
    ),
    Loss(support.read_by, lambda viewer, business=None: models.Q(), "support:ticket support:attachment"),
    Loss(support.arranges, lambda viewer, ticket: True, "support:add_tags"),
    Loss(support.ticket_arranged_by, support.ticket_for, "support:add_tags support:split"),
    Loss(support.ticket_led_by, support.ticket_for, "support:decline_call_in"),
    Loss(
        support.other_ticket,
        lambda viewer, ticket, number: Ticket.objects.filter(work_item__number=number).first(),
        "support:add_link",
    ),
    Loss(support.persons_added_by, lambda viewer, ticket, now: Person.objects.all(), "support:watchers"),
    Loss(support.persons_asked_for_by, lambda viewer, ticket: Person.objects.all(), "support:requester"),
    Loss(support.requesters_met_by, lambda viewer, business: Person.objects.all(), "support:report"),
    Loss(
        support.watchers_visible_to,
        lambda viewer, ticket: Watcher.objects.filter(ended_at=None),
        "support:end_watcher support:people",
    ),
    Loss(support.ends_watching_of, lambda viewer, ticket, row, supplier: True, "support:end_watcher"),
    Loss(
        support.watcher_ended_by,
        lambda viewer, ticket, ref: Watcher.objects.select_related("person").get(pk=ref),
        "support:end_watcher",
    ),
    Loss(
        support.watcher_by_link,
        lambda ref, mac: Watcher.objects.select_related("ticket__business", "ticket__work_item", "person").get(pk=ref),
        "support:stop_watching",
    ),
    Loss(
        support.copy_answered_by,
        lambda viewer, ticket, ref, now: CopySuggestion.objects.get(pk=ref),
        "support:answer_copied",
    ),
    Loss(
        support.engagements_called_in_by,
        lambda viewer, ticket, now: list(Engagement.objects.filter(ends_at=None).select_related("supplier")),
        "support:people",
    ),
    Loss(
        support.party_of,
        lambda ticket, ref: TicketEngagement.objects.select_related("engagement__supplier").get(pk=ref),
        "support:end_party",
    ),
    Loss(
        support.call_ins_visible_to,
        lambda viewer, ticket: CallIn.objects.filter(answered_at=None).select_related("supplier"),
        "support:people",
    ),
    Loss(support.call_in_of, lambda ticket, ref: CallIn.objects.get(pk=ref), "support:decline_call_in"),
    Loss(
        support.link_ended_by,
        lambda viewer, ticket, ref: TicketLink.objects.select_related("one", "other").get(pk=ref),
        "support:end_link",
    ),
    Loss(integrations.record_owned_by, lambda viewer, ref: Business.objects.get(pk=ref), "integrations:record"),
    Loss(
        integrations.export_fetched_by,
        lambda viewer, ref, now: Export.objects.select_related("business").get(pk=ref),
        "integrations:fetch_record",
    ),
    Loss(firms.business_named_by, lambda viewer, ref: Business.objects.get(pk=ref), "people:language_of_mails"),
    Loss(firms.business_led_by, lambda viewer, ref: Business.objects.get(pk=ref), "people:past"),
    Loss(firms.history_grant_led_by, lambda viewer, ref: HistoryGrant.objects.get(pk=ref), "people:end_history"),
    Loss(
        support.ticket_by_number,
        lambda viewer, business, number: Ticket.objects.filter(work_item__number=number).first(),
        "support:repeat",
    ),
    Loss(
        support.question_asked_of,
        lambda viewer, ref: (
            support.ticket_for(viewer, ref),
            FeedbackQuestion.objects.filter(ticket=ref).latest("asked_at"),
        ),
        "support:feedback_signed_in",
    ),
    Loss(
        reports.reader_of_mail,
        lambda business, person, mac: (Business.objects.get(pk=business), Person.objects.get(pk=person)),
        "reports:monday_mail",
    ),
    Loss(support.business_served_by, lambda viewer, ref: Business.objects.get(pk=ref), "support:report"),
    Loss(support.requesters_known_to, lambda viewer, business: list(Person.objects.all()), "support:report"),
    Loss(
        support.feedback_question,
        lambda ref, mac: FeedbackQuestion.objects.select_related("ticket", "business", "person").get(pk=ref),
        "support:feedback",
    ),
    Loss(support.inbox_visible_to, lambda viewer: InboxItem.objects.all(), "support:inbox support:raw"),
    Loss(
        support.inbox_item_for,
        lambda viewer, ref: InboxItem.objects.select_related("raw").get(pk=ref),
        "support:raw",
    ),
    Loss(
        support.engagements_of_item,
        lambda viewer, item, now: list(Engagement.objects.select_related("business", "supplier")),
        "support:kept",
    ),
    Loss(support.decides_about_sender, lambda viewer, item: True, "support:known_sender support:silence_sender"),
    Loss(
        support.item_decided_by,
        lambda viewer, ref: InboxItem.objects.select_related("raw", "business", "supplier").get(pk=ref),
        "support:silence_sender",
    ),
    Loss(support.asked_persons, lambda viewer, business, named: list(Person.objects.all()), "support:kept"),
    Loss(
        support.persons_given_addresses_by,
        lambda viewer, business, persons: persons,
        "support:known_sender",
    ),
    Loss(
        support.silenced_by,
        lambda viewer: SilencedSender.objects.filter(ended_at=None).select_related("business"),
        "support:inbox support:hear_sender",
    ),
    Loss(support.silenced_for, lambda viewer, ref: SilencedSender.objects.get(pk=ref), "support:hear_sender"),
    Loss(support.suppliers_connected_by, lambda viewer: list(Supplier.objects.all()), "support:connect_mailbox"),
    Loss(
        support.clients_connected_by,
        lambda viewer, now: list(Engagement.objects.filter(ends_at=None).select_related("business", "supplier")),
        "support:connect_mailbox",
    ),
    Loss(
        support.mailboxes_of,
        lambda viewer: list(
            Mailbox.objects.filter(ended_at=None).select_related("business", "supplier", "service", "lease")
        ),
        "support:mailboxes support:mailbox support:disconnect_mailbox",
    ),
    Loss(
        support.services_kept_by,
        lambda viewer: MailService.objects.filter(ended_at=None).select_related("supplier"),
        "support:mail_services support:mail_service",
    ),
    Loss(support.service_kept_by, lambda viewer, ref: MailService.objects.get(pk=ref), "support:end_mail_service"),
    Loss(
        support.rules_kept_by,
        lambda viewer: list(
            RoutingRule.objects.filter(ended_at=None).select_related("supplier", "engagement__business", "assignee")
        ),
        "support:routing support:rule",
    ),
    Loss(support.rule_kept_by, lambda viewer, ref: RoutingRule.objects.get(pk=ref), "support:end_rule"),
    Loss(
        support.templates_of_rules,
        lambda viewer, owner: list(TicketTemplate.objects.filter(ended_at=None)),
        "support:add_rule support:rule",
    ),
    Loss(support.reads_templates_of, lambda viewer, owner: True, "support:routing"),
    Loss(support.rule_owners_of, lambda viewer: [*Supplier.objects.all(), None], "support:routing support:add_rule"),
    Loss(
        support.services_offered_to,
        lambda viewer: list(MailService.objects.filter(ended_at=None)),
        "support:connect_mailbox support:mailbox",
    ),
    Loss(support.mailbox_for, lambda viewer, ref: Mailbox.objects.get(pk=ref), "support:disconnect_mailbox"),
    Loss(
        support.engagements_imported_by,
        lambda viewer, now: list(Engagement.objects.filter(ends_at=None).select_related("business", "supplier")),
        "support:import_mail support:import_progress",
    ),
    Loss(
        support.sheet_imports_visible_to,
        lambda viewer: SheetImport.objects.select_related("business", "engagement__supplier"),
        "support:sheets support:sheets_export",
    ),
    Loss(
        support.sheet_imports_of,
        lambda viewer: list(SheetImport.objects.select_related("business", "engagement__supplier")),
        "support:sheets",
    ),
    Loss(
        support.sheet_import_for,
        lambda viewer, ref: SheetImport.objects.select_related("business", "engagement__supplier").get(pk=ref),
        "support:sheet support:sheet_undo support:sheet_rejected",
    ),
    Loss(support.engagement_imported_by, lambda *args: _engagement(*args), "support:import_progress"),
    Loss(
        reports.sight_of,
        lambda viewer, ref: reports.Sight(Business.objects.get(pk=ref), viewer.supplies(ref)),
        "reports:monday",
    ),
    Loss(reports.sight_of, lambda viewer, ref: reports.Sight(Business.objects.get(pk=ref), None), "reports:week"),
    Loss(
        firms.agreements_at,
        lambda viewer, ref: (
            Business.objects.get(pk=ref),
            Engagement.objects.filter(business=ref, ends_at=None).select_related(
                "business", "supplier", "owner", "stand_in", "counterpart", "calendar"
            ),
        ),
        "people:agreement",
    ),
    Loss(firms.engagement_led_by, _engagement, "people:terms people:end_engagement"),
    Loss(
        firms.engagements_visible_to,
        lambda viewer: Engagement.objects.select_related("business", "supplier", "owner", "stand_in", "counterpart"),
        "people:people",
    ),
    Loss(own.own_passkey, lambda viewer, ref: Passkey.objects.get(pk=ref), "people:remove_passkey"),
    Loss(own.own_identity, lambda viewer, ref: Identity.objects.get(pk=ref), "people:end_identity"),
    Loss(own.own_sign_in, lambda viewer, ref: SignIn.objects.get(pk=ref), "people:end_sign_in"),
    Loss(persons.persons_visible_to, lambda viewer: Person.objects.all(), "people:people people:person"),
    Loss(persons.person_for, lambda viewer, ref: Person.objects.get(pk=ref), "people:person"),
    Loss(persons.person_editable_by, lambda viewer, ref: Person.objects.get(pk=ref), "people:change_person"),
    Loss(persons.may_edit, lambda viewer, person: True, "people:change_person people:add_address"),
    Loss(
        persons.address_editable_by,
        lambda viewer, person_ref, ref: Address.objects.select_related("person").get(pk=ref),
        "people:remove_address",
    ),
    Loss(persons.place_led_by, lambda viewer, ref: Business.objects.get(pk=ref), "people:add_person"),
    Loss(
        persons.places_led_by,
        lambda viewer: sorted((b.pk, b.name) for b in Business.objects.all()),
        "people:add_person",
    ),
    Loss(persons.roles_grantable_by, lambda viewer, place: tuple(Role), "people:grant_role"),
    Loss(persons.may_end, lambda viewer, membership: True, "people:end_role"),
    Loss(
        persons.membership_endable_by,
        lambda viewer, ref, now: Membership.objects.select_related("person", "account").get(pk=ref),
        "people:end_role",
    ),
    Loss(
        persons.membership_invited_by,
        lambda viewer, ref, now: Membership.objects.select_related("person").get(pk=ref),
        "people:invite",
    ),
    Loss(
        persons.person_merged_by,
        lambda viewer, ref: (
            Person.objects.select_related("business", "supplier").get(pk=ref),
            Person.objects.exclude(pk=ref),
        ),
        "people:merge",
    ),
    Loss(persons.may_merge, lambda viewer, person: True, "people:merge people:unmerge"),
    Loss(
        persons.places_merged_by,
        lambda viewer: {row.pk for table in (Business, Supplier) for row in table.objects.all()},
        "people:merge",
    ),
    Loss(
        persons.merge_undone_by,
        lambda viewer, ref: PersonMerge.objects.select_related("kept", "merged").get(pk=ref),
        "people:unmerge",
    ),
    Loss(firms.business_owned_by, lambda viewer, ref: Business.objects.get(pk=ref), "people:keeping"),
    Loss(persons.person_data_for, lambda viewer, ref: Person.objects.get(pk=ref), "people:subject_data"),
    Loss(persons.may_take_data, lambda viewer, person: True, "people:subject_data"),
    Loss(persons.person_erasable_by, lambda viewer, ref: Person.objects.get(pk=ref), "people:erase_person"),
    Loss(persons.may_erase, lambda viewer, person: True, "people:erase_person"),
    Loss(support.ticket_erasable_by, support.ticket_for, "support:erase_words support:erase_message"),
    Loss(support.may_erase_in, lambda viewer, ticket: True, "support:erase_words"),
    Loss(
        support.message_erasable_by,
        lambda viewer, ref: Message.objects.select_related("ticket__business").get(pk=ref),
        "support:erase_message",
    ),
    Loss(
        support.saved_views_seen_by,
        lambda viewer, place: SavedView.objects.filter(place=place),
        "support:queue_views support:requests_views support:queue_pins",
    ),
    Loss(
        support.saved_view_changed_by,
        lambda viewer, ref: SavedView.objects.select_related("person").get(pk=ref),
        "support:saved_view support:saved_view_look support:saved_view_delete",
    ),
    Loss(support.may_change_view, lambda viewer, view: True, "support:saved_view support:saved_view_delete"),
    Loss(support.tickets_worked_on, _worked_on_by_all, "support:queue_edit"),
    Loss(support.editor, lambda viewer: Person.objects.earliest("pk"), "support:queue_edit"),
    Loss(
        support.bulk_edit_for,
        lambda viewer, ref: BulkEdit.objects.get(pk=ref),
        "support:queue_edited support:queue_undo support:queue",
    ),
    Loss(support.callers_known_to, lambda viewer: Person.objects.exclude(business=None), "support:log_call"),
    Loss(
        support.caller_known_to,
        lambda viewer, ref: Person.objects.select_related("business").get(pk=ref),
        "support:log_call",
    ),
    Loss(
        support.open_requests_of,
        lambda viewer, person: Ticket.objects.filter(state="open").select_related("business", "work_item"),
        "support:log_call",
    ),
    Loss(support.steps_visible_to, lambda viewer, ticket: Step.objects.filter(ticket=ticket), "support:ticket"),
    Loss(support.step_kept_by, _step, "support:remove_step support:move_step"),
    Loss(support.step_ticked_by, _step, "support:tick_step"),
    Loss(
        support.templates_offered_to,
        lambda viewer, business, now: TicketTemplate.objects.select_related("supplier", "assignee"),
        "support:report",
    ),
    Loss(support.template_offered_to, lambda viewer, business, ref, now: _template(viewer, ref), "support:report"),
    Loss(support.templates_kept_by, lambda viewer: TicketTemplate.objects.all(), "support:templates"),
    Loss(support.template_kept_by, _template, "support:template support:end_template"),
    Loss(
        support.places_keeping_templates,
        lambda viewer: list(Business.objects.values_list("pk", "name")),
        "support:templates support:new_template",
    ),
    Loss(
        support.templates_recurring_by,
        lambda viewer: TicketTemplate.objects.select_related("business", "supplier", "engagement"),
        "support:new_recurring",
    ),
    Loss(
        support.engagements_recurring_by,
        lambda viewer, template, now: list(Engagement.objects.select_related("business", "supplier", "calendar")),
        "support:new_recurring",
    ),
    Loss(
        support.recurrences_visible_to,
        lambda viewer: Recurrence.objects.select_related("business", "engagement__supplier", "template"),
        "support:recurring",
    ),
    Loss(
        support.recurrence_kept_by,
        lambda viewer, ref: Recurrence.objects.select_related("template").get(pk=ref),
        "support:pause_recurring support:end_recurring",
    ),
    Loss(support.keeps_recurrence, lambda viewer, row: True, "support:pause_recurring"),
    Loss(support.time_visible_to, lambda viewer: TimeEntry.objects.all(), "support:ticket"),
    Loss(
        support.time_taken_back_by,
        lambda viewer, ref: TimeEntry.objects.select_related("work_item__ticket", "engagement").get(pk=ref),
        "support:take_time_back",
    ),
    Loss(
        support.faults_shown_at,
        lambda viewer, businesses: KnownFault.objects.filter(ended_at=None),
        "support:requests",
    ),
    Loss(
        support.fault_shared_by,
        lambda viewer, ref: KnownFault.objects.select_related("business").get(pk=ref),
        "support:me_too",
    ),
    Loss(support.canned_replies_of, lambda viewer: CannedReply.objects.all(), "support:canned support:canned_one"),
    Loss(
        support.canned_reply_for,
        lambda viewer, ref: CannedReply.objects.select_related("supplier", "person").get(pk=ref),
        "support:canned_one",
    ),
    Loss(
        support.keeps_canned_at, lambda viewer: [(row.pk, row.name) for row in Supplier.objects.all()], "support:canned"
    ),
    Loss(
        support.scheduled_reply_for,
        lambda viewer, ref: ScheduledReply.objects.select_related("ticket__business", "author").get(pk=ref),
        "support:later",
    ),
    Loss(
        support.scheduled_on,
        lambda viewer, ticket: ScheduledReply.objects.filter(ticket=ticket),
        "support:ticket",
    ),
    Loss(support.snoozes_on, lambda viewer, ticket: Snooze.objects.filter(ticket=ticket), "support:ticket"),
    Loss(viewers.viewer_of, _forgetful, "support:ticket support:requests"),
    Loss(viewers.viewer_of, _reading_is_acting, "support:notes support:messages people:terms"),
    Loss(firms.may_change_terms, lambda viewer, engagement: True, "people:terms"),
    Loss(viewers.administrator_of, lambda request: SYSTEM, "outbox:work outbox:again"),
    Loss(tokens.own_token, lambda viewer, ref: Token.objects.get(pk=ref), "people:revoke_token"),
    Loss(tokens.caller_of, _every_token_opens, "api:list_tickets api:get_ticket"),
    Loss(tokens.seen_by_token, lambda viewer, token: dataclasses.replace(viewer, administrator=True), "api:me"),
    Loss(
        integrations.businesses_seen_by, lambda viewer: Business.objects.all(), "api:list_businesses api:get_business"
    ),
    Loss(integrations.business_seen_by, lambda viewer, ref: Business.objects.get(pk=ref), "api:get_business"),
    Loss(integrations.suppliers_seen_by, lambda viewer: Supplier.objects.all(), "api:list_suppliers"),
    Loss(integrations.supplier_seen_by, lambda viewer, ref: Supplier.objects.get(pk=ref), "api:get_supplier"),
    Loss(integrations.engagement_seen_by, _engagement, "api:get_engagement"),
    Loss(integrations.statements_seen_by, lambda viewer: Statement.objects.all(), "api:list_statements"),
    Loss(integrations.statement_seen_by, lambda viewer, ref: Statement.objects.get(pk=ref), "api:get_statement"),
    Loss(integrations.verdicts_seen_by, lambda viewer: Verdict.objects.all(), "api:list_verdicts"),
    Loss(
        integrations.firms_told_of,
        lambda viewer: frozenset(b.pk for b in Business.objects.all()),
        "integrations:webhooks integrations:new_webhook api:list_webhooks",
    ),
    Loss(integrations.webhooks_kept_by, lambda viewer: _webhooks(), "integrations:webhooks api:list_webhooks"),
    Loss(
        integrations.webhook_kept_by,
        lambda viewer, ref: _webhooks().get(pk=ref),
        "integrations:webhook integrations:test_webhook api:end_a_webhook",
    ),
    Loss(
        integrations.delivery_kept_by,
        lambda viewer, ref: Delivery.objects.select_related("webhook").get(pk=ref),
        "integrations:deliver_again api:deliver_again",
    ),
    Loss(integrations.firm_told_of, lambda viewer, ref: Business.objects.get(pk=ref), "api:add_a_webhook"),
]


@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_without_one_check_the_sweep_fails(world: World, loss: Loss) -> None:
    doors = [door for door in (*DOORS, *OPERATIONS) if door.name in loss.doors.split()]
    with gone(loss.check, loss.instead):
        findings = sweep(world, doors, until=lets_in).findings
    assert any(map(lets_in, findings)), findings


def lets_in(finding: str) -> bool:
    """Return whether the finding is that somebody saw or did what is not theirs. A page that breaks is no bite."""
    return bool(re.search(r" shows | wrote |: (200|302|303), expected", finding))


class gone:
    """`instead` stands wherever the product has imported `check`, and in no query that was built before."""

    def __init__(self, check: Callable[..., Any], instead: Callable[..., Any]) -> None:
        if instead in (_forgetful, _reading_is_acting):
            instead.__wrapped__ = check  # type: ignore[attr-defined]  # read by _forgetful
        self.patches = [
            mock.patch.object(module, name, instead)
            for module in list(sys.modules.values())
            if getattr(module, "__name__", "").startswith("quietmonday.")
            for name, value in list(vars(module).items())
            if value is check
        ]

    def __enter__(self) -> None:
        for patch in self.patches:
            patch.start()
        _forget_queries()

    def __exit__(self, *exc: object) -> None:
        for patch in self.patches:
            patch.stop()
        _forget_queries()


def _forget_queries() -> None:
    for module in [each for name, each in sys.modules.items() if name.startswith("quietmonday.")]:
        for shelf in [value for value in vars(module).values() if isinstance(value, Shelf)]:
            shelf.clear()


def test_every_check_of_access_is_taken_away_once_or_has_a_reason_not_to() -> None:
    taken = {loss.check.__name__ for loss in LOSSES}
    nouns = [module for name, module in sys.modules.items() if name.startswith(f"{support.__name__}.")]
    public = {
        name
        for module in (*nouns, reports, integrations, firms, persons, tokens)
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", "") == module.__name__ and not name.startswith("_")
    }
    assert public - taken - set(NOT_TAKEN) == set()
    assert set(NOT_TAKEN) - public == set(), "these are no more"


NOT_TAKEN = {
    "stop_mac": "makes the signature that reader_of_mail asks for",
    "Worked": "a value",
    "keeper_of_views": "as whom one saves, and whether for colleagues: see tests/support/test_saved_views.py",
    "may_keep_views": "draws a link; the page behind it asks keeper_of_views",
    "clients_waiting_for": "a number: see tests/support/test_queue_live.py",
    "webhook_viewer": "see tests/integrations/test_webhooks.py: each hears what its account sees",
    "Caller": "a value",
    "within": "see test_programs.py: a token of one firm is tried on everything of another",
    "Sight": "a value",
    "place_of": "a value",
    "marks_of_viewer": "see test_of_the_two_checks_of_the_search_one_is_enough",
    "messages_read_by": "the same",
    "voice_of": "who speaks: a person or a 403, and no wider answer exists",
    "works_on": "supplier_side by another name",
    "asked_for": "whoever sees a request and is of no supplier of it asks there: it narrows what a page offers",
    "ticket_of_origin": "found by a token that holds the viewer's own account",
    "business_reported_by": "called with the viewer's own places only",
    "scheduled_visible_to": "whoever changes one must be of its supplier besides: see scheduled_reply_for",
    "entry_readable_by": "an entry holds no mark: see test_history_page.py, one test for each kind",
    "known_of": "see entry_readable_by",
    "refs_in": "reads ids, lets nobody in",
    "person_reporting": "called with the viewer's own places only",
    "engagements_served": "see test_a_supplier_logs_requests_for_its_own_engagements_only",
    "engagements_open_at": "of a business that another check let in",
    "copies_answered_by": "narrows what a page offers; the verb asks copy_answered_by",
    "colleagues_reported_for": "called with the viewer's own places only",
    "may_see_terms": "draws a link; the page behind it asks agreements_at",
    "engagement_worked": "supplier_side as a row; whoever does not work there has no person to work as",
    "person_working": "who works: a person or a 403, and no wider answer exists",
    "sees_all_time": "a figure; see tests/support/test_time_spent.py",
    "sides_of": "see test_each_side_names_only_its_own_people",
}


def test_each_side_names_only_its_own_people(world: World) -> None:
    def named(viewer: str, field: str, person: str) -> Any:
        with undone():
            world.client(viewer).post(
                f"/engagements/{world['ours_engagement'].pk}/relationship/", {field: world[person].person.pk}
            )
            return Engagement.objects.filter(pk=world["ours_engagement"].pk).values_list(f"{field}_id", flat=True).get()

    assert named("ruth", "counterpart", "sam") == world["asha"].person.pk
    assert named("asha", "counterpart", "sam") == world["sam"].person.pk
    assert named("asha", "owner", "maria") == world["ruth"].person.pk
    with gone(people.sides_of, lambda viewer, engagement: (True, True)):
        assert named("ruth", "counterpart", "sam") == world["sam"].person.pk


def test_a_supplier_logs_requests_for_its_own_engagements_only(world: World) -> None:
    def parties() -> set[uuid.UUID]:
        with undone():
            before = set(Ticket.objects.values_list("pk", flat=True))
            path = f"/report/?for={world['ours_business'].pk}"
            response = world.client("sam").post(path, {**LOGGED, "which": world["line_engagement"].pk})
            assert response.status_code == 303
            made = Ticket.objects.exclude(pk__in=before).get()
            return set(made.parties.values_list("engagement_id", flat=True))

    def everybodys(viewer: Any, business: Business) -> list[Engagement]:
        return list(Engagement.objects.filter(business=business, ends_at=None).select_related("supplier", "business"))

    assert parties() == {world["ours_engagement"].pk}
    with gone(support.engagements_served, everybodys):
        assert parties() == {world["line_engagement"].pk}


def _all_marks(viewer: Any, clients: Any = None) -> Marks:
    """Marks of somebody who sees every business, every engagement and every supplier's notes."""
    return marks_seen(
        businesses=list(Business.objects.values_list("pk", flat=True)),
        requesters=[],
        engagements=list(Engagement.objects.values_list("pk", flat=True)),
        suppliers=list(Supplier.objects.values_list("pk", flat=True)),
    )


def _everybodys(viewer: Any, question: Any, narrowed: Any = None) -> Sought:
    return Sought(question, _all_marks(viewer), list(Supplier.objects.values_list("pk", flat=True)))


def _whatever(viewer: Any, tickets: Any, messages: Any) -> Any:
    return Message.objects.filter(pk__in=messages)


def test_of_the_two_checks_of_the_search_one_is_enough(world: World) -> None:
    """The index knows who may see what, and the door is asked again for what is shown: either may be lost."""
    doors = [door for door in DOORS if door.name == "support:search"]

    def shown(*losses: tuple[Callable[..., Any], Callable[..., Any]]) -> set[str]:
        with contextlib.ExitStack() as lost:
            for check, instead in losses:
                lost.enter_context(gone(check, instead))
            findings = sweep(world, doors).findings
        return {mark for finding in findings if lets_in(finding) for mark in re.findall(r"mark\w+x|canary", finding)}

    index = (searching.sought_by, _everybodys)
    door = (support.tickets_visible_to, lambda viewer: Ticket.objects.all())
    messages = (support.messages_read_by, _whatever)
    assert [shown(index), shown(door), shown(messages), shown(door, messages)] == [set()] * 4
    assert shown(index, door) >= {"markoursx", "canary"}
    assert shown(index, messages) >= {"marknotefennimorex"}

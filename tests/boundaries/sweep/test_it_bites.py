"""The sweep notices when one check of access is taken away: each is, one at a time."""

from __future__ import annotations

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
from quietmonday.integrations.models import Export
from quietmonday.kit.actors import SYSTEM
from quietmonday.people import access as people
from quietmonday.people.access import firms, persons, viewers
from quietmonday.people.models import (
    Address,
    Business,
    Engagement,
    HistoryGrant,
    Membership,
    Person,
    PersonMerge,
    Role,
    Supplier,
)
from quietmonday.post.models import InboxItem, Mailbox, SilencedSender
from quietmonday.reports import access as reports
from quietmonday.support import access as support
from quietmonday.support.models import Attachment, FeedbackQuestion, Message, SheetImport, Ticket
from tests.boundaries.sweep.core import sweep, undone
from tests.boundaries.sweep.doors import DOORS
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
        lambda viewer: list(Mailbox.objects.filter(ended_at=None).select_related("business", "supplier")),
        "support:connect_mailbox support:disconnect_mailbox",
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
    Loss(viewers.viewer_of, _forgetful, "support:ticket support:requests"),
    Loss(viewers.viewer_of, _reading_is_acting, "support:notes support:messages people:terms"),
    Loss(firms.may_change_terms, lambda viewer, engagement: True, "people:terms"),
    Loss(viewers.administrator_of, lambda request: SYSTEM, "outbox:work outbox:again"),
]


@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_without_one_check_the_sweep_fails(world: World, loss: Loss) -> None:
    doors = [door for door in DOORS if door.name in loss.doors.split()]
    with gone(loss.check, loss.instead):
        findings = sweep(world, doors, until=lets_in).findings
    assert any(map(lets_in, findings)), findings


def lets_in(finding: str) -> bool:
    """Return whether the finding is that somebody saw or did what is not theirs. A page that breaks is no bite."""
    return bool(re.search(r" shows | wrote |: (200|302|303), expected", finding))


class gone:
    """`instead` stands wherever the product has imported `check`."""

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

    def __exit__(self, *exc: object) -> None:
        for patch in self.patches:
            patch.stop()


def test_every_check_of_access_is_taken_away_once_or_has_a_reason_not_to() -> None:
    taken = {loss.check.__name__ for loss in LOSSES}
    nouns = [module for name, module in sys.modules.items() if name.startswith(f"{support.__name__}.")]
    public = {
        name
        for module in (*nouns, reports, integrations, firms, persons)
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", "") == module.__name__ and not name.startswith("_")
    }
    assert public - taken - set(NOT_TAKEN) == set()
    assert set(NOT_TAKEN) - public == set(), "these are no more"


NOT_TAKEN = {
    "stop_mac": "makes the signature that reader_of_mail asks for",
    "Sight": "a value",
    "place_of": "a value",
    "voice_of": "who speaks: a person or a 403, and no wider answer exists",
    "works_on": "supplier_side by another name",
    "asked_for": "whoever sees a request and is of no supplier of it asks there: it narrows what a page offers",
    "ticket_of_origin": "found by a token that holds the viewer's own account",
    "business_reported_by": "called with the viewer's own places only",
    "person_reporting": "called with the viewer's own places only",
    "engagements_served": "see test_a_supplier_logs_requests_for_its_own_engagements_only",
    "engagements_open_at": "of a business that another check let in",
    "may_see_terms": "draws a link; the page behind it asks agreements_at",
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

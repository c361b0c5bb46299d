"""What of each table is one business's, and goes with it when its record moves to another installation.

The business, what it agreed with its suppliers, its people with their addresses, every request with all that both sides
said, its post as it came in, its files, its weeks, its journal with every seal. Of a supplier: its name and number, and
the names of those who worked for the business. Nothing that opens a door, and nothing of anybody else.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

from django.db import models
from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, UUIDField, Value, When
from django.db.models.expressions import Combinable

from quietmonday.integrations.queries.tables import nothing, our_models
from quietmonday.people.models import Engagement
from quietmonday.support.models import Attachment, ScheduledFile

STAYS = {
    "people.Account": "a login is of a person in the world, and serves other businesses too",
    "people.Membership": "who may sign in is decided anew where the record goes: import business --owner",
    "people.SignInLink": "opens a door",
    "people.Passkey": "opens a door",
    "people.CodeApp": "opens a door",
    "people.RecoveryCode": "opens a door",
    "people.Token": "opens a door",
    "people.Identity": "opens a door",
    "people.SignIn": "where accounts are signed in on this installation",
    "support.CannedReply": "a supplier's own texts, used for all its clients",
    "support.ScheduledReply": "not said yet; what was sent is a message",
    "support.ScheduledFile": "goes with what is not said yet",
    "support.Presence": "who looks at this moment",
    "support.Snooze": "how a supplier keeps its own queue; why, the business has never seen",
    "outbox.OutboxItem": "what must happen next, happens where the record is",
    "outbox.OutgoingMessage": "holds signed links and reply addresses of this installation",
    "outbox.Slot": "turns of this installation's duties",
    "post.MailService": "opens a door",
    "post.MailboxFolder": "how far this installation has read",
    "post.MailboxLease": "which process of this installation listens",
    "support.RoutingRule": "how a supplier, or this installation, sorts its mail",
    "integrations.Export": "its file lies on this machine",
    "integrations.Webhook": "a server that the people of this installation named",
    "integrations.Delivery": "on its way from this installation",
    "integrations.DeliveryTry": "on its way from this installation",
    "integrations.IdempotencyKey": "what programs of this installation were answered within two days",
    "outbox.CommonGround": "which folder and keys this installation has",
    "outbox.WorkerBeat": "lives of this machine's processes",
    "support.SavedView": "how the people of this installation look at its lists",
    "support.BulkEdit": "what can be undone for ten minutes; the journal says what was done",
    "demo.Making": "how far the made-up firm was made here",
}
"""Tables of which nothing travels, and why."""

PARTIES = ("people.Supplier", "people.Person", "post.Mailbox")
"""Tables whose rows may be known already where the record goes, and are then left as they are there: suppliers and
their people (the business's own people are its record), and mailboxes, which arrive ended."""

WRITTEN_ONCE = frozenset(
    {
        *("journal.Entry", "journal.Seal", "post.RawBytes", "post.File", "support.Statement", "support.Message"),
        *("support.Attachment", "support.Feedback", "support.Dispute", "support.Reopening", "support.Correction"),
        *("support.Assignment", "support.PriorityChange", "support.Repeat", "support.FilledForm"),
        *("support.AlsoAffected", "work.TimeEntry"),
    }
)
"""Tables in which a row with another content under the same id is never an update."""

Belongs = Callable[[uuid.UUID], Q]

_RULES: dict[str, Belongs] = {
    "people.Business": lambda business: Q(pk=business),
    "journal.Entry": lambda business: Q(chain__business_id=business),
    "journal.Payload": lambda business: Q(entry__chain__business_id=business),
    "journal.Seal": lambda business: Q(chain__business_id=business),
    "post.RawBytes": lambda business: Q(item__business=business),
    # A note is its supplier's: the business has never seen it. It stays, with what came with it.
    "support.Message": lambda business: Q(business=business, public=True),
    "support.Attachment": lambda business: Q(business=business, message__public=True),
    "support.Step": lambda business: Q(business=business, supplier=None),  # a supplier's own stay, as its notes do
    # What comes by a supplier's own template has nobody to do it elsewhere, and nothing to say.
    "support.Recurrence": lambda business: Q(business=business, template__business=business),
    "post.File": lambda business: (
        Q(business=business)
        & (
            Exists(Attachment.objects.filter(file=OuterRef("pk"), message__public=True))
            | (
                ~Exists(Attachment.objects.filter(file=OuterRef("pk")))
                & ~Exists(ScheduledFile.objects.filter(file=OuterRef("pk")))
            )
        )
    ),
}


class Undecided(LookupError):
    """A table has no column `business` and no rule here: whether its rows travel was never decided."""


def travelling_models() -> list[type[models.Model]]:
    """Return the tables that travel, those first that others point at."""
    return [model for model in our_models() if model._meta.label not in STAYS]


def rows_of(model: type[models.Model], business: uuid.UUID) -> models.QuerySet[models.Model]:
    """Return the rows of a table that belong to the record of `business`. Raises Undecided."""
    rows = model._base_manager.all()
    label = model._meta.label
    if label == "people.Person":
        return rows.filter(Q(business=business) | Q(pk__in=_pointed_at("people.Person", business)))
    if label == "people.Supplier":
        return rows.filter(Q(pk__in=_pointed_at("people.Supplier", business)))
    if label in _RULES:
        return rows.filter(_RULES[label](business))
    if any(field.attname == "business_id" for field in model._meta.concrete_fields):
        return rows.filter(business_id=business)
    raise Undecided(f"{label}: give it a rule in integrations.queries.belonging, or a reason why it stays")


def instead_of(model: type[models.Model], business: uuid.UUID) -> dict[str, Combinable]:
    """Return what stands in the place of columns that would open a door, or tell of somebody else."""
    match model._meta.label:
        case "people.Person":
            known = Q(business=business) | Q(pk__in=Engagement.objects.filter(business=business).values("counterpart"))
            # Of a supplier's people the business knows who stands across the table, and not who was taken for whom.
            merged = When(business=business, then=F("merged_into"))
            return {
                **{name: Case(When(known, then=F(name)), default=Value("")) for name in ("job", "phone")},
                "merged_into_id": Case(merged, default=Value(None), output_field=UUIDField(null=True)),
            }
        case "post.Mailbox":
            return {
                "sealed_password": nothing("bytes"),
                "sealed_refresh_token": nothing("bytes"),
                "sealed_access_token": nothing("bytes"),
                "user": nothing("text"),
                "service_id": Value(None, output_field=UUIDField(null=True)),
                # Read where it was read until now; a mailbox without a password cannot be.
                "ended_at": Case(
                    When(ended_at__isnull=False, then=F("ended_at")),
                    When(last_ok_at__isnull=False, then=F("last_ok_at")),
                    default=F("connected_at"),
                ),
            }
        case "post.InboxItem":
            ours = When(mailbox__business=business, then=F("mailbox_id"))
            return {"mailbox_id": Case(ours, default=Value(None), output_field=UUIDField(null=True))}
        case "support.FilledForm":
            ours = When(template__business=business, then=F("template_id"))
            return {"template_id": Case(ours, default=Value(None), output_field=UUIDField(null=True))}
        case "work.TimeEntry":
            return {"note": nothing("text")}  # the supplier's own: the business reads the minutes
        case "support.FeedbackQuestion":
            return {"bound_to": nothing("text")}  # made from a cookie of this installation
        case "support.Ticket":
            # How a supplier keeps its own queue.
            return {
                "snoozed_until": Value(None, output_field=DateTimeField(null=True)),
                "snoozed_for_id": Value(None, output_field=UUIDField(null=True)),
            }
        case "support.Pause":
            asked = When(question__public=True, then=F("question_id"))
            return {"question_id": Case(asked, default=Value(None), output_field=UUIDField(null=True))}
    return {}


def keys_between(model: type[models.Model]) -> Iterator[tuple[str, type[models.Model]]]:
    """Yield (column, table) of each key by which a travelling table points at another of ours."""
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and isinstance(field.related_model, type):
            yield field.column, field.related_model


def _pointed_at(label: str, business: uuid.UUID) -> set[uuid.UUID]:
    """Return the ids of suppliers, or of their people, at which rows of the record point: few, however many rows.

    Looked up one key after another: as one query of all keys it is too deep for SQLite's parser.
    """
    found: set[uuid.UUID] = set()
    for model in travelling_models():
        for field in model._meta.concrete_fields:
            target = field.related_model if isinstance(field, models.ForeignKey) else None
            if model._meta.label == label or not isinstance(target, type) or target._meta.label != label:
                continue
            rows = rows_of(model, business).filter(**{f"{field.name}__isnull": False})
            if label == "people.Person":
                rows = rows.filter(**{f"{field.name}__supplier__isnull": False})
            found.update(rows.order_by().values_list(field.attname, flat=True).distinct())
    return found

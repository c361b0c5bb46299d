"""A distinct canary in every text field of the other business, and who may hear each of them sing."""

from __future__ import annotations

import dataclasses
import re
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from tests.cast import Cast

CANARY = re.compile(rb"canary\d{5}x")
MARK = re.compile(rb"mark[a-z]+x")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")

INSIDERS = frozenset({"jo", "kim", "lee"})

# What an administrator of the installation may read of every business: people, raw mail, mailboxes, logs handed in,
# background work, how mail is sorted.
ADMINISTERED = ("people", "post", "outbox", "support.SheetImport", "support.RoutingRule")

MARKS = {
    "markoursx": frozenset(["ruth", "maria", "dele", "sam", "asha", "rita", "theo"]),  # requests of Dele with Fennimore
    "marksharedx": frozenset(
        ["ruth", "maria", "sam", "asha", "ines", "rita", "theo"]
    ),  # a request of Ruth with both suppliers
    "marklinex": frozenset(["ruth", "maria", "bill", "ines", "rita"]),  # a request of Bill with Norvane
    "markpastx": frozenset(["ruth", "maria", "rita"]),  # a request of Ruth with a supplier that has gone
    "markkeptx": frozenset(
        ["ruth", "maria", "hal", "ines", "rita"]
    ),  # another one there, whose past two suppliers may read
    "markafterx": frozenset(["ruth", "maria", "rita"]),  # what came after that past
    "marknoteharrowx": frozenset({"hal"}),  # what only Harrow's people may read
    "marknotefennimorex": frozenset(["sam", "asha", "theo"]),  # what only Fennimore's people may read
    "marknotenorvanex": frozenset({"ines"}),  # what only Norvane's people may read
    "markpostx": frozenset(["ruth", "maria", "dele", "sam", "asha", "ada", "rita", "theo"]),  # mail of Dele and others
}
"""Words in what Oakhurst and its suppliers wrote, and who may read them. No canary: the outsiders get a 404 there."""

ADDRESSES = {
    "people.Account.email",
    "people.Identity.email",
    "people.Address.email",
    "support.Undelivered.address",
    "post.SilencedSender.email",
    "post.Mailbox.address",
    "post.Mailbox.user",
    "post.InboxItem.sender",
    "outbox.OutgoingMessage.recipient",
}

STRUCTURAL = {
    # what our own code reads: a free text there would be no row that the product can make
    "people.Account.password", "people.Account.language", "people.Passkey.credential_id", "people.Identity.issuer",
    "people.Identity.subject", "people.SignIn.session_key",
    "people.RecoveryCode.code_hash", "people.Period.kind", "people.Address.failed_rule",
    "people.MovedReference.place", "post.Unsubscription.topic", "integrations.IdempotencyKey.key",
    "integrations.IdempotencyKey.fingerprint", "integrations.Webhook.paused_why", "integrations.Delivery.verb",
    "integrations.Delivery.state", "integrations.DeliveryTry.reason", "people.Token.token_hash",
    "people.Token.begins",
    "people.Business.zone", "people.Business.language", "people.Supplier.zone", "people.Calendar.zone",
    "people.Calendar.country", "people.Calendar.subdivision", "people.SignInLink.token_hash",
    "support.FeedbackQuestion.bound_to", "support.Message.channel", "support.Message.clock_quality",
    "support.Pause.reason", "support.Resolution.kind", "support.Feedback.answer", "support.Dispute.about",
    "support.Statement.week", "support.Statement.kind", "support.Statement.zone", "support.Statement.inputs_hash",
    "support.SheetImport.kind", "support.SheetImport.unsaid", "support.SheetLayout.unsaid",
    "support.SheetLayout.fingerprint", "support.SheetRow.key", "support.SheetRow.digest",
    "support.Statement.basis", "support.Resolution.clock_quality", "support.SheetImport.sheet",
    "support.Watcher.why", "support.SetAside.state", "support.Ticket.source", "support.Ticket.can_work",
    "support.Ticket.first_noticed", "support.Verdict.quick", "support.Verdict.effective",
    "support.Recurrence.ended_why", "support.Undelivered.rule", "support.Snooze.ended_because",
    "support.ScheduledReply.waits_for", "support.ScheduledReply.held_because",
    "support.BulkEdit.kind", "support.SavedView.place", "support.SavedView.begins_with",
    "post.File.sha256", "post.File.media_type", "post.InboxItem.source", "post.InboxItem.sha256",
    "post.InboxItem.rule", "post.Mailbox.security", "post.InboxItem.likeness", "post.MailService.kind",
    "post.MailService.flow", "work.WorkItem.kind",
    "outbox.OutboxItem.topic", "outbox.Slot.topic",
    # of no business
    "demo.Making.by_name",
    "outbox.Slot.key", "outbox.WorkerBeat.role", "outbox.WorkerBeat.host", "outbox.WorkerBeat.born",
    "outbox.CommonGround.files_mark", "outbox.CommonGround.root_key_sum", "outbox.CommonGround.session_key_sum",
    # written once: what stands there came with canaries in it, or is made of codes and hashes
    "journal.Chain.head_hash", "journal.Entry.verb", "journal.Entry.actor_kind",
    "journal.Entry.subject_kind", "journal.Entry.commitment", "journal.Entry.previous_hash", "journal.Entry.hash",
    "journal.Payload.salt", "journal.Payload.actor_name", "journal.Seal.week", "journal.Seal.zone",
    "journal.Seal.head_hash",
}  # fmt: skip


@dataclasses.dataclass
class Canaries:
    """Every canary by its text, with the field it stands in; and the ids of the other business's rows."""

    places: dict[str, str] = dataclasses.field(default_factory=dict)
    ids: set[str] = dataclasses.field(default_factory=set)

    def word(self, place: str) -> str:
        """Return a new canary for `place`, which is `area.Model.field`."""
        word = f"canary{len(self.places):05d}x"
        self.places[word] = place
        return word

    def heard(self, viewer: str, text: bytes, *, asked_for: str = "") -> list[str]:
        """Return what of the other business, or of another role, stands in `text` and is not for `viewer`.

        `asked_for`: the URL and the form that were sent; an id that the viewer brought along is no news.
        """
        found = []
        if viewer not in INSIDERS:
            for word in sorted({each.decode() for each in CANARY.findall(text)}):
                place = self.places[word]
                if not (viewer == "ada" and place.startswith(ADMINISTERED)):
                    found.append(f"{word} of {place}")
            if viewer != "ada":
                ids = set(UUID.findall(text.decode("utf-8", "replace").lower())) - set(UUID.findall(asked_for.lower()))
                found += [f"the id {each} of a row of the other business" for each in sorted(ids & self.ids)]
        for mark in sorted({each.decode() for each in MARK.findall(text)}):
            if viewer not in MARKS[mark]:
                found.append(mark)
        return found


def text_fields() -> Iterator[tuple[type[models.Model], models.Field[Any, Any], str]]:
    """Yield (model, field, "area.Model.field") of every column of ours that holds text without a fixed choice."""
    for model in our_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField) and not field.choices:
                yield model, field, f"{model._meta.app_label}.{model.__name__}.{field.name}"


def our_models() -> list[type[models.Model]]:
    """Return every table of ours."""
    return [model for model in apps.get_models() if model.__module__.startswith("quietmonday.")]


def rows_of_the_other_business(model: type[models.Model], cast: Cast) -> models.QuerySet[Any]:
    """Return the rows of Tilden and of its supplier."""
    members = [cast.jo, cast.kim, cast.lee]
    names = {field.name for field in model._meta.concrete_fields}
    theirs = Q(pk__in=[])
    if model._meta.label == "people.Business":
        theirs |= Q(pk=cast.tilden.pk)
    if model._meta.label == "people.Supplier":
        theirs |= Q(pk=cast.brightwell.pk)
    if names & {"business", "business_id"}:
        theirs |= Q(business_id=cast.tilden.pk)
    if names & {"supplier", "supplier_id"}:
        theirs |= Q(supplier_id=cast.brightwell.pk)
    if model._meta.label == "people.Account":
        theirs |= Q(pk__in=[member.account.pk for member in members])
    if "account" in names:
        theirs |= Q(account__in=[member.account.pk for member in members])
    if model._meta.label == "people.Address":
        theirs |= Q(person__supplier_id=cast.brightwell.pk)
    if model._meta.label == "post.RawBytes":
        theirs |= Q(item__business_id=cast.tilden.pk) | Q(item__supplier_id=cast.brightwell.pk)
    if model._meta.label == "post.MailboxFolder":
        theirs |= Q(mailbox__supplier_id=cast.brightwell.pk)
    if model._meta.label == "journal.Payload":
        theirs |= Q(entry__business_id=cast.tilden.pk)
    return model._base_manager.filter(theirs)


def plant(canaries: Canaries, cast: Cast) -> set[str]:
    """Put a distinct canary into every text field of the other business; return the fields that were reached."""
    reached = set()
    for model, field, place in text_fields():
        rows = rows_of_the_other_business(model, cast)
        if place in STRUCTURAL:
            continue
        for pk in rows.values_list("pk", flat=True):
            word = canaries.word(place)
            value = f"{word}@tilden.example" if place in ADDRESSES else word
            models.QuerySet(model).filter(pk=pk).update(**{field.name: value})  # round every refusal of ours
            reached.add(place)
    _plant_json(canaries, cast)
    for model in our_models():
        canaries.ids |= {str(pk) for pk in rows_of_the_other_business(model, cast).values_list("pk", flat=True)}
    return reached


def _plant_json(canaries: Canaries, cast: Cast) -> None:
    """Put a further key with a canary beside what our code reads there."""
    for label, name in (
        ("post.InboxItem", "params"),
        ("outbox.OutboxItem", "ids"),
        ("support.Verdict", "findings"),
        ("support.Statement", "rows"),
        ("support.Statement", "blind"),
        ("support.Correction", "before"),
        ("support.Correction", "after"),
        ("support.SheetRow", "stated"),
        ("support.FilledForm", "answers"),
    ):
        model = apps.get_model(label)
        for row in rows_of_the_other_business(model, cast):
            value = getattr(row, name)
            for each in value if isinstance(value, list) else [value]:
                each["canary"] = canaries.word(f"{label}.{name}")
            models.QuerySet(model).filter(pk=row.pk).update(**{name: value})


def new_ids(before: Iterable[str], text: str) -> set[str]:
    """Return the ids in `text` that are not among `before`."""
    return {str(uuid.UUID(each)) for each in UUID.findall(text.lower())} - set(before)

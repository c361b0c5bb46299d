"""Entries, and the part of them that can be erased."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.db.models import Q

from quietmonday.journal.logic.hashing import EntryFacts
from quietmonday.journal.models.append_only import AppendOnlyQuerySet, refuse
from quietmonday.journal.models.chains import Chain
from quietmonday.kit.clock import ClockQuality
from quietmonday.kit.records import Record


class Entry(Record):
    """One line of a chain: who did what to which thing, when. Holds ids only; names and texts are in its payload."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="entries")
    seq = models.PositiveBigIntegerField()  # 1, 2, 3 … in the order of writing, whatever the clock says
    event_id = models.UUIDField()  # the same in every chain that tells of one event
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    clock_quality = models.CharField(max_length=10, choices=[(q.value, q.value) for q in ClockQuality])
    verb = models.CharField(max_length=80)
    actor_id = models.UUIDField(null=True)
    actor_kind = models.CharField(max_length=20)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    business_id = models.UUIDField(null=True)
    commitment = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = AppendOnlyQuerySet.as_manager()  # type: ignore[misc]  # the stub takes the override for an instance variable

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="journal_entry_once_a_place")]
        indexes = [models.Index(fields=["subject_id", "id"], name="journal_entry_subject")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            refuse(type(self), "save of an existing row")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        refuse(type(self), "delete")

    def facts(self) -> EntryFacts:
        """Return what this entry's hash covers."""
        return EntryFacts(
            id=self.id,
            chain_id=self.chain_id,
            seq=self.seq,
            event_id=self.event_id,
            occurred_at=self.occurred_at,
            recorded_at=self.recorded_at,
            clock_quality=self.clock_quality,
            verb=self.verb,
            actor_id=self.actor_id,
            actor_kind=self.actor_kind,
            subject_kind=self.subject_kind,
            subject_id=self.subject_id,
            business_id=self.business_id,
            commitment=self.commitment,
            previous_hash=self.previous_hash,
        )


class Payload(models.Model):
    """The erasable part of an entry: the actor's name of the day and the body, bound to it by a salted commitment.

    Once erased, salt, name and body are gone, and `erasure` is the entry that says by whom, when and why.
    """

    entry = models.OneToOneField(Entry, primary_key=True, on_delete=models.PROTECT, related_name="payload")
    salt = models.CharField(max_length=32, blank=True)
    actor_name = models.CharField(max_length=200, blank=True)
    body = models.JSONField(null=True)
    erasure = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT, related_name="erases")

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(erasure__isnull=False, salt="", actor_name="", body__isnull=True)
                | (Q(erasure__isnull=True, body__isnull=False) & ~Q(salt="")),
                name="journal_payload_whole_or_erased",
            )
        ]

    def __str__(self) -> str:
        return f"payload of entry {self.entry_id}"  # never its text: this lands in logs

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and not (self.erasure_id and not self.salt and not self.actor_name):
            refuse(type(self), "any change but erasure")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        refuse(type(self), "delete")

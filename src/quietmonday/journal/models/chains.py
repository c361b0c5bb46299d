"""Chains of entries, and the seals of their weeks."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.db.models import Q

from quietmonday.journal.logic.hashing import genesis_hash
from quietmonday.journal.models.append_only import AppendOnlyQuerySet, refuse
from quietmonday.kit.records import Record


class ChainKind(models.TextChoices):
    """Who a chain is for."""

    ENGAGEMENT = "engagement", "a business and one of its suppliers"
    BUSINESS = "business", "a business alone"
    INSTALLATION = "installation", "whoever runs the installation"


class Chain(Record):
    """One unbroken line of entries: its length and head move under a lock of this row."""

    kind = models.CharField(max_length=20, choices=ChainKind.choices)
    business_id = models.UUIDField(null=True)
    engagement_id = models.UUIDField(null=True)
    count = models.PositiveBigIntegerField(default=0)
    head_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            # NULLs are distinct in unique indexes, so each kind has its own.
            models.UniqueConstraint(
                fields=["engagement_id"], condition=Q(kind="engagement"), name="journal_one_chain_an_engagement"
            ),
            models.UniqueConstraint(
                fields=["business_id"], condition=Q(kind="business"), name="journal_one_private_chain"
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind="installation"), name="journal_one_installation_chain"
            ),
            models.CheckConstraint(
                condition=Q(kind="engagement", business_id__isnull=False, engagement_id__isnull=False)
                | Q(kind="business", business_id__isnull=False, engagement_id__isnull=True)
                | Q(kind="installation", business_id__isnull=True, engagement_id__isnull=True),
                name="journal_chain_is_of_its_kind",
            ),
        ]
        indexes = [models.Index(fields=["business_id"], name="journal_chain_business")]

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        refuse(type(self), "delete")

    @property
    def genesis_hash(self) -> str:
        """What the first entry points to."""
        return genesis_hash(
            chain_id=self.id, kind=self.kind, business_id=self.business_id, engagement_id=self.engagement_id
        )


class Seal(Record):
    """The sum of a chain at the end of one week of its zone. Its text goes by mail to both sides."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="seals")
    business_id = models.UUIDField(null=True)
    week = models.CharField(max_length=8)  # 2026-W47
    zone = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    count = models.PositiveBigIntegerField()  # entries of the chain from its first one to the end of the week
    head_hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    objects = AppendOnlyQuerySet.as_manager()  # type: ignore[misc]  # the stub takes the override for an instance variable

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "week"], name="journal_one_seal_a_week")]
        indexes = [models.Index(fields=["business_id", "week"], name="journal_seal_week")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            refuse(type(self), "save of an existing row")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        refuse(type(self), "delete")

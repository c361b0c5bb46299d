"""Requests that a program may send twice and that are done once."""

from django.db import models
from django.db.models import Q

from quietmonday.kit.records import Record


class IdempotencyKey(Record):
    """One key of one token: for which request, since when it is worked on, and what was answered.

    The answer is sealed: it may hold what people wrote, and it is gone after two days.
    """

    token = models.ForeignKey("people.Token", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)  # of the request
    claimed_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)  # None: being worked on
    sealed = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "key"], name="integrations_key_once_a_token"),
            models.CheckConstraint(
                condition=Q(status=None, sealed=None) | Q(status__isnull=False, sealed__isnull=False),
                name="integrations_answered_or_not",
            ),
        ]
        indexes = [models.Index(fields=["claimed_at"], name="integrations_key_age")]

    def secret_context(self) -> str:
        """Return what its sealed answer is bound to."""
        return f"integrations.IdempotencyKey:{self.id}:sealed"

"""Mails that go out."""

import datetime as dt

from django.db import models

from quietmonday.kit.records import Record
from quietmonday.outbox.models.items import OutboxItem


class OutgoingMessage(Record):
    """One mail to one address. What it says is sealed: signed links and reply addresses open doors."""

    key = models.CharField(max_length=200, unique=True)  # the caller's: the same duty is mailed once
    message_id = models.CharField(max_length=250, unique=True)  # RFC 5322, with its angle brackets
    business_id = models.UUIDField(null=True)
    recipient = models.CharField(max_length=320)
    sender = models.CharField(max_length=400)
    sealed = models.BinaryField(null=True)  # subject, headers, text, html; null once dropped after sending
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    item = models.ForeignKey(OutboxItem, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outgoingmessage_unsent_has_body",
                condition=models.Q(sent_at__isnull=False) | models.Q(sealed__isnull=False),
            ),
        ]
        indexes = [models.Index("sent_at", name="outgoingmessage_sent", condition=models.Q(sealed__isnull=False))]

    def __str__(self) -> str:
        return self.message_id

    @property
    def failed_at(self) -> dt.datetime | None:
        """When sending was given up, in UTC; kept in one place, on the item that sends this mail."""
        return self.item.failed_at if self.item else None

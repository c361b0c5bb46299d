"""Mailboxes we read, and the times in which we could not."""

from django.db import models
from django.db.models import F, Q

from quietmonday.kit.records import Record


class Mailbox(Record):
    """An IMAP mailbox. Of one business, or (business empty) of a supplier for all its clients."""

    business = models.ForeignKey("people.Business", null=True, on_delete=models.PROTECT, related_name="mailboxes")
    supplier = models.ForeignKey("people.Supplier", on_delete=models.PROTECT, related_name="mailboxes")
    address = models.CharField(max_length=320)  # where people write to, lower case
    host = models.CharField(max_length=255)
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=10, default="tls")  # tls, starttls, none (loopback only)
    user = models.CharField(max_length=320)
    sealed_password = models.BinaryField()
    folder = models.CharField(max_length=200, default="INBOX")
    uid_validity = models.BigIntegerField(null=True)
    last_uid = models.BigIntegerField(default=0)
    last_ok_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True, default="")
    connected_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address"], condition=Q(ended_at=None), name="post_one_mailbox_an_address")
        ]

    def secret_context(self) -> str:
        """The place the password is sealed for."""
        return f"mailbox:{self.id}:password"


class IntakeGap(Record):
    """From when until when a mailbox could not be read. A quiet Monday is unknown while intake was down."""

    business = models.ForeignKey("people.Business", null=True, on_delete=models.PROTECT, related_name="+")
    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="gaps")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailbox"], condition=Q(until_at=None), name="post_one_open_gap"),
            models.CheckConstraint(
                condition=Q(until_at=None) | Q(until_at__gte=F("from_at")), name="post_gap_ends_after_start"
            ),
        ]

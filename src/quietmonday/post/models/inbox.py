"""Whatever comes in, kept raw before anybody parses it."""

from django.db import models
from django.db.models import Q

from quietmonday.kit.records import Record


class InboxState(models.TextChoices):
    """Where an item stands."""

    WAITING = "waiting", "waiting"  # not looked at yet
    TAKEN = "taken", "taken"  # it became a ticket or a message
    KEPT = "kept", "kept"  # it did not; `rule` says why


class InboxItem(Record):
    """One thing that came in. `origin` is what makes it the same thing when it comes again."""

    business = models.ForeignKey("people.Business", null=True, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey("people.Supplier", null=True, on_delete=models.PROTECT, related_name="+")
    mailbox = models.ForeignKey("post.Mailbox", null=True, on_delete=models.PROTECT, related_name="items")
    source = models.CharField(max_length=20)  # mailbox, pipe, smtp, file
    origin = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=300, blank=True, default="")  # the file it came from
    sha256 = models.CharField(max_length=64)
    likeness = models.CharField(max_length=64, blank=True, default="")  # the same in every copy of one mail
    size = models.PositiveBigIntegerField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=InboxState.choices, default=InboxState.WAITING)
    rule = models.CharField(max_length=40, blank=True, default="")
    params = models.JSONField(default=dict)
    sender = models.CharField(max_length=320, blank=True, default="")
    subject = models.CharField(max_length=300, blank=True, default="")
    looked_at = models.DateTimeField(null=True)
    outcome_id = models.UUIDField(null=True)  # the ticket it became or joined
    erased_at = models.DateTimeField(null=True)  # bytes, sender and subject are gone
    asks_at = models.DateTimeField(null=True)  # since when somebody must say who its sender is; None: nobody need

    class Meta:
        indexes = [
            models.Index(fields=["-asks_at", "-id"], condition=Q(asks_at__isnull=False), name="post_asks"),
            models.Index(fields=["state", "received_at"]),
            models.Index(fields=["mailbox", "sha256"]),
            models.Index(fields=["likeness"], condition=~Q(likeness=""), name="post_copies"),
            models.Index(fields=["business", "state", "received_at"]),
        ]


class RawBytes(Record):
    """The bytes of an inbox item, apart, so that lists do not carry them."""

    item = models.OneToOneField(InboxItem, on_delete=models.CASCADE, related_name="raw")
    data = models.BinaryField()

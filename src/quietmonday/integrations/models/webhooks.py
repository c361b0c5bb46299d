"""Servers that are told of what happens, and each telling with its tries."""

from django.db import models
from django.db.models import Q

from quietmonday.kit.records import Record


class Webhook(Record):
    """A server that hears of events of one business or of one supplier's engagements, as `account` may see them.

    Its address is sealed like its secret: many such addresses are keys themselves.
    """

    business = models.ForeignKey("people.Business", null=True, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey("people.Supplier", null=True, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey("people.Account", on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=320)
    host = models.CharField(max_length=255)
    sealed_url = models.BinaryField()
    sealed_secret = models.BinaryField()
    events = models.JSONField()
    made_at = models.DateTimeField()
    last_ok_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    failing_since = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)  # while it fails nobody asks it before
    paused_at = models.DateTimeField(null=True)
    paused_why = models.CharField(max_length=10, blank=True, default="")  # person, failing, gone, nobody
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(business=None, supplier__isnull=False) | Q(business__isnull=False, supplier=None),
                name="integrations_webhook_of_one_firm",
            ),
            models.CheckConstraint(
                condition=Q(paused_at=None, paused_why="") | (Q(paused_at__isnull=False) & ~Q(paused_why="")),
                name="integrations_webhook_paused_with_reason",
            ),
        ]

    def secret_context(self, field: str) -> str:
        """Return what a sealed field is bound to."""
        return f"integrations.Webhook:{self.id}:{field}"


class Delivery(Record):
    """One event on its way to one webhook. What it says is made when it goes out, not before. Its id is the message's.

    `seq`: the event's number in its chain of the journal: within one ticket they only grow.
    """

    business = models.ForeignKey("people.Business", null=True, on_delete=models.PROTECT, related_name="+")
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event_id = models.UUIDField()
    verb = models.CharField(max_length=80)
    subject_id = models.UUIDField()
    seq = models.PositiveBigIntegerField()
    occurred_at = models.DateTimeField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default="waiting")  # delivered, given_up, withheld
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "event_id"], name="integrations_event_once_a_webhook"),
            models.CheckConstraint(
                condition=Q(state="waiting", done_at=None) | (~Q(state="waiting") & Q(done_at__isnull=False)),
                name="integrations_delivery_done_or_waiting",
            ),
        ]
        indexes = [
            models.Index(fields=["webhook", "-id"], name="integrations_newest_told"),
            models.Index(
                fields=["webhook", "subject_id", "id"], condition=Q(state="waiting"), name="integrations_waiting_told"
            ),
            models.Index(fields=["made_at"], name="integrations_told_age"),
        ]


class DeliveryTry(Record):
    """One try: the status that the server answered, or why there was no answer. What else it said is not kept: an
    address inside the house would be read through it."""

    business = models.ForeignKey("people.Business", null=True, on_delete=models.PROTECT, related_name="+")
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=20, blank=True, default="")  # kit.outside names them
    ms = models.PositiveIntegerField()

"""What was said, promised and waited for."""

from django.db import models
from django.db.models import F, Q

from quietmonday.kit.clock import ClockQuality
from quietmonday.kit.records import Record

DAY_ONLY = "day"
"""Clock quality of what a log states with its day and no time: `occurred_at` is an edge of that day."""


class Side(models.TextChoices):
    """Who speaks."""

    CUSTOMER = "customer", "customer"
    SUPPLIER = "supplier", "supplier"
    SYSTEM = "system", "system"


class Message(Record):
    """One thing said. Public: both sides see it. Internal: only `supplier` does."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("support.Ticket", on_delete=models.CASCADE, related_name="messages")
    side = models.CharField(max_length=10, choices=Side.choices)
    supplier = models.ForeignKey("people.Supplier", null=True, on_delete=models.PROTECT, related_name="+")
    public = models.BooleanField()
    automatic = models.BooleanField(default=False)
    channel = models.CharField(max_length=10)  # web, email, phone, file, sheet, system
    author = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=320)
    text = models.TextField()
    quoted = models.TextField(blank=True, default="")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    clock_quality = models.CharField(max_length=10, default=ClockQuality.EXACT)
    verified = models.BooleanField(default=True)  # False: only the mail itself says who wrote it
    rfc_id = models.CharField(max_length=320, blank=True, default="")  # Message-ID
    inbox_item = models.ForeignKey("post.InboxItem", null=True, on_delete=models.PROTECT, related_name="+")
    token = models.UUIDField(null=True)  # of the form it was written in
    mentioned = models.JSONField(default=list, blank=True)  # "@Sam", as written: who were told of it by name
    copy_of = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="copies", db_index=False
    )  # it was said in another ticket, of which this one was split off
    erased_at = models.DateTimeField(null=True)  # what it said is gone; that somebody spoke, and when, stays
    erased_by = models.CharField(max_length=320, blank=True, default="")

    class Meta:
        ordering = ["occurred_at", "id"]
        indexes = [
            models.Index(fields=["ticket", "occurred_at", "id"], name="support_talk"),
            models.Index(fields=["business", "rfc_id"], condition=~Q(rfc_id=""), name="support_by_rfc_id"),
            models.Index(fields=["copy_of"], condition=Q(copy_of__isnull=False), name="support_copies"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(public=True) | Q(supplier__isnull=False), name="support_note_is_somebodys"
            ),
            models.UniqueConstraint(
                fields=["inbox_item"], condition=Q(inbox_item__isnull=False), name="support_item_taken_once"
            ),
            models.UniqueConstraint(
                fields=["ticket", "token"], condition=Q(token__isnull=False), name="support_form_says_it_once"
            ),
        ]


class Attachment(Record):
    """A file that came with a message, under the name its sender gave it."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey("post.File", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    erased_at = models.DateTimeField(null=True)


class Promise(Record):
    """The supplier said when it speaks next."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("support.Ticket", on_delete=models.CASCADE, related_name="promises")
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=320)
    ended_at = models.DateTimeField(null=True)  # when word was given or another promise took its place
    kept = models.BooleanField(null=True)  # None: still running

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(ended_at=None), name="support_one_open_promise"),
        ]


class Pause(Record):
    """The supplier waits, and says what for. Without a visible question it does not stop its clock."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("support.Ticket", on_delete=models.CASCADE, related_name="pauses")
    reason = models.CharField(max_length=20)  # customer, third_party, agreed_date
    question = models.ForeignKey(Message, null=True, on_delete=models.PROTECT, related_name="+")
    until_date = models.DateTimeField(null=True)  # of an agreed later date
    started_at = models.DateTimeField()
    by_name = models.CharField(max_length=320)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(ended_at=None), name="support_one_open_pause"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="support_pause_ends_after_start"
            ),
        ]

"""What helps somebody who answers all day: texts kept ready, replies that go out later, who is looking."""

from django.db import models
from django.db.models import Q

from quietmonday.kit.records import Record


class CannedReply(Record):
    """A text kept ready. Of `person`: theirs alone; without one: of everybody at the supplier.

    `text` holds placeholders of our own language only (logic/canned.py).
    """

    supplier = models.ForeignKey("people.Supplier", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    text = models.TextField()
    used = models.PositiveIntegerField(default=0)  # how often a message was sent that it was put into
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    changed_by_name = models.CharField(max_length=320)

    class Meta:
        indexes = [models.Index(fields=["supplier", "-used", "id"], name="support_canned")]


class ScheduledReply(Record):
    """A reply that is sent at `send_at` unless something came between. Nobody but the writer's supplier sees it.

    It waits, is held back (`held_because`), was sent (as `message`), or was withdrawn.
    """

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(
        "support.Ticket", on_delete=models.CASCADE, related_name="scheduled_replies", db_index=False
    )
    supplier = models.ForeignKey("people.Supplier", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=320)
    text = models.TextField()  # empty once it was sent: then the message has it
    send_at = models.DateTimeField()
    next_word_by = models.DateTimeField(null=True)  # these three begin when it is sent
    waits_for = models.CharField(max_length=20, blank=True, default="")
    until = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)  # of the form it was written in
    as_of = models.DateTimeField()  # when its writer last looked: what the client wrote since holds it back
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    message = models.OneToOneField("support.Message", null=True, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField(null=True)
    held_because = models.CharField(max_length=12, blank=True, default="")  # logic/later.py
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_name = models.CharField(max_length=320, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(withdrawn_at=None, held_at=None), name="support_sent_or_withdrawn"
            ),
            models.UniqueConstraint(
                fields=["ticket", "token"], condition=Q(token__isnull=False), name="support_form_schedules_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["ticket", "send_at"],
                condition=Q(sent_at=None, withdrawn_at=None),
                name="support_to_be_sent",
            ),
        ]


class ScheduledFile(Record):
    """A file that goes with a scheduled reply; gone once that is sent or withdrawn."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    reply = models.ForeignKey(ScheduledReply, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey("post.File", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)


class Presence(Record):
    """Somebody has a request open right now. Lives for a minute and is no part of any record: ids without keys."""

    ticket_id = models.UUIDField()
    supplier_id = models.UUIDField()
    person_id = models.UUIDField()
    name = models.CharField(max_length=200)
    seen_at = models.DateTimeField()
    wrote_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket_id", "person_id"], name="support_one_presence_each")]
        indexes = [models.Index(fields=["seen_at"], name="support_presence_age")]

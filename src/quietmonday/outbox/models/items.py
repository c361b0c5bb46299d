"""What must happen next."""

from django.db import models

from quietmonday.kit.records import Record


class OutboxItem(Record):
    """One thing that must happen: a topic and ids, written in the transaction of the action that calls for it."""

    topic = models.CharField(max_length=80)
    ids = models.JSONField()  # text to text: ids only, never content or secrets
    key = models.CharField(max_length=200, null=True, unique=True)
    business_id = models.UUIDField(null=True)  # outbox knows businesses by id only
    put_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)  # counted when a run begins: a run that kills us counts too
    queued_at = models.DateTimeField(null=True)
    task_id = models.UUIDField(null=True)  # the background task that may settle this item, nobody else may
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="outboxitem_done_or_failed",
                condition=models.Q(done_at=None) | models.Q(failed_at=None),
            ),
            models.CheckConstraint(
                name="outboxitem_queued_has_task",
                condition=models.Q(queued_at=None, task_id=None)
                | models.Q(queued_at__isnull=False, task_id__isnull=False),
            ),
        ]
        # Partial, so that years of finished rows cost the once-a-second look nothing.
        indexes = [
            models.Index(
                "due_at",
                name="outboxitem_waiting",
                condition=models.Q(queued_at=None, done_at=None, failed_at=None),
            ),
            models.Index(
                "task_id",
                name="outboxitem_queued",
                condition=models.Q(queued_at__isnull=False, done_at=None, failed_at=None),
            ),
            models.Index("id", name="outboxitem_open", condition=models.Q(done_at=None, failed_at=None)),
            models.Index("id", name="outboxitem_failed", condition=models.Q(failed_at__isnull=False)),
            models.Index("done_at", name="outboxitem_done", condition=models.Q(done_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.id}"

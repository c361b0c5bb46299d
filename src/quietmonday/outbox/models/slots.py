"""Slots of the schedule."""

from django.db import models

from quietmonday.kit.records import Record


class Slot(Record):
    """A turn of a repeating duty, taken once however many schedulers run."""

    topic = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "key"], name="slot_taken_once")]
        indexes = [models.Index("taken_at", name="slot_taken_at")]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"

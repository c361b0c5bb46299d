"""Time that a supplier's people spent on a piece of work."""

from django.db import models
from django.db.models import Q

from quietmonday.kit.records import Record

MOST_MINUTES = 24 * 60


class TimeEntry(Record):
    """Somebody worked so many minutes on an item, for one engagement. The note is the supplier's own."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    work_item = models.ForeignKey("work.WorkItem", on_delete=models.PROTECT, related_name="time_entries")
    engagement = models.ForeignKey("people.Engagement", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=320)
    minutes = models.PositiveSmallIntegerField()
    at = models.DateTimeField()  # when the work began
    recorded_at = models.DateTimeField()
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=MOST_MINUTES), name="work_minutes_within_a_day"
            )
        ]
        indexes = [models.Index(fields=["engagement", "at"], name="work_time_by_engagement")]

"""A work item and its number that can be said on the phone."""

from django.db import models
from django.db.models import F, Q

from quietmonday.kit.records import Record


class Numbers(Record):
    """The sequence of one business; its row is locked while a number is drawn."""

    business = models.OneToOneField("people.Business", on_delete=models.PROTECT, related_name="+")
    last = models.PositiveIntegerField(default=0)


class WorkItem(Record):
    """One piece of work for one business. A ticket, a visit, a plan or an incident is one."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    origin = models.CharField(max_length=200, null=True)  # what caused it; at most one item an origin

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "number"], name="work_number_once_a_business"),
            models.UniqueConstraint(fields=["business", "origin"], name="work_origin_once"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")),
                name="work_closed_after_opened",
            ),
        ]
        indexes = [models.Index(fields=["business", "opened_at"])]

"""Two entries of one person made one, and what moved, so that it can move back."""

from django.db import models
from django.db.models import F, Q

from quietmonday.kit.records import Record


class PersonMerge(Record):
    """`merged` is the same person as `kept`: what pointed at it points at `kept` until this is undone."""

    business = models.ForeignKey("people.Business", null=True, on_delete=models.PROTECT, related_name="+")
    kept = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    merged = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    by_name = models.CharField(max_length=320)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="people_merged_once"),
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="people_merged_with_another"),
        ]


class MovedReference(Record):
    """One column of one row that pointed at the merged person. `place`: area.Model.field."""

    business = models.ForeignKey("people.Business", null=True, on_delete=models.PROTECT, related_name="+")
    merge = models.ForeignKey(PersonMerge, on_delete=models.CASCADE, related_name="moved")
    place = models.CharField(max_length=100)
    row = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merge", "place", "row"], name="people_moved_once_in_a_merge"),
        ]

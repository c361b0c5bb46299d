"""What of the past the business lets a supplier read."""

from django.db import models
from django.db.models import F, Q

from quietmonday.kit.records import Record


class HistoryGrant(Record):
    """`reader` may read requests of `engagement` that were opened from `since` on, as they stood at `until`."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    engagement = models.ForeignKey("people.Engagement", on_delete=models.PROTECT, related_name="history_grants")
    reader = models.ForeignKey("people.Supplier", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(null=True)  # None: from the beginning
    until = models.DateTimeField()
    given_at = models.DateTimeField()
    by_name = models.CharField(max_length=320)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["engagement", "reader"], condition=Q(ended_at=None), name="people_one_open_history_grant"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("given_at")), name="people_history_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(until__lte=F("given_at")), name="people_history_is_past"),
        ]
        indexes = [
            models.Index(fields=["reader"], condition=Q(ended_at=None), name="people_history_reader"),
        ]

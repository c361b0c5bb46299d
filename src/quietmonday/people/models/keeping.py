"""How long a business keeps what kind of data."""

from django.db import models
from django.db.models import Q

from quietmonday.kit.records import Record


class Period(Record):
    """The business keeps this kind for so many months. Without a row: as long as the record exists."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)  # kit.keeping names the kinds
    months = models.PositiveSmallIntegerField()
    set_at = models.DateTimeField()
    by_name = models.CharField(max_length=320)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "kind"], name="people_one_period_a_kind"),
            models.CheckConstraint(condition=Q(months__gte=1, months__lte=600), name="people_period_1_to_600"),
        ]

"""Working hours: weekly intervals in a zone, less holidays."""

from django.db import models
from django.db.models import Q

from quietmonday.kit.records import Record


class Calendar(Record):
    """The hours of one business's support. Public holidays come from the country, own ones are rows."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="calendars")
    name = models.CharField(max_length=100)
    zone = models.CharField(max_length=64)
    country = models.CharField(max_length=2, blank=True, default="")  # ISO 3166-1; empty: no public holidays
    subdivision = models.CharField(max_length=10, blank=True, default="")
    updated_at = models.DateTimeField()  # of the calendar with its rows; what is computed from them is kept by it


class OpenInterval(Record):
    """Open from `opens` to `closes` local time on one weekday (0 Monday). `closes` at 00:00 means midnight's end."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="intervals")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(weekday__lte=6), name="people_weekday_0_to_6")]
        ordering = ["weekday", "opens"]


class Holiday(Record):
    """A day off of this calendar's own."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="holidays")
    date = models.DateField()
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "date"], name="people_one_holiday_a_day")]

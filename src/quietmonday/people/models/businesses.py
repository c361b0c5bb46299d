"""Businesses, suppliers, and what one buys from the other."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from quietmonday.kit.records import Record


class Business(Record):
    """A firm that buys IT support and owns the record of it."""

    name = models.CharField(max_length=200)
    zone = models.CharField(max_length=64, default="Europe/London")  # IANA
    language = models.CharField(max_length=10, default="en-gb")
    began_at = models.DateTimeField()
    made_up = models.BooleanField(default=False)  # to look around in: every page of its people says so

    def __str__(self) -> str:
        return self.name


class Supplier(Record):
    """A firm that supports businesses."""

    name = models.CharField(max_length=200)
    phone = models.CharField(max_length=40, blank=True, default="")
    zone = models.CharField(max_length=64, default="Europe/London")
    began_at = models.DateTimeField()
    made_up = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class AgreementKind(models.TextChoices):
    """How the support is paid for."""

    TIME_AND_MATERIALS = "time_and_materials", _("time and materials")
    BLOCK_HOURS = "block_hours", _("block hours or retainer")
    MANAGED = "managed", _("managed")


class Engagement(Record):
    """A business buys from a supplier: who answers for it on both sides, on which terms, from when to when."""

    business = models.ForeignKey(Business, on_delete=models.PROTECT, related_name="engagements")
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="engagements")
    owner = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    stand_in = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    counterpart = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    agreement = models.CharField(max_length=30, choices=AgreementKind.choices, default=AgreementKind.TIME_AND_MATERIALS)
    calendar = models.ForeignKey("people.Calendar", on_delete=models.PROTECT, related_name="+")
    levels_agreed = models.BooleanField(default=False)  # False: the targets are the business's own default
    third_party_stops_clock = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "supplier"], condition=Q(ends_at=None), name="people_one_open_engagement"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="people_engagement_ends_after_start",
            ),
        ]
        indexes = [models.Index(fields=["supplier", "ends_at"])]


class ServiceLevel(Record):
    """What was promised for one priority, in minutes of open hours (or of the clock, if around the clock)."""

    business = models.ForeignKey(Business, on_delete=models.PROTECT, related_name="+")
    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="levels")
    priority = models.PositiveSmallIntegerField()  # 1 urgent … 4 whenever it suits
    response_minutes = models.PositiveIntegerField()
    restore_minutes = models.PositiveIntegerField()
    update_minutes = models.PositiveIntegerField()
    around_the_clock = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["engagement", "priority"], name="people_one_level_a_priority"),
            models.CheckConstraint(condition=Q(priority__gte=1, priority__lte=4), name="people_priority_1_to_4"),
        ]
        ordering = ["priority"]

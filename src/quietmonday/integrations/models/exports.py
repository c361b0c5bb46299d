"""A business's record that its owner takes out on a page."""

from django.db import models
from django.db.models import Q

from quietmonday.kit.records import Record


class Export(Record):
    """Asked for by an owner, made by a worker, fetched until it expires. Its file lies in the exports folder."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=320)
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    size = models.PositiveBigIntegerField(null=True)
    tickets = models.PositiveIntegerField(null=True)
    missing_files = models.PositiveIntegerField(default=0)  # gone from the disk: they are not in it
    fetched_at = models.DateTimeField(null=True)  # the last time

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business"], condition=Q(made_at=None), name="integrations_one_export_being_made"
            ),
            models.CheckConstraint(
                condition=Q(made_at=None, expires_at=None) | Q(made_at__isnull=False, expires_at__isnull=False),
                name="integrations_made_export_expires",
            ),
        ]
        indexes = [models.Index(fields=["business", "-asked_at"], name="integrations_newest")]

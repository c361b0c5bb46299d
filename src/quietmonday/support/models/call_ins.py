"""Which supplier another one would call in."""

from django.db import models
from django.db.models import Q

from quietmonday.kit.records import Record


class CallIn(Record):
    """A supplier says that another one should look at a ticket too; the business decides.

    In its own words: which other suppliers the business has is not shown to it.
    """

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("support.Ticket", on_delete=models.CASCADE, related_name="call_ins")
    supplier = models.ForeignKey("people.Supplier", on_delete=models.PROTECT, related_name="+")  # who says so
    by_name = models.CharField(max_length=320)
    note = models.TextField()
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=320, blank=True, default="")
    taken = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "supplier"], condition=Q(answered_at=None), name="support_one_open_call_in"
            ),
        ]

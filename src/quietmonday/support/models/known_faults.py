"""A fault that everybody at the business may know of, and who has it too."""

from django.db import models
from django.db.models import Q

from quietmonday.kit.records import Record
from quietmonday.support.models.tickets import Ticket


class KnownFault(Record):
    """One line about a ticket that all staff of the business read; nothing else of it is shown to them."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="known_faults")
    title = models.CharField(max_length=120)
    since = models.DateTimeField()
    by_name = models.CharField(max_length=320)
    ended_at = models.DateTimeField(null=True)  # taken down, or working again
    ended_by = models.CharField(max_length=320, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(ended_at=None), name="support_one_line_a_fault")
        ]
        indexes = [
            models.Index(fields=["business"], condition=Q(ended_at=None), name="support_known_faults"),
        ]


class AlsoAffected(Record):
    """Somebody else said "me too" to a known fault. Once each, but for two entries of one person that became one."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="also_affected")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

"""A request put out of sight of one supplier's "My move" for a while."""

from django.db import models
from django.db.models import Q

from quietmonday.kit.records import Record


class Snooze(Record):
    """Somebody put a request out of sight of their supplier until a moment, or until somebody writes.

    It holds until `ended_at`; past `until` it is back, and stands until somebody acts, so that the queue can say why.
    """

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("support.Ticket", on_delete=models.CASCADE, related_name="snoozes")
    supplier = models.ForeignKey("people.Supplier", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=320)
    why = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()
    until = models.DateTimeField()
    until_answer = models.BooleanField(default=False)  # no time was chosen: `until` is the longest we let it be
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=12, blank=True, default="")  # actions/waking.py

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(ended_at=None), name="support_one_open_snooze"),
        ]

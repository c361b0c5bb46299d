"""Senders that somebody decided about."""

from django.db import models
from django.db.models import Q

from quietmonday.kit.records import Record


class SilencedSender(Record):
    """Mail from this address to the mailboxes of a supplier (or of one business there, or of the installation) is kept
    and asks nobody."""

    business = models.ForeignKey("people.Business", null=True, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey("people.Supplier", null=True, on_delete=models.PROTECT, related_name="+")
    email = models.CharField(max_length=320)
    since = models.DateTimeField()
    by_name = models.CharField(max_length=320)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Three, because a NULL differs from a NULL in a unique index of SQLite.
            models.UniqueConstraint(
                fields=["email"], condition=Q(ended_at=None, supplier=None), name="post_silenced_once_everywhere"
            ),
            models.UniqueConstraint(
                fields=["email", "supplier"], condition=Q(ended_at=None, business=None), name="post_silenced_once"
            ),
            models.UniqueConstraint(
                fields=["email", "supplier", "business"],
                condition=Q(ended_at=None, business__isnull=False),
                name="post_silenced_once_a_business",
            ),
        ]

"""Who else hears of a ticket, and who was in copy of a mail about it."""

from django.db import models
from django.db.models import Q

from quietmonday.kit.records import Record


class Watcher(Record):
    """Somebody hears of a ticket, and sees it, as long as it lasts.

    Two open ones of one person are no harm (two entries of a person were merged): readers count persons.
    """

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("support.Ticket", on_delete=models.CASCADE, related_name="watchers")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    why = models.CharField(max_length=10)  # self, added, copied, mentioned, merged
    by_name = models.CharField(max_length=320)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=320, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["person", "ticket"], condition=Q(ended_at=None), name="support_watched_by"),
        ]


class CopySuggestion(Record):
    """Somebody known of the business stood in copy of a mail. They hear nothing and see nothing by that: who may add
    them is asked."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("support.Ticket", on_delete=models.CASCADE, related_name="copy_suggestions")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=320)  # who put them in copy
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=320, blank=True, default="")
    taken = models.BooleanField(null=True)  # None: nobody has answered

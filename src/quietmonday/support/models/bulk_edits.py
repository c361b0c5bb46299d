"""The same change on many requests at once, remembered for as long as it can be undone."""

from django.db import models

from quietmonday.kit.records import Record


class BulkEdit(Record):
    """One change that somebody made on up to two hundred tickets of possibly many businesses.

    The journal says what happened, ticket by ticket; this is what an undo needs, and lives for a day.
    """

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    supplier = models.ForeignKey("people.Supplier", on_delete=models.PROTECT, related_name="+")  # of the person
    kind = models.CharField(max_length=12)  # logic/bulk.py
    asked = models.JSONField()  # what was to be done, for the words on screens
    lines = models.JSONField(default=list)  # one a ticket: id, number, and what was done or why not
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone = models.JSONField(default=list)  # one a ticket that was changed: id, and whether it was put back

    class Meta:
        indexes = [models.Index(fields=["person", "made_at"], name="support_bulk_edits")]

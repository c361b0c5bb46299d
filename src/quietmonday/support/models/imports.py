"""Logs of calls that were handed in, and which ticket came from which line."""

from django.db import models
from django.db.models import Q

from quietmonday.kit.records import Record


class ImportState(models.TextChoices):
    """How far an import is."""

    DRAFT = "draft", "draft"
    RUNNING = "running", "running"
    DONE = "done", "done"
    STOPPED = "stopped", "stopped"
    UNDOING = "undoing", "undoing"
    UNDONE = "undone", "undone"


class SheetImport(Record):
    """One file handed in. `cursor` moves in the transaction of what it counts, so that a lost process loses nothing."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    engagement = models.ForeignKey("people.Engagement", on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey("post.File", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)  # as it was called
    kind = models.CharField(max_length=20)  # calls, servicenow
    sheet = models.CharField(max_length=100, blank=True, default="")  # of a workbook
    heads = models.JSONField()  # one name a column
    heads_line = models.PositiveIntegerField()
    columns = models.JSONField()  # field → column from 0
    orders = models.JSONField()  # date field → dmy, mdy or "" (nobody said)
    unsaid = models.CharField(max_length=10, default="open")  # what a line means that does not say how it stands
    place = models.JSONField(null=True)  # [column, value] of the lines wanted; None: all
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.DRAFT)
    total = models.PositiveIntegerField(default=0)  # calls that come in, counted when it began
    cursor = models.PositiveIntegerField(default=0)  # calls looked at
    made = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)  # here before, and saying nothing new
    ours = models.PositiveIntegerField(default=0)  # requests of this very record, come back in a copy of it
    left = models.JSONField(default=list)  # numbers of tickets that stayed as they are, because somebody worked on them
    rejected = models.PositiveIntegerField(default=0)  # lines
    problem = models.JSONField(null=True)  # [rule, params] of a file that could not be read to its end
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=320)
    handed_in_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)  # the file is gone; what came out of it stays
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=320, blank=True, default="")
    kept = models.JSONField(default=list)  # numbers of tickets that an undoing left, because somebody worked on them

    class Meta:
        indexes = [models.Index(fields=["business", "-handed_in_at"], name="support_imports")]


class SheetRow(Record):
    """A ticket came from a log. `key`: the same whenever the same call comes again; `digest`: what it said last."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.OneToOneField("support.Ticket", on_delete=models.CASCADE, related_name="sheet_row")
    made_by = models.ForeignKey(SheetImport, on_delete=models.PROTECT, related_name="rows_made")
    last = models.ForeignKey(SheetImport, on_delete=models.PROTECT, related_name="+", db_index=False)
    line = models.PositiveIntegerField()
    key = models.CharField(max_length=200)
    digest = models.CharField(max_length=32)
    stated = models.JSONField()  # figures and words of the source, as its own
    person = models.ForeignKey(
        "people.Person", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )  # whom this line made known

    class Meta:
        constraints = [models.UniqueConstraint(fields=["business", "key"], name="support_call_comes_in_once")]


class SheetLayout(Record):
    """What somebody said of the columns of a log with these heads: kept for the next one."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)  # of the heads
    columns = models.JSONField()
    orders = models.JSONField()
    unsaid = models.CharField(max_length=10)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "fingerprint"], name="support_one_layout_for_these_heads"),
            models.CheckConstraint(condition=~Q(fingerprint=""), name="support_layout_has_heads"),
        ]

"""How a ticket ended, what its requester says, and what somebody disputes."""

from django.db import models
from django.db.models import Q

from quietmonday.kit.clock import ClockQuality
from quietmonday.kit.records import Record


class Resolution(Record):
    """The supplier says it is working again: for good, by a workaround until a date, or it does not know."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("support.Ticket", on_delete=models.CASCADE, related_name="resolutions")
    kind = models.CharField(max_length=12)  # fixed, workaround, unknown
    at = models.DateTimeField()
    by_name = models.CharField(max_length=320)
    note = models.TextField(blank=True, default="")
    workaround_until = models.DateField(null=True)
    fixed_at = models.DateTimeField(null=True)  # the permanent fix of a workaround
    fixed_by_name = models.CharField(max_length=320, blank=True, default="")
    automatic = models.BooleanField(default=False)  # closed for want of an answer: never counts as effective
    clock_quality = models.CharField(max_length=10, default=ClockQuality.EXACT)  # or stated, or DAY_ONLY

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="workaround") | Q(workaround_until__isnull=False),
                name="support_workaround_has_a_date",
            )
        ]


class Reopening(Record):
    """It was not settled after all."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("support.Ticket", on_delete=models.CASCADE, related_name="reopenings")
    at = models.DateTimeField()
    by_name = models.CharField(max_length=320)
    note = models.TextField(blank=True, default="")


class SetAside(Record):
    """It was no call for help: cancelled, duplicate or spam, with the reason for the client."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("support.Ticket", on_delete=models.CASCADE, related_name="set_asides")
    state = models.CharField(max_length=10)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=320)
    note = models.TextField(blank=True, default="")


class FeedbackQuestion(Record):
    """We asked the requester whether it was solved, by a signed link that only fits this row."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("support.Ticket", on_delete=models.CASCADE, related_name="feedback_questions")
    resolution = models.OneToOneField(Resolution, on_delete=models.CASCADE, related_name="feedback_question")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    bound_to = models.CharField(max_length=64, blank=True, default="")  # hash of the first tapper's cookie


class Feedback(Record):
    """An answer: solved, partly, not_solved. Each change of mind is a row; the last one counts."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("support.Ticket", on_delete=models.CASCADE, related_name="feedback")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=12)
    text = models.TextField(blank=True, default="")
    at = models.DateTimeField()


class Dispute(Record):
    """The supplier objects to a verdict. The note stands beside it; the verdict stays."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("support.Ticket", on_delete=models.CASCADE, related_name="disputes")
    about = models.CharField(max_length=10)  # quick, effective
    note = models.TextField()
    by_name = models.CharField(max_length=320)
    at = models.DateTimeField()


class Repeat(Record):
    """A later ticket is the same problem as an earlier one: that one was not fixed for good."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    earlier = models.ForeignKey("support.Ticket", on_delete=models.CASCADE, related_name="repeats")
    later = models.ForeignKey("support.Ticket", on_delete=models.CASCADE, related_name="repeat_of")
    linked_at = models.DateTimeField()
    by_name = models.CharField(max_length=320)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later"], name="support_repeat_once"),
            models.CheckConstraint(condition=~Q(earlier=models.F("later")), name="support_no_repeat_of_itself"),
        ]

"""Requests that come again and again: what is asked for them, what is done, and when they come by themselves."""

from django.db import models
from django.db.models import F, Q

from quietmonday.kit.records import Record
from quietmonday.support.models.tickets import Impact, Ticket, TicketKind


class TicketTemplate(Record):
    """A common request of a supplier (for its clients) or of a business. Never deleted: it ends.

    `questions` and `steps` are lists as logic/ticket_templates.py reads them.
    """

    business = models.ForeignKey("people.Business", null=True, on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey("people.Supplier", null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    subject = models.CharField(max_length=200)  # with {placeholders}
    text = models.TextField(blank=True, default="")  # for whoever fills it in
    questions = models.JSONField(default=list)
    steps = models.JSONField(default=list)
    kind = models.CharField(max_length=20, choices=TicketKind.choices, default=TicketKind.SERVICE_REQUEST)
    priority = models.PositiveSmallIntegerField(default=3)
    impact = models.CharField(max_length=10, choices=Impact.choices, blank=True, default="")
    assignee = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    engagement = models.ForeignKey("people.Engagement", null=True, on_delete=models.PROTECT, related_name="+")
    offered = models.BooleanField(default=True)  # to whoever reports; False: only to those who work with it
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=320)  # who changed it last
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=320, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(business=None, supplier__isnull=False) | Q(business__isnull=False, supplier=None),
                name="support_template_is_somebodys",
            ),
            models.CheckConstraint(
                condition=Q(priority__gte=1, priority__lte=4), name="support_template_priority_1_to_4"
            ),
        ]


class FilledForm(Record):
    """What was answered when a ticket was opened by a template: as the message says it, but as data."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="filled_form")
    template = models.ForeignKey(TicketTemplate, null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)  # of the template on that day
    answers = models.JSONField()  # [{"question", "kind", "answer"}], as it was asked


class Step(Record):
    """One line of a ticket's checklist. Of a supplier: only its people see it; else both sides do."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="steps")
    supplier = models.ForeignKey("people.Supplier", null=True, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
    ticked_at = models.DateTimeField(null=True)
    ticked_by = models.CharField(max_length=320, blank=True, default="")

    class Meta:
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["ticket", "position", "id"], name="support_steps")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ticked_at=None) | ~Q(ticked_by=""),
                name="support_somebody_ticked_it",
            )
        ]


class Recurrence(Record):
    """A template that comes by itself, by a schedule. `rule` is read by logic/recurring.py.

    `next_at`: when the next one is due, None once there is none to come; derived, as deadlines are.
    """

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    engagement = models.ForeignKey("people.Engagement", on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey(TicketTemplate, on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=list)
    rule = models.JSONField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    next_at = models.DateTimeField(null=True)
    last_on = models.DateField(null=True)  # the day, by the rule, of the newest one made or left out
    made_at = models.DateTimeField()
    by_name = models.CharField(max_length=320)
    paused_at = models.DateTimeField(null=True)
    paused_by = models.CharField(max_length=320, blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=320, blank=True, default="")
    ended_why = models.CharField(max_length=20, blank=True, default="")  # empty: somebody ended it

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"],
                condition=Q(next_at__isnull=False, paused_at=None, ended_at=None),
                name="support_recurring_due",
            ),
            models.Index(fields=["engagement", "ended_at"], name="support_recurring"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="support_recurring_ends_after_start"
            )
        ]

"""A ticket ("request" on screens) and who works on it."""

import uuid
from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull

from quietmonday.kit.clock import now
from quietmonday.kit.records import Record


class TicketKind(models.TextChoices):
    """What is asked for."""

    INCIDENT = "incident", "something is broken"
    SERVICE_REQUEST = "service_request", "something is wanted"


class TicketState(models.TextChoices):
    """Open, settled, or no call for help at all."""

    OPEN = "open", "open"
    RESOLVED = "resolved", "resolved"
    CANCELLED = "cancelled", "cancelled"
    DUPLICATE = "duplicate", "duplicate"
    SPAM = "spam", "spam"


class Impact(models.TextChoices):
    """Whom it hits."""

    ONE = "one", "one person"
    SEVERAL = "several", "several people"
    ALL = "all", "the whole business"


class Move(models.TextChoices):
    """Who waits for whom."""

    SUPPLIER = "supplier", "supplier"
    CUSTOMER = "customer", "customer"
    THIRD_PARTY = "third_party", "third party"
    AGREED_DATE = "agreed_date", "agreed date"
    NOBODY = "nobody", "nobody"


class Ticket(Record):
    """A call for help. The deadlines here are derived (actions/verdicts.py) so that lists need no arithmetic."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    work_item = models.OneToOneField("work.WorkItem", on_delete=models.PROTECT, related_name="ticket")
    subject = models.CharField(max_length=300)
    kind = models.CharField(max_length=20, choices=TicketKind.choices, default=TicketKind.INCIDENT)
    source = models.CharField(max_length=20)  # email, phone, web, visit, monitoring, sheet, schedule
    from_log = models.BooleanField(default=False)  # of a log of calls, which need not hold every word that was said
    # No index of their own: a requester's begins below, and one of assignees would lead SQLite through all that
    # somebody ever worked on to the little that is open.
    requester = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reported_by = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # who said so, if it is not the requester: they hear of it too
    assignee = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    priority = models.PositiveSmallIntegerField(default=3)
    impact = models.CharField(max_length=10, choices=Impact.choices, blank=True, default="")  # empty: nobody said
    can_work = models.CharField(max_length=10, blank=True, default="")  # no, partly, yes; empty: nobody said
    reported_at = models.DateTimeField(null=True)  # None: nobody knows
    first_noticed = models.CharField(max_length=10, blank=True, default="")  # now, today, longer
    words_erased_at = models.DateTimeField(null=True)  # subject and notes are gone; times and verdicts stay
    state = models.CharField(max_length=10, choices=TicketState.choices, default=TicketState.OPEN)
    opened_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=now)  # the last verb on it, or change of what was said: for who follows
    # It is a duplicate of that one, where its conversation is shown. Derived from the open links, and never a chain.
    part_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="parts", db_index=False)
    # The call that it was first said in, if it was split off from another: counted with that one, never beside it.
    split_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="splits", db_index=False)

    move = models.CharField(max_length=12, choices=Move.choices, default=Move.SUPPLIER)
    next_word_by = models.DateTimeField(null=True)
    respond_by = models.DateTimeField(null=True)  # while nobody has answered
    restore_by = models.DateTimeField(null=True)  # while it is not working again
    attention_at = models.DateTimeField(null=True)  # the earliest of the three: the order of the queue
    workaround_until = models.DateField(null=True)
    # Our clock as lists show it (logic/row_clock.py): open seconds left to working again, at a moment.
    clock_left = models.IntegerField(null=True)
    clock_as_of = models.DateTimeField(null=True)
    clock_stands = models.BooleanField(default=False)
    clock_stands_until = models.DateTimeField(null=True)
    clock_counts_nights = models.BooleanField(default=False)
    waits_unasked = models.BooleanField(default=False)  # set to waiting, and nobody was asked
    # Where there is none of these, its page asks for none.
    has_steps = models.BooleanField(default=False)
    has_time = models.BooleanField(default=False)
    was_shown = models.BooleanField(default=False)  # to everybody at the business, as a known fault
    # When a snooze is over, at the latest two hours before something is due; and in whose queue it holds. The row in
    # `Snooze` says more.
    snoozed_until = models.DateTimeField(null=True)
    snoozed_for = models.ForeignKey(
        "people.Supplier", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(priority__gte=1, priority__lte=4), name="support_priority_1_to_4")
        ]
        indexes = [
            models.Index(fields=["attention_at", "id"], condition=Q(attention_at__isnull=False), name="support_queue"),
            models.Index(fields=["business", "-opened_at"], name="support_by_business"),
            models.Index(fields=["requester", "-opened_at"], name="support_by_requester"),
            models.Index(fields=["reported_by"], condition=Q(reported_by__isnull=False), name="support_by_reporter"),
            models.Index(fields=["part_of"], condition=Q(part_of__isnull=False), name="support_parts"),
            models.Index(
                fields=["business", "attention_at"], condition=Q(state="open"), name="support_open_by_business"
            ),
            models.Index(fields=["workaround_until"], condition=Q(workaround_until__isnull=False), name="support_held"),
            models.Index(fields=["-opened_at", "-id"], name="support_newest"),
            models.Index(fields=["changed_at", "id"], name="support_changed"),
            # The queue: in its order, and with all that it counts, so that no row is read that is not shown.
            models.Index(
                fields=[
                    *("attention_at", "opened_at", "id", "state", "move", "assignee", "respond_by"),
                    *("workaround_until", "business", "next_word_by", "snoozed_until", "snoozed_for"),
                ],
                condition=Q(state="open") | Q(attention_at__isnull=False) | Q(workaround_until__isnull=False),
                name="support_live",
            ),
        ]


class TicketEngagement(Record):
    """A ticket concerns an engagement; it may concern several (line supplier and IT supplier on one fault).

    Whose hours and targets count: the first that has not ended. It is ended, not deleted, and may begin again.
    """

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="parties")
    engagement = models.ForeignKey("people.Engagement", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    by_name = models.CharField(max_length=320, blank=True, default="")  # who called it in; empty: there from the start
    sees_from = models.DateTimeField(null=True)  # what was on record before is not shown to it; None: all is
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=320, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "engagement"], name="support_party_once")]
        indexes = [models.Index(fields=["engagement", "ticket"])]


def concerning(engagements: Iterable[uuid.UUID]) -> IsNull:
    """Return the condition of a ticket that concerns one of these engagements now.

    Written so that both engines look up the parties of one ticket, which are few, whatever the history. An EXISTS makes
    PostgreSQL read all parties there are into a hash; without COALESCE, SQLite tries every engagement in turn by the
    index that begins with it: fifty searches a ticket.
    """
    parties = TicketEngagement.objects.filter(ended_at=None).alias(of=Coalesce("engagement_id", "engagement_id"))
    ours = parties.filter(ticket=models.OuterRef("pk"), of__in=list(engagements))
    return IsNull(models.Subquery(ours.values("engagement")[:1]), False)


class Assignment(Record):
    """A ticket was handed to somebody (or to nobody), by whom and when."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="assignments")
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=320)
    at = models.DateTimeField()


class PriorityChange(Record):
    """The priority from a moment on. The first row is the one it was opened with."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="priorities")
    priority = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    by_name = models.CharField(max_length=320)
    note = models.TextField(blank=True, default="")  # why it is not what follows from whom it hits and how hard

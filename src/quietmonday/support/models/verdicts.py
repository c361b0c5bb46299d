"""What we say of a ticket, and of a week."""

from django.db import models

from quietmonday.kit.records import Record


class Verdict(Record):
    """Quick? Effective? as last computed. `inputs` are the facts it was computed from: pages compute anew from them."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.OneToOneField("support.Ticket", on_delete=models.CASCADE, related_name="verdict")
    inputs = models.JSONField()
    quick = models.CharField(max_length=10, blank=True, default="")  # empty: no verdict (cancelled, duplicate, spam)
    effective = models.CharField(max_length=10, blank=True, default="")
    findings = models.JSONField()  # {"quick": {value, rule, params, facts}, "effective": {…}}
    computed_at = models.DateTimeField()


class Statement(Record):
    """One week of one engagement, frozen: provisional on Monday, settled two weeks later."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="statements")
    engagement = models.ForeignKey("people.Engagement", on_delete=models.PROTECT, related_name="+")
    week = models.CharField(max_length=8)  # 2026-W47
    kind = models.CharField(max_length=12)  # provisional, settled
    zone = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    frozen_at = models.DateTimeField()
    rows = models.JSONField()  # one a ticket: id, number, findings, group
    headline = models.JSONField()  # findings, in order
    blind = models.JSONField()  # when intake was down
    inputs_hash = models.CharField(max_length=64)
    basis = models.CharField(max_length=10, blank=True, default="")  # import: made long after, of what was imported

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["engagement", "week", "kind"], name="support_two_statements_a_week")
        ]
        indexes = [models.Index(fields=["business", "week"])]


class Correction(Record):
    """What is known now of a frozen row: the statement stays, this stands beside it."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="corrections")
    ticket = models.ForeignKey("support.Ticket", on_delete=models.PROTECT, related_name="+")
    before = models.JSONField()
    after = models.JSONField()
    found_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["statement", "ticket", "found_at"])]

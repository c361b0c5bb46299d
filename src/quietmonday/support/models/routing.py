"""Rules by which new mail is sorted, and mails of ours that did not arrive."""

from django.db import models
from django.db.models import Q

from quietmonday.kit.records import Record
from quietmonday.support.logic.routing import ASIDE, PLACE, Conditions


class RoutingRule(Record):
    """One rule in the list of a supplier, or (supplier empty) of the installation. The first that fits counts."""

    supplier = models.ForeignKey("people.Supplier", null=True, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    plus_tag = models.CharField(max_length=64, blank=True, default="")
    recipient = models.CharField(max_length=320, blank=True, default="")
    sender_domain = models.CharField(max_length=255, blank=True, default="")
    subject_words = models.CharField(max_length=200, blank=True, default="")
    header_name = models.CharField(max_length=100, blank=True, default="")
    header_words = models.CharField(max_length=200, blank=True, default="")
    action = models.CharField(max_length=10, choices=[(PLACE, PLACE), (ASIDE, ASIDE)])
    engagement = models.ForeignKey("people.Engagement", null=True, on_delete=models.PROTECT, related_name="+")
    priority = models.PositiveSmallIntegerField(null=True)
    template = models.ForeignKey("support.TicketTemplate", null=True, on_delete=models.PROTECT, related_name="+")
    tags = models.CharField(max_length=200, blank=True, default="")  # with commas, as logic.tags writes them
    assignee = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(action=ASIDE) | Q(engagement__isnull=False), name="support_rule_places_with_an_engagement"
            )
        ]
        indexes = [models.Index(fields=["supplier", "position"], condition=Q(ended_at=None), name="support_rules")]

    @property
    def conditions(self) -> Conditions:
        """What must hold for a mail."""
        return Conditions(
            plus_tag=self.plus_tag,
            recipient=self.recipient,
            sender_domain=self.sender_domain,
            subject_words=self.subject_words,
            header_name=self.header_name,
            header_words=self.header_words,
        )


class Undelivered(Record):
    """A mail of ours that was to bring a message to somebody, and came back."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey("support.Message", on_delete=models.CASCADE, related_name="undelivered")
    address = models.CharField(max_length=320)
    rule = models.CharField(max_length=20)  # of outbox.logic.refusals
    for_good = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "address"], name="support_undelivered_once")]

"""What a ticket has to do with others, and by which words it is found again."""

from django.db import models
from django.db.models import F, Q

from quietmonday.kit.records import Record


class LinkKind(models.TextChoices):
    """`one` … `other`."""

    RELATED = "related", "has to do with"
    BLOCKS = "blocks", "blocks"
    CAUSED_BY = "caused_by", "is caused by"
    UNDER = "under", "stands under"
    PART_OF = "part_of", "is the same call as"
    SPLIT_FROM = "split_from", "was split off from"


class TicketLink(Record):
    """Two tickets of one business have to do with each other, as somebody said. Ended, not deleted; a split never."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    one = models.ForeignKey("support.Ticket", on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey("support.Ticket", on_delete=models.CASCADE, related_name="linked_by")
    kind = models.CharField(max_length=12, choices=LinkKind.choices)
    note = models.TextField(blank=True, default="")
    by_name = models.CharField(max_length=320)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=320, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(one=F("other")), name="support_no_link_to_itself"),
            models.UniqueConstraint(
                fields=["one", "other", "kind"], condition=Q(ended_at=None), name="support_one_link_of_a_kind"
            ),
            models.UniqueConstraint(
                fields=["one"], condition=Q(ended_at=None, kind="under"), name="support_under_one_only"
            ),
            models.UniqueConstraint(
                fields=["one"], condition=Q(ended_at=None, kind="part_of"), name="support_part_of_one_only"
            ),
        ]


class Tag(Record):
    """A word of a business by which its tickets are found again: both sides share them."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)  # as logic.tags makes it
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "name"], name="support_tag_once"),
            models.CheckConstraint(condition=~Q(name=""), name="support_tag_has_a_name"),
        ]


class TicketTag(Record):
    """A ticket bears a tag. Taken away, the row goes; the journal says who took it."""

    business = models.ForeignKey("people.Business", on_delete=models.PROTECT, related_name="+")
    ticket = models.ForeignKey("support.Ticket", on_delete=models.CASCADE, related_name="tags")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="borne_by")
    by_name = models.CharField(max_length=320)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "tag"], name="support_bears_a_tag_once")]

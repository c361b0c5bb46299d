"""How far the made-up firm is made."""

from django.db import models
from django.db.models import F, Q

from quietmonday.kit.records import Record


class Making(Record):
    """The one made-up firm of an installation: asked for, made step by step, there until it is taken away.

    `done` moves in the transaction of the steps it counts, so whoever goes on after a kill goes on at the right one.
    """

    only = models.BooleanField(default=True, unique=True)  # there is one, or none
    by_name = models.CharField(max_length=320)
    asked_at = models.DateTimeField()  # the story ends at this moment
    done = models.PositiveIntegerField(default=0)
    weeks = models.PositiveSmallIntegerField()  # how long its story is
    total = models.PositiveIntegerField()
    made_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(only=True), name="demo_one_making"),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="demo_done_of_total"),
        ]

    @property
    def percent(self) -> int:
        """How much is made, 0 to 100."""
        return 100 * self.done // self.total

"""What the processes of one installation have in common beside the database."""

from django.db import models

from quietmonday.kit.records import Record


class CommonGround(Record):
    """The one row that says which folder of files and which keys belong to this database."""

    only = models.BooleanField(default=True, unique=True)
    files_mark = models.CharField(max_length=64)  # what stands in a file of that folder
    root_key_sum = models.CharField(max_length=64)
    session_key_sum = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="one_common_ground")]

    def __str__(self) -> str:
        return f"common ground of {self.made_at:%Y-%m-%d}"

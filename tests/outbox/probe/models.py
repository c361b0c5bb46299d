"""What the probe's jobs leave behind."""

from django.db import models

from quietmonday.kit.records import Record


class Run(Record):
    """One row a run: nothing keeps a second run from adding a second row."""

    key = models.CharField(max_length=50)

    class Meta:
        app_label = "probe"


class Mark(Record):
    """One row a key: what an idempotent job leaves."""

    key = models.CharField(max_length=50, unique=True)

    class Meta:
        app_label = "probe"

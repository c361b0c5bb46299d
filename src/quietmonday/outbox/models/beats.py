"""Which workers and schedulers live."""

from django.db import models

from quietmonday.kit.records import Record


class WorkerBeat(Record):
    """One life of one process; the row is gone after a clean stop and left behind by a kill."""

    role = models.CharField(max_length=20)  # worker or scheduler
    host = models.CharField(max_length=200)  # machine and process namespace: pids are compared only within it
    pid = models.PositiveIntegerField()
    born = models.CharField(max_length=40)  # start of the process: tells a reused pid apart
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()  # by the database's clock: the clocks of several machines differ

    def __str__(self) -> str:
        return f"{self.role} {self.host} {self.pid}"

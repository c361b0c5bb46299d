"""Work items: what tickets, visits, plans and incidents share; and the time spent on them."""

from quietmonday.work.models.items import Numbers, WorkItem
from quietmonday.work.models.time import MOST_MINUTES, TimeEntry

__all__ = ["MOST_MINUTES", "Numbers", "TimeEntry", "WorkItem"]

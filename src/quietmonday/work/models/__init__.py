"""Work items: what tickets, visits, plans and incidents share."""

from quietmonday.work.models.items import Numbers, WorkItem

__all__ = ["Numbers", "WorkItem"]

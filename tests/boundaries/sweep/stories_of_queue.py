"""Views that people saved, and an edit of many requests that can still be undone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from quietmonday.people.access import viewer_of
from quietmonday.support.access import tickets_worked_on
from quietmonday.support.actions.bulk import HandOver, edit_many
from quietmonday.support.actions.saved_views import Look, save_view
from quietmonday.support.models import SavedView, Ticket
from tests.boundaries.sweep.stories import NOW, Table, actor_of
from tests.cast import Member


def queue_of_table(table: Table, waiting: Ticket, copies: int) -> dict[str, Any]:
    """Return, by name: an own view of the technician, a shared one, one of the owner, and an edit."""
    worker, owner = table.technician, table.owner
    for number in range(copies - 1):
        _view(worker, "queue", f"More {number}", shared=True)
        _view(owner, "requests", f"More {number}")
    viewer = viewer_of(worker.account, NOW)
    edit = edit_many(
        person=worker.person,
        change=HandOver(worker.person),
        tickets=tickets_worked_on(viewer, [waiting.pk]),
        now=NOW - dt.timedelta(minutes=1),
    )
    return {
        f"{table.prefix}_view": _view(worker, "queue", "Alone"),
        f"{table.prefix}_shared_view": _view(worker, "queue", "Together", shared=True),
        f"{table.prefix}_owner_view": _view(owner, "requests", "Of the owner", shared=True),
        f"{table.prefix}_edit": edit,
    }


def _view(member: Member, place: str, name: str, *, shared: bool = False) -> SavedView:
    return save_view(
        person=member.person, place=place, name=name, look=Look({"priority": ["3"]}), shared=shared, may_share=True,
        actor=actor_of(member), now=NOW - dt.timedelta(minutes=5),
    )  # fmt: skip

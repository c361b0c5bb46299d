"""Whether the index of the search is whole, and how large it is."""

from __future__ import annotations

import dataclasses

from django.db import connection

from quietmonday.support.logic.search_words import FORM


@dataclasses.dataclass(frozen=True, slots=True)
class State:
    """`form`: how words were made when it was filled; `done` of `total`: how far filling is; `taken_out`: rows of which
    something may be left in the file (SQLite only); `about`: roughly how many messages it holds (PostgreSQL only)."""

    form: int
    is_ready: bool
    done: int
    total: int
    taken_out: int
    about: int

    @property
    def is_whole(self) -> bool:
        """Whether it was filled to its end, in the present form."""
        return self.is_ready and self.form == FORM


def state_of_search() -> State:
    """Return it. One query."""
    about = (
        "(SELECT reltuples FROM pg_class WHERE oid = 'support_search'::regclass)"
        if connection.vendor == "postgresql"
        else "0"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT form, is_ready, done, total, taken_out, {about} FROM support_search_state")  # noqa: S608  # our own words
        form, is_ready, done, total, taken_out, rows = cursor.fetchone()
    return State(form, bool(is_ready), done, total, taken_out, int(rows))

"""The rows of the queue, column by column. Drawn without templates: seven cells a row were half of the page's time.

Every text of a person goes through `escape`; a further column is one more entry of COLUMNS.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, pgettext_lazy

from quietmonday.kit.marks import mark_svg
from quietmonday.kit.moments import InWords, machine_time
from quietmonday.people.access import Viewer
from quietmonday.support.models import Move, TicketKind, TicketState
from quietmonday.support.queries.queue import Row
from quietmonday.support.templatetags.row_words import WHY, why_words
from quietmonday.support.templatetags.support_words import LONG_OVER, priority_word, set_aside_word, source_word

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

register = template.Library()


class Pen:
    """Draws many rows for one reader at one moment: a word of ours is looked up once, however often it stands."""

    def __init__(self, viewer: Viewer, now: dt.datetime) -> None:
        self.viewer, self.now, self.says = viewer, now, InWords(now)
        self._words: dict[object, str] = {}
        self._url = reverse("support:ticket", args=[uuid.UUID(int=0)])

    def word(self, lazy: StrOrPromise) -> str:
        """Return one of our words as HTML."""
        said = self._words.get(id(lazy))
        if said is None:
            said = self._words[id(lazy)] = escape(str(lazy))
        return said

    def url(self, row: Row) -> str:
        """Return where the request is."""
        return self._url.replace(_NO_ONE, str(row.id))

    def time(self, moment: dt.datetime, row: Row) -> str:
        """Return a moment in the zone of the row's client."""
        machine = machine_time(moment, row.zone)
        return f'<time datetime="{machine}">{escape(self.says.time(moment, row.zone))}</time>'

    def soft(self, lazy: StrOrPromise) -> str:
        """Return a word in the second voice."""
        return f'<span class="soft">{self.word(lazy)}</span>'


_NO_ONE = str(uuid.UUID(int=0))
Draws = Callable[[Row, Pen], str]


@dataclasses.dataclass(frozen=True, slots=True)
class Column:
    """`sort`: by which key of SORTS its head puts the list in order. `always`: it cannot be left out.

    `draws` returns the inside of the cell as HTML, with everything escaped that anybody wrote.
    """

    key: str
    label: StrOrPromise
    draws: Draws
    sort: str = ""
    cell: str = ""  # class of the cell
    short: StrOrPromise = ""  # its label where rows are stacked; none: it says by itself what it is
    always: bool = False
    usual: bool = True


def read_columns(given: Sequence[str]) -> tuple[tuple[Column, ...], bool]:
    """Return the columns so named, each once, and whether any was passed over; without any the usual ones.

    The request itself is always among them.
    """
    by_key = {column.key: column for column in COLUMNS}
    wanted = [key for key in dict.fromkeys(given) if key]
    columns = [by_key[key] for key in wanted if key in by_key]
    if not columns:
        columns = [column for column in COLUMNS if column.usual]
    missing = [column for column in COLUMNS if column.always and column not in columns]
    return (*missing, *columns), any(key not in by_key for key in wanted)


@register.simple_tag
def queue_rows(
    rows: Iterable[Row], columns: Sequence[Column], viewer: Viewer, now: dt.datetime, choosable: bool = False
) -> SafeString:
    """Return rows of the queue's table; `choosable`: each with a box to choose it."""
    pen = Pen(viewer, now)
    heads = [_head(column, pen) for column in columns]
    drawn: list[str] = []
    for row in rows:
        ref = str(row.id)
        drawn.append(
            f'<tr role="row" class="hot" data-row="{ref}">' if row.hot(now) else f'<tr role="row" data-row="{ref}">'
        )
        if choosable:
            label = pen.word(_CHOOSE) % {"n": row.number}
            drawn.append(
                f'<td role="cell" class="sel"><label><input type="checkbox" name="ticket" value="{ref}">'
                f'<span class="vh">{label}</span></label></td>'
            )
        for (begin, end), column in zip(heads, columns, strict=True):
            drawn += (begin, column.draws(row, pen), end)
        drawn.append("</tr>")
    return SafeString("".join(drawn))


_CHOOSE = gettext_lazy("Choose request %(n)d")


def _head(column: Column, pen: Pen) -> tuple[str, str]:
    """How the cells of a column begin and end."""
    if column.always:
        return '<th role="rowheader" scope="row">', "</th>"
    kind = f' class="{column.cell}"' if column.cell else ""
    label = f' data-l="{pen.word(column.short)}"' if column.short else ""
    return f'<td role="cell"{kind}{label}>', "</td>"


def _why(row: Row, pen: Pen) -> str:
    why = row.why(pen.now, pen.viewer)
    if why.date is not None or why.days:
        words = escape(why_words(why, row.zone, pen.now))
    else:
        words = pen.word(WHY[why.rule]) % {"length": escape(pen.says.length(why.seconds, days=True))}
    return f'<span class="v">{mark_svg(why.mark)} {words}</span>' if why.mark else f'<span class="soft">{words}</span>'


def _request(row: Row, pen: Pen) -> str:
    return f'<a href="{pen.url(row)}">{escape(row.subject)}</a> <span class="soft nb">{row.number}</span>'


def _client(row: Row, pen: Pen) -> str:
    return f'{escape(row.client)}<span class="soft who2">{escape(row.requester or "")}</span>'


def _move(row: Row, pen: Pen) -> str:
    if row.move == Move.SUPPLIER:
        if row.mine(pen.viewer):
            return pen.word(_YOU)
        return escape(row.assignee) if row.assignee else pen.word(_US)
    if row.move == Move.CUSTOMER:
        return escape(row.requester or row.client)
    return pen.word(_MOVES[row.move])


_YOU, _US = gettext_lazy("You"), gettext_lazy("Us")
_MOVES = {
    Move.THIRD_PARTY.value: gettext_lazy("Somebody else"),
    Move.AGREED_DATE.value: gettext_lazy("Put off"),
    Move.NOBODY.value: gettext_lazy("Nobody"),
}


def _word(row: Row, pen: Pen) -> str:
    due = row.next_word_by
    if due is None:
        return pen.soft(_NONE)
    seconds = int((due - pen.now).total_seconds())
    left = escape(pen.says.length(seconds, days=True)) if seconds >= 0 else pen.word(_PASSED)
    return f'{pen.time(due, row)}<span class="soft who2">{left}</span>'


_NONE, _PASSED = gettext_lazy("none"), gettext_lazy("passed")


def _clock(row: Row, pen: Pen) -> str:
    if row.state != TicketState.OPEN:
        return pen.word(_SETTLED) if row.state == TicketState.RESOLVED else escape(set_aside_word(row.state))
    left = row.left(pen.now)
    if left is None:
        return pen.word(_NO_TIME)
    if left.stands:
        return pen.word(_STANDS) % {"left": escape(pen.says.length(max(0, left.seconds), days=False))}
    if left.seconds < -LONG_OVER and row.restore_by is not None:
        return pen.word(_OVER_SINCE) % {"day": escape(pen.says.day(row.restore_by, row.zone))}
    if left.seconds < 0:
        return pen.word(_OVER) % {"over": escape(pen.says.length(-left.seconds, days=False))}
    return pen.word(_LEFT) % {"left": escape(pen.says.length(left.seconds, days=False))}


_SETTLED, _NO_TIME = gettext_lazy("settled"), gettext_lazy("no time promised")
_STANDS, _OVER_SINCE = gettext_lazy("stands, %(left)s left"), gettext_lazy("over since %(day)s")
_OVER, _LEFT = gettext_lazy("%(over)s over"), gettext_lazy("%(left)s left")


def _hands(row: Row, pen: Pen) -> str:
    return escape(row.assignee) if row.assignee else pen.soft(_NO_HANDS)


_NO_HANDS = pgettext_lazy("in whose hands", "nobody’s")


def _fix(row: Row, pen: Pen) -> str:
    return pen.time(row.restore_by, row) if row.restore_by else pen.soft(_NONE)


def _kind(row: Row, pen: Pen) -> str:
    return pen.word(_KINDS[row.kind])


_KINDS = {
    TicketKind.INCIDENT.value: gettext_lazy("something is broken"),
    TicketKind.SERVICE_REQUEST.value: gettext_lazy("something is wanted"),
}

COLUMNS: tuple[Column, ...] = (
    Column("why", gettext_lazy("Why it is here"), _why, sort="urgency", cell="att"),
    Column("request", gettext_lazy("Request"), _request, sort="number", always=True),
    Column("client", gettext_lazy("Client, person"), _client, sort="client", cell="cl"),
    Column("move", gettext_lazy("Whose move"), _move, short=gettext_lazy("Move")),
    Column("word", gettext_lazy("Next word by"), _word, sort="word", cell="n", short=gettext_lazy("Next word")),
    Column("clock", gettext_lazy("Our clock"), _clock, cell="n", short=gettext_lazy("Clock")),
    Column("fix", gettext_lazy("Working again by"), _fix, sort="fix", cell="n",
           short=gettext_lazy("Working again by"), usual=False),
    Column("hands", gettext_lazy("In whose hands"), _hands, sort="hands", short=gettext_lazy("In whose hands"),
           usual=False),
    Column("priority", gettext_lazy("How urgent"), lambda row, pen: escape(priority_word(row.priority)),
           sort="priority", short=gettext_lazy("How urgent"), usual=False),
    Column("kind", gettext_lazy("Broken or wanted"), _kind, short=gettext_lazy("Broken or wanted"), usual=False),
    Column("source", gettext_lazy("How it came"), lambda row, pen: escape(source_word(row.source)),
           short=gettext_lazy("How it came"), usual=False),
    Column("opened", pgettext_lazy("column", "Opened"), lambda row, pen: pen.time(row.opened_at, row), sort="opened",
           cell="n", short=pgettext_lazy("column", "Opened"), usual=False),
    Column("changed", pgettext_lazy("column", "Last happened"), lambda row, pen: pen.time(row.changed_at, row),
           sort="changed", cell="n", short=pgettext_lazy("column", "Last happened"), usual=False),
)  # fmt: skip

"""The words of imported logs on screens."""

import datetime as dt

from django import template
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from quietmonday.kit.sheets import UnreadableSheet
from quietmonday.kit.speaking import translate
from quietmonday.kit.templatetags.quiet import when as moment_tag
from quietmonday.support.logic.sheet_doubts import Doubt, doubt_in_words
from quietmonday.support.logic.sheet_units import Rejected, Unit, When, rejection_in_words
from quietmonday.support.models import ImportState, SheetImport

register = template.Library()


@register.simple_tag
def stated_when(when: When, zone: str, now: dt.datetime) -> SafeString:
    """Return the moment that a log states: its day alone where it says no more."""
    return moment_tag(when.at, zone, now, form="full" if when.timed else "day")


@register.simple_tag
def unit_answer(unit: Unit) -> str:
    """Return what the supplier answered, by a log."""
    return next((Truncator(said.text).chars(80) for said in unit.said if said.side == "supplier"), "")


@register.simple_tag
def unit_end(unit: Unit, zone: str, now: dt.datetime) -> SafeString | str:
    """Return when it was done, by a log, or how it stands."""
    if unit.endings and unit.state == "resolved":
        return stated_when(unit.endings[-1].when, zone, now)
    return {"open": _("still open"), "cancelled": _("cancelled")}.get(unit.state, _("yes, the log does not say when"))


@register.simple_tag
def rejected_because(rejected: Rejected) -> str:
    """Return why a line of a log does not come in."""
    return rejection_in_words(rejected, translate)


@register.simple_tag
def doubt_words(doubt: Doubt) -> str:
    """Return what there is to know of a log before it comes in."""
    return doubt_in_words(doubt, translate)


@register.simple_tag
def fault(problem: UnreadableSheet) -> str:
    """Return why a file cannot be read."""
    return problem.in_words(translate)


@register.simple_tag
def import_state(row: SheetImport) -> str:
    """Return how far an import is."""
    return {
        ImportState.DRAFT: _("looked through, not taken in"),
        ImportState.RUNNING: _("being taken in, %(done)s of %(total)s lines")
        % {"done": row.cursor, "total": row.total},
        ImportState.DONE: _("taken in: %(made)s new, %(updated)s brought up to date")
        % {"made": row.made, "updated": row.updated},
        ImportState.STOPPED: _("stopped half-way"),
        ImportState.UNDOING: _("being taken back"),
        ImportState.UNDONE: _("taken back"),
    }[ImportState(row.state)]

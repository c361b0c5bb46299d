"""The words of a request's history: one sentence an entry, that starts with the person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from quietmonday.kit.moments import duration_in_words, in_words
from quietmonday.support.queries.history import Happened
from quietmonday.support.templatetags.support_words import day, priority_word, set_aside_word, source_word

register = template.Library()

EXCERPT = 240
WRITTEN_AT_ONCE = dt.timedelta(minutes=10)


@register.simple_tag
def happened_words(happened: Happened, zone: str, now: dt.datetime) -> str:
    """Return what happened as a sentence. A verb that has no words here is named as the journal names it."""
    who = happened.who or _("Somebody")
    say = _SAY.get(happened.verb)
    if happened.body is None or say is None:
        words = _("%(who)s: %(verb)s.") if say is None else _("%(who)s. What it said was erased.")
        return words % {"who": who, "verb": happened.verb}
    return say(_Told(happened, who, zone, now))


@register.simple_tag
def happened_note(happened: Happened) -> str:
    """Return the words that somebody wrote with it, cut; "" where there are none or they were erased."""
    body = happened.body or {}
    text = str(body.get("note") or body.get("text") or "").strip()
    return text if len(text) <= EXCERPT else f"{text[: EXCERPT - 1]}…"


class _Told:
    """One entry, and how its parts are said."""

    def __init__(self, happened: Happened, who: str, zone: str, now: dt.datetime) -> None:
        self.body: Mapping[str, Any] = happened.body or {}
        self.happened, self.who, self.zone, self.now = happened, who, zone, now

    def text(self, key: str) -> str:
        """A part that is text, "" if there is none."""
        value = self.body.get(key)
        return str(value) if value is not None else ""

    def when(self, key: str) -> str:
        """A part that is a moment, in words."""
        try:
            moment = dt.datetime.fromisoformat(self.text(key))
        except ValueError:
            return ""
        return in_words(moment, self.zone, self.now) if moment.tzinfo else ""

    def day(self, key: str) -> str:
        """A part that is a date, in words."""
        try:
            return day(dt.date.fromisoformat(self.text(key)), self.now)
        except ValueError:
            return ""

    def priority(self, key: str) -> str:
        """A part that is a priority, as people say it."""
        value = self.body.get(key)
        return priority_word(value) if value in (1, 2, 3, 4) else ""

    def __call__(self, sentence: str, **parts: str) -> str:
        return sentence % {"who": self.who, **parts}


def _opened(told: _Told) -> str:
    source, subject = source_word(told.text("source")), told.text("subject")
    if not subject:
        return told(_("%(who)s asked, %(source)s."), source=source)
    return told(_("%(who)s asked, %(source)s: “%(subject)s”"), source=source, subject=subject)


def _said(told: _Told) -> str:
    if told.text("channel") == "phone":
        return told(_("%(who)s spoke on the phone."))
    if told.body.get("automatic"):
        return told(_("%(who)s: an automatic mail came."))
    if told.body.get("verified") is False:
        return told(_("%(who)s wrote by mail; only the mail says who it was."))
    return told(_("%(who)s wrote."))


def _assigned(told: _Told) -> str:
    to, before = told.text("name"), told.text("from")
    if to == told.who and before:
        return told(_("%(who)s took it from %(before)s."), before=before)
    if to == told.who:
        return told(_("%(who)s took it."))
    if to and before:
        return told(_("%(who)s handed it from %(before)s to %(to)s."), before=before, to=to)
    if to:
        return told(_("%(who)s handed it to %(to)s."), to=to)
    if before:
        return told(_("%(who)s took it from %(before)s and gave it to nobody in particular."), before=before)
    return told(_("%(who)s handed it to nobody in particular."))


def _paused(told: _Told) -> str:
    words = {
        "customer": _("%(who)s set it to waiting for the client, without asking."),
        "third_party": _("%(who)s set it to waiting for somebody else, without asking."),
        "agreed_date": _("%(who)s put it off until a date, without asking."),
    }
    return told(words.get(told.text("reason"), _("%(who)s set it to waiting.")))


def _resolved(told: _Told) -> str:
    kind = told.text("kind")
    if kind == "workaround":
        return told(
            _("%(who)s: held by a workaround. The permanent fix is promised for %(day)s."), day=told.day("until")
        )
    if kind == "fixed":
        return told(_("%(who)s: working again, for good."))
    return told(_("%(who)s: working again, nobody knows why."))


def _snoozed(told: _Told) -> str:
    until = told.when("until")
    return (
        told(_("%(who)s snoozed it until %(until)s."), until=until)
        if until
        else told(_("%(who)s snoozed it until somebody writes."))
    )


def _answered(told: _Told) -> str:
    words = {
        "solved": _("%(who)s said: solved."),
        "partly": _("%(who)s said: partly solved."),
        "not_solved": _("%(who)s said: not solved."),
    }
    return told(words.get(told.text("answer"), _("%(who)s answered.")))


def _disputed(told: _Told) -> str:
    if told.text("about") == "quick":
        return told(_("%(who)s objects to the verdict “Quick?”"))
    return told(_("%(who)s objects to the verdict “For good?”"))


def _time(told: _Told) -> str:
    minutes = told.body.get("minutes")
    length = duration_in_words(minutes * 60, days=False) if isinstance(minutes, int) else ""
    if told.happened.verb == "ticket.time_taken_back":
        return told(_("%(who)s took back %(length)s of work."), length=length)
    return told(_("%(who)s worked on it: %(length)s."), length=length)


_STEPS: dict[str, Callable[[_Told], str]] = {
    "steps_added": lambda told: told(_("%(who)s added steps.")),
    "step_ticked": lambda told: told(_("%(who)s ticked a step.")),
    "step_unticked": lambda told: told(_("%(who)s: a step is not done after all.")),
    "step_moved": lambda told: told(_("%(who)s moved a step.")),
    "step_removed": lambda told: told(_("%(who)s took a step off the list.")),
}


def _held(told: _Told) -> str:
    return told(_("The reply that %(who)s had written to be sent later was held back."))


_SAY: dict[str, Callable[[_Told], str]] = {
    "ticket.opened": _opened,
    "ticket.imported": lambda told: told(_("%(who)s took it in out of a log of calls.")),
    "ticket.import_updated": lambda told: told(_("%(who)s took in a newer log, which says something else of it.")),
    "ticket.import_undone": lambda told: told(_("%(who)s took back the log of calls that it came out of.")),
    "ticket.said_to_customer": _said,
    "ticket.said_to_supplier": _said,
    "ticket.noted": lambda told: told(_("%(who)s wrote a note for colleagues.")),
    "ticket.promised": lambda told: told(_("%(who)s promised the next word by %(at)s."), at=told.when("due_at")),
    "ticket.paused": _paused,
    "ticket.unpaused": lambda told: told(_("%(who)s took the move back: nothing is waited for any more.")),
    "ticket.assigned": _assigned,
    "ticket.prioritised": lambda told: told(
        _("%(who)s changed how urgent it is, from %(before)s to %(after)s."),
        before=told.priority("from"),
        after=told.priority("to"),
    ),
    "ticket.involved": lambda told: told(
        _("%(who)s let %(supplier)s work on it too."), supplier=told.happened.supplier or _("another supplier")
    ),
    "ticket.resolved": _resolved,
    "ticket.fixed_permanently": lambda told: told(_("%(who)s: the permanent fix is in.")),
    "ticket.reopened": lambda told: told(_("%(who)s: not solved, open again.")),
    "ticket.set_aside": lambda told: told(_("%(who)s: set aside. %(state)s."), state=set_aside_word(told.text("as"))),
    "ticket.repeated": lambda told: told(_("%(who)s linked a later request: the same problem came again.")),
    "ticket.answered": _answered,
    "ticket.disputed": _disputed,
    "ticket.snoozed": _snoozed,
    "ticket.woken": lambda told: told(_("%(who)s ended the snooze.")),
    "ticket.reply_scheduled": lambda told: told(
        _("%(who)s wrote a reply that is to go out later: %(at)s."), at=told.when("send_at")
    ),
    "ticket.reply_rescheduled": lambda told: told(
        _("%(who)s changed a reply that is to go out later: %(at)s."), at=told.when("send_at")
    ),
    "ticket.reply_withdrawn": lambda told: told(_("%(who)s withdrew a reply that was waiting.")),
    "ticket.reply_held": _held,
    "ticket.shown": lambda told: told(_("%(who)s: shown to everybody at the business.")),
    "ticket.hidden": lambda told: told(_("%(who)s: no longer shown to everybody.")),
    "ticket.affected": lambda told: told(_("%(who)s has it too.")),
    "ticket.time_spent": _time,
    "ticket.time_taken_back": _time,
    **{f"ticket.{own}{verb}": say for verb, say in _STEPS.items() for own in ("", "own_")},
}


@register.simple_tag
def late_entry(happened: Happened, zone: str, now: dt.datetime) -> str:
    """Return when something was written down that had happened well before; "" if at once."""
    if happened.recorded_at - happened.at < WRITTEN_AT_ONCE:
        return ""
    return _("Written down at %(at)s.") % {"at": in_words(happened.recorded_at, zone, now)}

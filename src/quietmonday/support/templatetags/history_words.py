"""The words of a request's history: one sentence an entry, that starts with the person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quietmonday.kit.moments import duration_in_words, in_words
from quietmonday.support.queries.history import Happened
from quietmonday.support.templatetags.link_words import link_word
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
    said = body.get("note") or body.get("text") or ""
    text = ("\n".join(map(str, said)) if isinstance(said, list) else str(said)).strip()
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

    def names(self, key: str) -> str:
        """A part that is persons, or words in a row."""
        rows = self.body.get(key)
        rows = rows if isinstance(rows, list) else []
        return ", ".join(str(each["name"]) if isinstance(each, dict) and "name" in each else str(each) for each in rows)

    def count(self, key: str) -> int:
        """A part that is a number."""
        value = self.body.get(key)
        return value if isinstance(value, int) else 0

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


def _held(told: _Told) -> str:
    return told(_("The reply that %(who)s had written to be sent later was held back."))


def _weighed(told: _Told) -> str:
    urgent = told.priority("priority")
    return told(_("%(who)s said anew whom it hits and how hard. How urgent it is now: %(urgent)s."), urgent=urgent)


def _linked(told: _Told) -> str:
    """What it has to do with the other request, in the words of the links themselves."""
    try:
        words = link_word(told.text("kind"), told.body.get("outward") is True)
    except KeyError:
        words = _("Has to do with request")
    return told(_("%(who)s linked it. %(words)s %(number)s."), words=words, number=told.text("other_number"))


def _unlinked(told: _Told) -> str:
    return told(_("%(who)s took the link with request %(number)s away."), number=told.text("other_number"))


def _merged(told: _Told) -> str:
    number = told.text("other_number")
    if told.body.get("outward") is True:
        return told(_("%(who)s: this is the same call as request %(number)s, and goes on there."), number=number)
    return told(_("%(who)s: request %(number)s is the same call, and goes on here."), number=number)


def _apart(told: _Told) -> str:
    return told(_("%(who)s took this and request %(number)s apart again."), number=told.text("other_number"))


def _split(told: _Told) -> str:
    number = told.text("other_number")
    if told.body.get("outward") is True:
        return told(_("%(who)s split it off from request %(number)s."), number=number)
    return told(_("%(who)s split request %(number)s off from it."), number=number)


def _watched(told: _Told) -> str:
    names = told.names("persons")
    if names == told.who:
        return told(_("%(who)s hears of it from now on."))
    return told(_("%(who)s lets them hear of it: %(names)s."), names=names)


def _unwatched(told: _Told) -> str:
    names = told.names("persons")
    if names == told.who:
        return told(_("%(who)s no longer hears of it."))
    return told(_("%(who)s: they no longer hear of it: %(names)s."), names=names)


def _time(told: _Told, sentence: str) -> str:
    return told(sentence, length=duration_in_words(told.count("minutes") * 60, days=False))


def _steps(told: _Told) -> str:
    number = told.count("steps")
    words = ngettext("%(who)s put %(n)s step on the list.", "%(who)s put %(n)s steps on the list.", number)
    return told(words, n=str(number))


_STEPS: dict[str, Callable[[_Told], str]] = {
    "steps_added": _steps,
    "step_ticked": lambda told: told(_("%(who)s ticked a step.")),
    "step_unticked": lambda told: told(_("%(who)s took the tick off a step.")),
    "step_moved": lambda told: told(_("%(who)s moved a step.")),
    "step_removed": lambda told: told(_("%(who)s took a step off the list.")),
}


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
    "ticket.weighed": _weighed,
    "ticket.asked_for": lambda told: told(_("%(who)s: it is asked for %(name)s."), name=told.text("name")),
    "ticket.let_go": lambda told: told(
        _("%(who)s let %(supplier)s go from it."), supplier=told.happened.supplier or _("another supplier")
    ),
    "ticket.would_call_in": lambda told: told(_("%(who)s would have another supplier look at it.")),
    "ticket.call_in_declined": lambda told: told(_("%(who)s: nobody else shall look at it.")),
    "ticket.copy_declined": lambda told: told(
        _("%(who)s: whoever stood in copy of a mail shall not hear of it: %(name)s."), name=told.text("name")
    ),
    "ticket.watched": _watched,
    "ticket.unwatched": _unwatched,
    "ticket.linked": _linked,
    "ticket.unlinked": _unlinked,
    "ticket.merged": _merged,
    "ticket.taken_apart": _apart,
    "ticket.split": _split,
    "ticket.tagged": lambda told: told(_("%(who)s put a tag on it: %(tags)s."), tags=told.names("tags")),
    "ticket.untagged": lambda told: told(_("%(who)s took a tag off: %(tags)s."), tags=told.names("tags")),
    "ticket.shown": lambda told: told(_("%(who)s shows everybody at the business that it is known.")),
    "ticket.hidden": lambda told: told(_("%(who)s no longer shows it to everybody.")),
    "ticket.affected": lambda told: told(_("%(who)s has it too.")),
    "ticket.time_spent": lambda told: _time(told, _("%(who)s worked on it: %(length)s.")),
    "ticket.time_taken_back": lambda told: _time(told, _("%(who)s took time back that was a mistake: %(length)s.")),
    "ticket.mail_returned": lambda told: told(_("A mail to %(address)s came back."), address=told.text("address")),
    "ticket.involved": lambda told: told(
        _("%(who)s let %(supplier)s work on it too."), supplier=told.happened.supplier or _("another supplier")
    ),
    "ticket.resolved": _resolved,
    "ticket.fixed_permanently": lambda told: told(_("%(who)s: the permanent fix is in.")),
    "ticket.reopened": lambda told: told(_("%(who)s: not solved, open again.")),
    "ticket.set_aside": lambda told: told(_("%(who)s: set aside. %(state)s."), state=set_aside_word(told.text("as"))),
    "ticket.aside_undone": lambda told: told(_("%(who)s took back that it was set aside. It is open again.")),
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
    **{f"ticket.{own}{verb}": say for verb, say in _STEPS.items() for own in ("", "own_")},
}


@register.simple_tag
def late_entry(happened: Happened, zone: str, now: dt.datetime) -> str:
    """Return when something was written down that had happened well before; "" if at once."""
    if happened.recorded_at - happened.at < WRITTEN_AT_ONCE:
        return ""
    return _("Written down at %(at)s.") % {"at": in_words(happened.recorded_at, zone, now)}

"""The words of requests on screens: whose move, why a row is here, verdict sentences, flags of messages."""

import datetime as dt
import re
from typing import Any

from django import template
from django.utils.html import escape, format_html, linebreaks
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from quietmonday.kit.marks import icon_svg
from quietmonday.kit.moments import duration_in_words, in_words
from quietmonday.kit.speaking import translate, translate_plural
from quietmonday.kit.templatetags.quiet import state, verdict
from quietmonday.support.logic.flags import Flag
from quietmonday.support.logic.judged import Value, Verdict
from quietmonday.support.logic.said import Speaker, said

register = template.Library()

LONG_OVER = 40 * 3600
"""Working seconds past a promise from which hours say nothing any more: then screens say since when, or days."""


@register.simple_tag
def judged(found: Verdict, zone: str, now: dt.datetime) -> SafeString:
    """Return `judged_by` for one verdict of a page."""
    return judged_by(Speaker(translate=translate, translate_plural=translate_plural, zone=zone, now=now), found)


def judged_by(speaker: Speaker, found: Verdict) -> SafeString:
    """Return mark, word and sentence of a verdict; one that nobody judges gets its sentence only."""
    spoken = said(found, speaker)
    if found.value is Value.NO_VERDICT:
        return state("nay", _("No verdict"), spoken.sentence)
    return verdict(spoken.value, spoken.sentence, held=spoken.held)


@register.simple_tag
def flag_line(flag: Flag, who: str, supplier: str, ours: bool, zone: str, now: dt.datetime) -> SafeString:
    """Return the line below a message. `ours`: the reader works for the supplier and reads "our clock"."""
    clock = _("Our clock") if ours else _("%(supplier)s’s clock") % {"supplier": supplier}
    stopped = _("%(clock)s stopped here.") if flag.stops else _("%(clock)s runs on.")
    icon, words = _FLAGS[flag.kind](flag, who, stopped % {"clock": clock}, clock, zone, now)
    return format_html('<p class="flag">{} <span>{}</span></p>', icon_svg(icon), words)


def _asked(flag: Flag, who: str, stopped: str, clock: str, zone: str, now: dt.datetime) -> tuple[str, str]:
    question = _("Question to %(who)s.") % {"who": who} if who else _("A question.")
    return "pause", f"{question} {stopped}"


def _third(flag: Flag, who: str, stopped: str, clock: str, zone: str, now: dt.datetime) -> tuple[str, str]:
    return "pause", " ".join((_("Waiting for somebody else."), stopped))


def _agreed(flag: Flag, who: str, stopped: str, clock: str, zone: str, now: dt.datetime) -> tuple[str, str]:
    until = in_words(flag.at, zone, now) if flag.at else _("a later date")
    return "pause", " ".join((_("Put off until %(until)s.") % {"until": until}, stopped))


def _answered(flag: Flag, who: str, stopped: str, clock: str, zone: str, now: dt.datetime) -> tuple[str, str]:
    after = _("Answered after %(length)s.") % {"length": duration_in_words(flag.seconds, days=True)}
    runs = _("%(clock)s runs again.") % {"clock": clock}
    return "clock", f"{after} {runs}" if flag.stops else after


def _promised(flag: Flag, who: str, stopped: str, clock: str, zone: str, now: dt.datetime) -> tuple[str, str]:
    words = {
        None: _("Next word promised by %(at)s."),
        True: _("Next word promised by %(at)s. Kept."),
        False: _("Next word promised by %(at)s. It came late or not at all."),
    }[flag.kept]
    return "clock", words % {"at": in_words(flag.at, zone, now) if flag.at else ""}


_FLAGS: dict[str, Any] = {
    "asked": _asked,
    "waits_third_party": _third,
    "agreed_date": _agreed,
    "answered": _answered,
    "promised": _promised,
}


@register.filter
def priority_word(priority: int) -> str:
    """Return a priority as people say it."""
    return {1: _("urgent"), 2: _("high"), 3: _("normal"), 4: _("whenever it suits")}[priority]


@register.filter
def can_work_word(can_work: str) -> str:
    """Return what the requester said of being able to work."""
    return {"no": _("no"), "partly": _("partly"), "yes": _("yes")}.get(can_work, "")


@register.filter
def impact_word(impact: str) -> str:
    """Return whom a request hits."""
    return {"one": _("one person"), "several": _("several people"), "all": _("the whole business")}.get(impact, "")


@register.filter
def source_word(source: str) -> str:
    """Return how a request came."""
    return {
        "email": _("by mail"),
        "phone": _("by phone"),
        "web": _("through this page"),
        "visit": _("during a visit"),
        "monitoring": _("by a check"),
        "sheet": _("out of a log of calls"),
        "schedule": _("by its schedule"),
        "api": _("through a program"),
    }.get(source, source)


@register.filter
def minutes_word(minutes: int | str) -> str:
    """Return minutes of work as people say them: `26 min`, `1 h 40`."""
    return duration_in_words(int(minutes) * 60, days=False)


@register.simple_tag
def left(moment: dt.datetime, now: dt.datetime) -> SafeString:
    """Return how long it is until `moment`, or since it passed."""
    seconds = int((moment - now).total_seconds())
    words = _("in %(length)s") if seconds >= 0 else _("passed %(length)s ago")
    return format_html("<span>{}</span>", words % {"length": duration_in_words(abs(seconds), days=True)})


@register.simple_tag
def hours_left(page: Any) -> SafeString:
    """Return how much of the promised open time is left, or by how much it is over."""
    seconds = page.restore_seconds_left
    if seconds is None:
        return SafeString("")
    whole = duration_in_words(page.target.restore_minutes * 60, days=False)
    if seconds < -LONG_OVER and page.ticket.restore_by is not None:
        ago = duration_in_words(page.now - page.ticket.restore_by, days=True)
        return format_html("<span>{}</span>", _("the %(whole)s ran out %(ago)s ago") % {"whole": whole, "ago": ago})
    words = _("%(left)s of %(whole)s left") if seconds >= 0 else _("%(left)s over the %(whole)s")
    return format_html("<span>{}</span>", words % {"left": duration_in_words(abs(seconds), days=False), "whole": whole})


@register.simple_tag
def move_word(page: Any) -> str:
    """Return who waits for whom, as a name. Settled, it is up to the requester to say whether it is solved."""
    ticket = page.ticket
    if ticket.state == "resolved" and ticket.move == "nobody" and ticket.requester and not page.answer:
        return str(ticket.requester.name)
    names: dict[str, str] = {
        "supplier": page.supplier,
        "customer": ticket.requester.name if ticket.requester else ticket.business.name,
        "third_party": _("Somebody else"),
        "agreed_date": _("Nobody, put off"),
        "nobody": _("Nobody"),
    }
    return names[ticket.move]


@register.simple_tag
def set_aside_word(state_key: str) -> str:
    """Return what a ticket is that was no call for help."""
    return {
        "cancelled": _("Not needed any more"),
        "duplicate": _("Part of another request"),
        "spam": _("Not a request"),
    }.get(state_key, state_key)


@register.simple_tag
def day(date: dt.date, now: dt.datetime) -> str:
    """Return a date as people say it."""
    return in_words(dt.datetime.combine(date, dt.time(12), tzinfo=dt.UTC), "UTC", now, "day")


@register.simple_tag
def when_plain(moment: dt.datetime, zone: str, now: dt.datetime) -> str:
    """Return a moment as text, for charts: `08:20` on the day itself."""
    return in_words(moment, zone, now, "time")


@register.simple_tag
def said_word(answer: str, who: str = "") -> str:
    """Return what the requester said of the outcome; without `who`, to themselves."""
    words = {"solved": _("solved"), "partly": _("partly solved"), "not_solved": _("not solved")}
    said = words.get(answer, answer)
    if who:
        return _("%(who)s said: %(said)s.") % {"who": who, "said": said}
    return _("You said: %(said)s. You can change it.") % {"said": said}


@register.simple_tag
def event_words(event: Any, held: bool, out_of_a_log: bool = False) -> str:
    """Return one event of a request as a sentence that starts with the person."""
    answers = {"solved": _("solved"), "partly": _("partly solved"), "not_solved": _("not solved")}
    aside = {"quick": _("Quick?"), "effective": _("For good?")}
    detail = event.detail
    kinds = {
        "fixed": _("%(by)s: working again, for good."),
        "workaround": _("%(by)s: held by a workaround. The permanent fix is promised for %(day)s."),
        "unknown": _("%(by)s: working again. The log says no more.")
        if out_of_a_log
        else _("%(by)s: working again, nobody knows why."),
    }
    words = {
        "resolved": kinds.get(detail, ""),
        "fixed_permanently": _("%(by)s: the permanent fix is in."),
        "reopened": _("%(by)s: not solved, open again."),
        "feedback": _("%(by)s said: %(answer)s."),
        "disputed": _("%(by)s objects to the verdict “%(about)s”"),
        "assigned": _handed(event),
        "prioritised": _("%(by)s: how urgent it is, now %(priority)s."),
        "repeated": _("%(by)s: the same problem came again as request"),
        "repeats": _("%(by)s: the same problem as request"),
        "set_aside": _("%(by)s: set aside. %(state)s."),
        "shown": _("%(by)s: shown to everybody at the business."),
        "hidden": _("%(by)s: no longer shown to everybody."),
        "affected": _("%(by)s has it too."),
    }[event.what]
    return words % {
        "by": event.by,
        "detail": detail,
        "day": day(event.date, event.at) if event.date else "",
        "answer": answers.get(detail, detail),
        "about": aside.get(detail, detail),
        "priority": priority_word(int(detail)) if event.what == "prioritised" else "",
        "state": set_aside_word(detail) if event.what == "set_aside" else "",
    }


def _handed(event: Any) -> str:
    if event.detail == event.by:
        return _("%(by)s took it.")
    return _("%(by)s handed it to %(detail)s.") if event.detail else _("%(by)s handed it to nobody in particular.")


@register.simple_tag
def said_text(message: Any) -> SafeString:
    """Return what somebody wrote, in paragraphs, with those marked whom it names and who were told."""
    text = escape(message.text)
    named = sorted((re.escape(escape(written)) for written, _ref in message.mentioned), key=len, reverse=True)
    if named:
        text = SafeString(re.sub(rf"(?:{'|'.join(named)})(?!\w)", lambda found: f"<b>{found[0]}</b>", text))
    return SafeString(linebreaks(text, autoescape=False))


@register.simple_tag
def wait_label(page: Any) -> str:
    """Return whose wait the first clock shows."""
    if page.is_requester:
        return _("Your wait, nothing taken off")
    return _("Waited, nothing taken off")


@register.simple_tag
def clock_label(page: Any) -> str:
    """Return whose clock the second one is."""
    return _("%(supplier)s’s clock") % {"supplier": page.supplier}


@register.simple_tag
def clocks_label(page: Any) -> str:
    """Return the finding and the values of the two clocks, for who cannot see them."""
    chart = page.chart
    words = {
        "start": in_words(chart.start, page.zone, page.now),
        "end": in_words(chart.end, page.zone, page.now),
        "wait": duration_in_words(chart.wait, days=True),
        "clock": clock_label(page),
        "ran": duration_in_words(chart.ran, days=False),
        "stood": duration_in_words(chart.stood, days=False),
    }
    if chart.stood:
        return _("From %(start)s to %(end)s. The wait: %(wait)s. %(clock)s: %(ran)s, stopped for %(stood)s.") % words
    return _("From %(start)s to %(end)s. The wait: %(wait)s. %(clock)s: %(ran)s, never stopped.") % words


@register.filter
def percent(share: float) -> str:
    """Return a share of the width as SVG takes it, whatever the reader's language."""
    return f"{share:.2f}%"


@register.filter
def is_picture(media_type: str) -> bool:
    """Return whether a file of this type is drawn anew and shown."""
    return media_type in {"image/png", "image/jpeg", "image/gif", "image/webp"}


@register.simple_tag
def said_plain(answer: str) -> str:
    """Return the answer that was given, as a heading says it to who gave it."""
    return {
        "solved": _("You said: solved."),
        "partly": _("You said: partly solved."),
        "not_solved": _("You said: not solved."),
    }.get(answer, _("You have answered."))

"""The words of mailboxes: how one is, and whose it is."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from quietmonday.kit.moments import duration_in_words, in_words
from quietmonday.kit.templatetags.quiet import state
from quietmonday.people.models import Engagement
from quietmonday.post.models import Mailbox
from quietmonday.support.logic.routing import Ruling
from quietmonday.support.models import RoutingRule
from quietmonday.support.queries.mailboxes import Health
from quietmonday.support.templatetags.support_words import priority_word

register = template.Library()


@register.simple_tag
def mailbox_state(line: Health, zone: str, now: dt.datetime) -> SafeString:
    """Return mark, word and sentence of how a mailbox is."""
    m = line.mailbox
    last = in_words(m.last_ok_at, zone, now) if m.last_ok_at else _("never")
    away = duration_in_words(now - line.since, days=True) if line.since else ""
    words = {
        "last": last,
        "why": _(m.last_error) if m.last_error else "",
        "away": away,
        "who": m.paused_by,
        "since": in_words(m.paused_at, zone, now) if m.paused_at else "",
    }
    read = _("Last read: %(last)s.") % words
    gap = [_("Its mail has not come in for %(away)s.") % words] if away else []
    match line.state:
        case "listened":
            return state("yes", _("Read"), " ".join([read, _("The server says at once when a mail comes.")]))
        case "read":
            return state("yes", _("Read"), " ".join([read, _("It is read each minute.")]))
        case "handed":
            return state("yes", _("Open"), _("It takes what your mail server hands over; we cannot see what it keeps."))
        case "not_yet":
            return state("early", _("Not read yet"), _("The first reading comes within a minute, if a worker runs."))
        case "sign_in":
            return state("no", _("Sign in again"), " ".join([*gap, _("The service wants somebody to sign in."), read]))
        case "paused":
            return state("half", _("Paused"), _("%(who)s paused it, %(since)s. Nothing comes in through it.") % words)
    return state("no", _("Not read"), " ".join([_("Because %(why)s.") % words, *gap, read]))


@register.simple_tag
def mailbox_serves(m: Mailbox) -> str:
    """Return whose requests come in through it."""
    if m.supplier is None:
        return _("every business here, whoever supplies it")
    if m.business is None:
        return _("all clients of %(firm)s") % {"firm": m.supplier.name}
    return _("%(business)s, supplied by %(firm)s") % {"business": m.business.name, "firm": m.supplier.name}


@register.simple_tag
def after_words(m: Mailbox) -> str:
    """Return what happens in the mailbox to a mail that is kept here."""
    return {
        "seen": _("Mails are marked as read there once they are kept here."),
        "move": _("Mails are moved into %(folder)s there once they are kept here.") % {"folder": m.after_folder},
        "delete": _("Mails are deleted there once they are kept here."),
    }.get(m.after, _("Mails stay there as they are."))


@register.simple_tag
def rule_when(rule: RoutingRule) -> str:
    """Return what must hold for a mail, in words."""
    told = {
        "tag": rule.plus_tag,
        "address": rule.recipient,
        "domain": rule.sender_domain,
        "words": rule.subject_words,
        "field": rule.header_name,
        "inside": rule.header_words,
    }
    parts = [
        words % told
        for given, words in (
            (rule.plus_tag, _("Tag +%(tag)s")),
            (rule.recipient, _("To %(address)s")),
            (rule.sender_domain, _("From %(domain)s")),
            (rule.subject_words, _("Subject with “%(words)s”")),
            (rule.header_name and not rule.header_words, _("With the field %(field)s")),
            (rule.header_words, _("%(field)s with “%(inside)s”")),
        )
        if given
    ]
    return " · ".join(parts)


@register.simple_tag
def rule_then(rule: RoutingRule, named: bool) -> str:
    """Return what happens to such a mail, in words; `named`: with the name of the common request."""
    if rule.engagement is None:
        return _("No request.")
    words = _("A request of %(business)s.") % {"business": rule.engagement.business.name}
    more = []
    if rule.priority:
        more.append(_("How urgent: %(priority)s.") % {"priority": priority_word(rule.priority)})
    if rule.assignee:
        more.append(_("Handed to %(name)s.") % {"name": rule.assignee.name})
    if rule.template and not named:
        more.append(_("As a common request."))
    elif rule.template:
        more.append(_("As the common request “%(title)s”.") % {"title": rule.template.title})
    if rule.tags:
        more.append(_("Tags: %(tags)s.") % {"tags": rule.tags})
    if rule.engagement.ends_at is not None:
        more.append(_("It counts no more: that relationship has ended."))
    return " ".join([words, *more])


@register.simple_tag
def ruling_words(found: Ruling, names: Mapping[uuid.UUID, Engagement]) -> str:
    """Return what rules come to for one mail, in words."""
    if found.aside:
        return _("no request")
    engagement = names.get(found.engagement) if found.engagement else None
    if engagement is None:
        return _("no rule")
    firms = {"business": engagement.business.name, "supplier": engagement.supplier.name}
    words = _("a request of %(business)s to %(supplier)s") % firms
    urgency = priority_word(found.priority) if found.priority else ""
    more = [
        urgency,
        _("handed to somebody") if found.assignee else "",
        _("as a common request") if found.template else "",
        _("tags: %(tags)s") % {"tags": found.tags} if found.tags else "",
    ]
    return ", ".join(filter(None, [words, *more]))

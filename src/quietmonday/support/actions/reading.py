"""What of a mail becomes the text of a message, in the language and the zone of its business."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quietmonday.post.logic.mail import ParsedMail, Protection, Role
from quietmonday.post.logic.mail.armour import without_armour
from quietmonday.post.logic.mail.invitation import Invitation
from quietmonday.post.logic.reply import new_text


def read_words(mail: ParsedMail, *, zone: str, language: str) -> tuple[str, str]:
    """Return (text, quoted): what the mail says, an invitation in words, a line for what cannot be read here."""
    plain, armour = without_armour(mail.text) if mail.protection in _PGP else (mail.text, "")
    text, quoted = new_text(plain, mail.subject)
    quoted = "\n\n".join(filter(None, [quoted, armour]))
    with translation.override(language):
        notes = [in_words(mail.invitation, zone)] if mail.invitation else []
        return "\n\n".join(filter(None, [text, *notes, *_notes(mail)])), quoted


_PGP = (Protection.ENCRYPTED_PGP, Protection.SIGNED_PGP)


def in_words(invitation: Invitation, zone: str) -> str:
    """Return an invitation as lines: what, when in `zone`, where, who invites."""
    heads = {"CANCEL": _("Cancelled: %(what)s"), "REPLY": _("Answer to an invitation: %(what)s")}
    head = heads.get(invitation.method, _("Invitation: %(what)s"))
    lines = [head % {"what": invitation.what or _("without a name")}]
    if invitation.start is not None:
        lines.append(_("When: %(when)s") % {"when": _when(invitation, zone)})
    if invitation.where:
        lines.append(_("Where: %(where)s") % {"where": invitation.where})
    if invitation.who:
        lines.append(_("Invited by: %(who)s") % {"who": invitation.who})
    return "\n".join(lines)


def _when(invitation: Invitation, zone: str) -> str:
    start, end = _local(invitation.start, zone), _local(invitation.end, zone)
    if not isinstance(start, dt.datetime):
        days = [_day(day) for day in dict.fromkeys((start, end)) if day is not None]
        when = _("%(first)s to %(last)s") % {"first": days[0], "last": days[1]} if len(days) > 1 else days[0]
    else:
        first = f"{_day(start)}, {start:%H:%M}"
        if isinstance(end, dt.datetime):
            last = f"{end:%H:%M}" if end.date() == start.date() else f"{_day(end)}, {end:%H:%M}"
            first = _("%(first)s to %(last)s") % {"first": first, "last": last}
        place = zone if start.tzinfo else invitation.zone or _("the sender’s own time")
        when = f"{first} ({place})"
    return _("%(when)s, and again after that") % {"when": when} if invitation.repeats else when


def _day(date: dt.date) -> str:
    return date_format(date, pgettext("date pattern", "D j N Y"))


def _local(moment: dt.datetime | dt.date | None, zone: str) -> dt.datetime | dt.date | None:
    aware = isinstance(moment, dt.datetime) and moment.tzinfo is not None
    return moment.astimezone(ZoneInfo(zone)) if aware and isinstance(moment, dt.datetime) else moment


def _notes(mail: ParsedMail) -> list[str]:
    """Return a sentence for each thing that the text does not show."""
    names = {role: next((a.name for a in mail.attachments if a.role == role), "") for role in Role}
    notes = []
    if mail.protection in (Protection.ENCRYPTED_SMIME, Protection.ENCRYPTED_PGP):
        notes.append(_("[This mail is encrypted. Open it in your mail program; it is kept here as it came.]"))
    elif mail.protection and names[Role.SIGNATURE]:
        said = _("[This mail is signed. The signature is the file %(name)s; nobody has checked it here.]")
        notes.append(said % {"name": names[Role.SIGNATURE]})
    elif mail.protection:
        notes.append(_("[This mail is signed. Nobody has checked the signature here.]"))
    if names[Role.KEY]:
        said = _("[%(name)s is a key or certificate of the sender. Nobody has checked it here.]")
        notes.append(said % {"name": names[Role.KEY]})
    if names[Role.OUTLOOK]:
        said = _("[%(name)s holds what Outlook sent in a form of its own. Outlook opens it.]")
        notes.append(said % {"name": names[Role.OUTLOOK]})
    for attachment in mail.attachments:
        if len(attachment.data) > settings.MAX_ATTACHMENT_BYTES:
            said = _("[%(name)s (%(mb)d MB) is too large to be kept apart. It is in the mail as it came.]")
            notes.append(said % {"name": attachment.name, "mb": len(attachment.data) // (1024 * 1024)})
    return notes

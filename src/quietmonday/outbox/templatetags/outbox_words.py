"""Why something failed, in words."""

import smtplib

from django import template
from django.utils.translation import gettext as _

from quietmonday.kit.topics import words_of

register = template.Library()


@register.filter
def work_in_words(topic: str) -> str:
    """Return what the job of a topic does."""
    return words_of(topic)


_SERVER_AWAY = {
    ConnectionRefusedError.__name__,
    ConnectionResetError.__name__,
    TimeoutError.__name__,
    "gaierror",
    "timeout",
    smtplib.SMTPConnectError.__name__,
    smtplib.SMTPServerDisconnected.__name__,
}


@register.filter
def in_words(last_error: str) -> str:
    """Return what `last_error` (class, then what was safe to keep) means for the administrator."""
    name = last_error.partition(":")[0].partition(" at ")[0]
    if name in _SERVER_AWAY:
        return _("The other server could not be reached.")
    if name == smtplib.SMTPAuthenticationError.__name__:
        return _("The mail server refused our name or password. Set QUIETMONDAY_MAIL_URL right, then try again.")
    if name == smtplib.SMTPRecipientsRefused.__name__:
        return _("The mail server does not take mail for this address.")
    if name == smtplib.SMTPSenderRefused.__name__:
        return _("The mail server does not let us send from this sender. Check QUIETMONDAY_MAIL_FROM.")
    if name == smtplib.SMTPDataError.__name__:
        return _("The mail server refused what the mail says or who it is from.")
    if name == "UnknownTopic":
        return _("No part of this installation knows this kind of work. Was an upgrade left half done?")
    if name == "SecretUnreadable":
        return _("It was sealed with another root key. Put back the root key that belongs to this database.")
    if name == "WorkerLost":
        return _("The worker was stopped while it was at it, again and again. Is there enough memory?")
    if name in {"OperationalError", "InterfaceError"}:
        return _("The database was busy or away.")
    return _("It stopped with an error. The log has a line for each try.")

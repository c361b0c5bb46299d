"""The words of mails: what a part is, what a file that came along is for, why a mail of ours came back."""

from django import template
from django.utils.translation import gettext as _

from quietmonday.people.templatetags.people_words import FAILED
from quietmonday.post.logic.mail import Attachment, ParsedMail, Protection, Role

register = template.Library()


@register.simple_tag
def part_is(part: Attachment) -> str:
    """Return what a part of a mail is, where it is no file that somebody attached."""
    pgp = "pgp" in part.declared or b"PGP" in part.data[:100]
    match part.role:
        case Role.SIGNATURE:
            return _("the signature (PGP)") if pgp else _("the signature (S/MIME)")
        case Role.ENCRYPTED:
            return (
                _("encrypted (PGP): open it with the key it is for")
                if pgp
                else _("encrypted or signed as a whole (S/MIME): your mail program opens it")
            )
        case Role.KEY:
            return _("a public key (PGP)") if pgp else _("a certificate (S/MIME)")
        case Role.OUTLOOK:
            return _("what Outlook sent in a form of its own")
        case Role.CALENDAR:
            return _("an invitation")
    return ""


@register.simple_tag
def protection_in_words(mail: ParsedMail) -> str:
    """Return how a mail is signed or encrypted, in a sentence; "" if it is neither."""
    return {
        Protection.SIGNED_SMIME: _("It is signed (S/MIME). Nobody has checked the signature here."),
        Protection.SIGNED_PGP: _("It is signed (PGP). Nobody has checked the signature here."),
        Protection.ENCRYPTED_SMIME: _("It is encrypted (S/MIME). Open it in your mail program: it is kept as it came."),
        Protection.ENCRYPTED_PGP: _("It is encrypted (PGP). Open it in your mail program: it is kept as it came."),
        None: "",
    }[mail.protection]


@register.filter
def sealed_file(name: str) -> str:
    """Return what a file is that mail programs send along to sign or to encrypt, by its name; "" for others."""
    ending = name.lower().rpartition(".")[2]
    if ending in ("p7m", "p7s", "p7c"):
        return {
            "p7m": _("encrypted or signed as a whole (S/MIME): your mail program opens it"),
            "p7s": _("the signature (S/MIME)"),
            "p7c": _("a certificate (S/MIME)"),
        }[ending]
    if ending in ("asc", "sig"):
        return (
            _("encrypted (PGP): open it with the key it is for")
            if name.lower().startswith("encrypted")
            else _("a signature, a key or another part of a PGP mail")
        )
    return _("encrypted (PGP): open it with the key it is for") if ending in ("pgp", "gpg") else ""


@register.simple_tag
def why_refused(rule: str) -> str:
    """Return why a mail of ours came back."""
    return str(FAILED.get(rule, ""))

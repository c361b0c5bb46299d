"""Names of files as any system can store them and any reader can trust them."""

import re
import unicodedata

from quietmonday.kit.text import clean_line
from quietmonday.post.logic.mail import limits

_FORBIDDEN = re.compile(r'[<>:"|?*\ufffd]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE)

EXTENSIONS = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/csv": ".csv",
    "text/calendar": ".ics",
    "text/rfc822-headers": ".txt",
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/feedback-report": ".txt",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/svg+xml": ".svg",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/ms-tnef": ".dat",
    "application/pgp-signature": ".asc",
    "application/pgp-encrypted": ".asc",
    "application/pgp-keys": ".asc",
    "application/pkix-cert": ".cer",
    "application/x-x509-user-cert": ".cer",
    "application/x-x509-ca-cert": ".cer",
    "application/x-pkcs7-certificates": ".p7c",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
}


def safe_name(written: str, fallback: str) -> str:
    """Return a file name without path, invisible or direction-changing characters, reserved names, or
    more than MAX_NAME_CHARS; `fallback` when nothing is left. Idempotent. The extension is kept."""
    last = re.split(r"[/\\]", written[-5 * limits.MAX_NAME_CHARS :])[-1]
    visible = "".join(char for char in last if unicodedata.category(char) not in ("Cf", "Co", "Cn"))
    name = _FORBIDDEN.sub("_", clean_line(visible, 10 * limits.MAX_NAME_CHARS)).strip(". ")
    if _RESERVED.match(name):
        name = "_" + name
    if len(name) > limits.MAX_NAME_CHARS:
        stem, dot, extension = name.rpartition(".")
        if not dot or len(extension) > 10:
            stem, dot, extension = name, "", ""
        name = stem[: limits.MAX_NAME_CHARS - len(dot + extension)].rstrip(". ") + dot + extension
    return name or fallback


def fallback_name(media_type: str, number: int) -> str:
    """Return the name of the mail's `number`-th attachment when its sender gave none."""
    return f"attachment-{number}{EXTENSIONS.get(media_type, '.bin')}"

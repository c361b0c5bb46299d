"""gettext as two plain callables, for rules that must not know Django."""

from django.utils.translation import gettext, ngettext


def translate(message: str) -> str:
    """Return `message` in the reader's language."""
    return gettext(message)


def translate_plural(one: str, many: str, n: int) -> str:
    """Return the form for `n` in the reader's language."""
    return ngettext(one, many, n)

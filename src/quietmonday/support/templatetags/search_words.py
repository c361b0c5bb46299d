"""Texts in which something was found."""

from collections.abc import Sequence

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from quietmonday.support.logic.excerpts import Piece

register = template.Library()


@register.filter
def pieces(told: Sequence[Piece]) -> SafeString:
    """Return the pieces as one text, what was searched for marked."""
    return mark_safe(  # noqa: S308  # each piece is escaped
        "".join(
            format_html("<mark>{}</mark>", piece.text) if piece.marked else conditional_escape(piece.text)
            for piece in told
        )
    )

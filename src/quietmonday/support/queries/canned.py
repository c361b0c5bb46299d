"""Texts kept ready: all of them for the page that keeps them, a few to choose from; and how their placeholders are
called in each language."""

from __future__ import annotations

import functools
import uuid

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from quietmonday.people.access import Viewer
from quietmonday.support.access import canned_replies_of
from quietmonday.support.logic.canned import MOST_TEXTS, NAMES
from quietmonday.support.models import CannedReply

CHOICES = 12


def canned_listed(viewer: Viewer, words: str) -> list[CannedReply]:
    """Return the viewer's texts that hold all `words`, those used most first. One query."""
    rows = _searched(canned_replies_of(viewer), words).select_related("supplier")
    return list(rows.order_by("-used", "title", "id")[: MOST_TEXTS * 2])


def canned_to_choose(viewer: Viewer, supplier: uuid.UUID, words: str) -> list[CannedReply]:
    """Return a few for a request that the viewer works on for `supplier`, those used most first. One query."""
    rows = _searched(canned_replies_of(viewer).filter(supplier=supplier), words)
    return list(rows.order_by("-used", "title", "id")[:CHOICES])


def _searched(rows: QuerySet[CannedReply], words: str) -> QuerySet[CannedReply]:
    for word in words.split()[:8]:
        rows = rows.filter(Q(title__icontains=word) | Q(text__icontains=word))
    return rows


def names_read() -> dict[str, str]:
    """Return key → name of every placeholder in the language of the reader."""
    return {key: _(name) for key, name in NAMES.items()}


@functools.cache
def names_written() -> dict[str, str]:
    """Return what people may write → key: the names in every language that we speak, and the keys themselves."""
    names = {key: key for key in NAMES}
    for language, _name in settings.LANGUAGES:
        with override(language):
            names |= {name: key for key, name in names_read().items()}
    return names

"""Texts kept ready: all of them for the page that keeps them, a few to choose from."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from quietmonday.people.access import Viewer
from quietmonday.support.access import canned_replies_of
from quietmonday.support.logic.canned import MOST_TEXTS
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

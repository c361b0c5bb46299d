"""The files of a record that were asked for, and how far one is that is being made."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path

from django.conf import settings

from quietmonday.integrations.models import Export
from quietmonday.integrations.queries.belonging import travelling_models
from quietmonday.people.models import Business

SHOWN = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """How many kinds of rows of how many are in the file."""

    done: int
    total: int


def newest_exports(business: Business) -> list[Export]:
    """Return the last few files that were asked for, newest first."""
    return list(Export.objects.filter(business=business).order_by("-asked_at", "-id")[:SHOWN])


def is_ready(export: Export, now: dt.datetime) -> bool:
    """Return whether the file can be fetched."""
    return export.expires_at is not None and export.expires_at > now


def file_of(export: Export) -> Path:
    """Return where the file lies: in a folder that no web server serves."""
    return Path(settings.EXPORTS_DIR) / f"{export.pk}.qm"


def progress_file_of(export: Export) -> Path:
    """Return where its maker says how far it is: beside the file, because it reads the database at one moment."""
    return Path(settings.EXPORTS_DIR) / f"{export.pk}.progress"


def progress_of(export: Export) -> Progress:
    """Return how far a file is that is being made; nothing done if nobody has begun."""
    total = len(travelling_models()) + 1  # and the content files
    try:
        done = json.loads(progress_file_of(export).read_text())["done"]
    except (OSError, ValueError, KeyError, TypeError):
        return Progress(0, total)  # not begun, or just finished
    return Progress(min(done, total) if isinstance(done, int) else 0, total)

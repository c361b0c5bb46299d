"""Marks and icons: one external SVG file, referenced by name, so that pages stay small and the file is cached."""

import functools
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

MARKS = frozenset(("yes", "half", "no", "dk", "early", "soon", "claim", "nay"))
ICONS = frozenset(
    (
        "check", "clock", "paperclip", "pause", "phone", "send", "user", "plus", "camera", "flag",
        "chevron-down", "printer", "mail", "key", "x", "arrow-left", "search", "eye", "download", "users",
        "building", "settings", "calendar",
    )
)  # fmt: skip
# Icons that point somewhere turn round where text runs from right to left.
DIRECTED = frozenset(("arrow-left", "send"))


def mark_svg(name: str, label: str = "") -> SafeString:
    """Return mark `name`; with `label` as an image of that name, without as decoration."""
    if name not in MARKS:
        raise ValueError(f"no such mark: {name!r}")
    if label:
        return format_html(
            '<svg class="m {}" viewBox="0 0 16 16" role="img" aria-label="{}"><use href="{}#m-{}"/></svg>',
            name, label, sprite_url(settings.STATIC_URL), name,
        )  # fmt: skip
    return _plain_mark(name, sprite_url(settings.STATIC_URL))


def icon_svg(name: str) -> SafeString:
    """Return Lucide icon `name`, as decoration."""
    if name not in ICONS:
        raise ValueError(f"no such icon: {name!r}")
    kind = "i turns" if name in DIRECTED else "i"
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true"><use href="{}#i-{}"/></svg>',
        kind, sprite_url(settings.STATIC_URL), name,
    )  # fmt: skip


@functools.cache
def sprite_url(static_url: str) -> str:
    """Return the (hashed) address of the sprite; looked up once, because a queue page names it a hundred times."""
    return static("kit/marks.svg")


@functools.cache
def _plain_mark(name: str, url: str) -> SafeString:
    return format_html(
        '<svg class="m {}" viewBox="0 0 16 16" aria-hidden="true"><use href="{}#m-{}"/></svg>', name, url, name
    )


def _forget_address(*, setting: str, **_kwargs: Any) -> None:
    if setting in ("STORAGES", "STATIC_URL", "DEBUG"):
        sprite_url.cache_clear()


setting_changed.connect(_forget_address, dispatch_uid="quietmonday.kit.marks")

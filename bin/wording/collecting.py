"""Every string of the product that goes through gettext, as one catalogue without translations."""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.utils.translation.template import templatize

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
"""Names that mark a string, and which of their arguments are messages (`c`: the context)."""


def collected(source: Path) -> Catalog:
    """Return all messages of the package at `source`, each with the files that say it."""
    catalog = Catalog(project="Quiet Monday", fuzzy=False)
    for path in sorted(source.rglob("*")):
        if (code := _as_python(path)) is None:
            continue
        name = path.relative_to(source).as_posix()
        for line, message, comments, context in extract(
            "python", io.BytesIO(code.encode()), KEYWORDS, ["Translators:"]
        ):
            catalog.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return catalog


def _as_python(path: Path) -> str | None:
    if path.suffix == ".py":
        return path.read_text()
    if path.suffix not in {".html", ".txt"} or "templates" not in path.parts:
        return None
    # Django turns a template into calls of gettext with its other words blanked out. What is left of its
    # indentation would be refused as Python.
    return "\n".join(line.lstrip() for line in templatize(path.read_text(), origin=str(path)).splitlines())

"""A table of 25 rows of seven cells, as any Django page would show it."""

from __future__ import annotations

import functools
from typing import Any

from django.template import engines

_TEMPLATE = (
    "<!doctype html><title>Bare</title><p>{{ who }}</p><table>{% for r in rows %}<tr><td><a href='/t/{{ r.0 }}/'>"
    "{{ r.0 }}</a></td><td>{{ r.1 }}</td><td>{{ r.2 }}</td><td>{{ r.3 }}</td><td>{{ r.4 }}</td><td>{{ r.5 }}</td>"
    "<td>{{ r.6 }}</td></tr>{% endfor %}</table>"
)
_ROWS = [(n, "Client 5", "Person 3", "open", 3, "Words of a subject go here", "2026-11-20 10:00") for n in range(25)]


def table_of_rows(who: object) -> str:
    """Return the page, with `who` above the table."""
    return str(_compiled().render({"who": who, "rows": _ROWS}, None))


@functools.cache
def _compiled() -> Any:
    return engines["django"].from_string(_TEMPLATE)

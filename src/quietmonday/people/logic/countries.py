"""The countries and zones that a calendar can be in."""

from __future__ import annotations

import functools
import zoneinfo

import holidays
from holidays.registry import COUNTRIES


@functools.lru_cache(maxsize=1)
def countries() -> tuple[tuple[str, str], ...]:
    """Return (ISO 3166-1 code, English name) of every country with known public holidays, by name."""
    known = holidays.list_supported_countries(include_aliases=False)
    named = [(codes[1], name.replace("_", " ").title()) for name, codes in COUNTRIES.items() if codes[1] in known]
    return tuple(sorted(named, key=lambda pair: pair[1]))


@functools.lru_cache(maxsize=1)
def parts_of_countries() -> dict[str, frozenset[str]]:
    """Return the ISO 3166-2 parts of each country that have public holidays of their own."""
    return {code: frozenset(parts) for code, parts in holidays.list_supported_countries(include_aliases=False).items()}


@functools.lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """Return the IANA names of places, without the legacy ones outside a continent."""
    continents = {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
    places = (name for name in zoneinfo.available_timezones() if name.split("/")[0] in continents)
    return ("UTC", *sorted(places))

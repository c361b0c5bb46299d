"""Public holidays by country, asked for at the edge and handed to `WorkingHours` as dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import holidays


def public_holidays(country: str, subdivision: str | None, years: Iterable[int]) -> dict[dt.date, str]:
    """Return the public holidays of `country` (ISO 3166-1, two letters) in `years`, with their local names.

    `subdivision` (ISO 3166-2 part, such as "ENG" or "BY") adds the days of that part; None leaves them out.
    Raises ValueError that names what is unknown. The dates come from the `holidays` library and are as good
    as its release: days that a government adds later are not in it, so a business can always add its own.
    """
    known = holidays.list_supported_countries(include_aliases=False)
    code = country.strip().upper()
    if code not in known:
        raise ValueError(f"no public holidays are known for the country {country!r}")
    part = subdivision.strip().upper() if subdivision and subdivision.strip() else None
    if part is not None and part not in known[code]:
        raise ValueError(f"no public holidays are known for the part {subdivision!r} of {code}")
    return dict(sorted(holidays.country_holidays(code, subdiv=part, years=sorted(set(years))).items()))

"""Money: integer minor units and an ISO 4217 currency, never summed across currencies."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable

# Minor units per major unit that differ from 2 digits (ISO 4217, list one).
_DIGITS = {
    "JPY": 0,
    "KRW": 0,
    "ISK": 0,
    "CLP": 0,
    "VND": 0,
    "UGX": 0,
    "BHD": 3,
    "KWD": 3,
    "OMR": 3,
    "JOD": 3,
    "TND": 3,
}
_CODE = re.compile(r"[A-Z]{3}\Z")


class CurrencyMismatch(ValueError):
    """Two currencies met where one was expected."""


@dataclasses.dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount: `minor` (integer minor units) of `currency` (ISO 4217 code)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise TypeError("money is counted in whole minor units (pence, cents), never in floats")
        if not _CODE.match(self.currency):
            raise ValueError(f"not an ISO 4217 currency code: {self.currency!r}")

    def __add__(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

    def __str__(self) -> str:
        digits = _DIGITS.get(self.currency, 2)
        sign = "-" if self.minor < 0 else ""
        whole, part = divmod(abs(self.minor), 10**digits)
        return f"{sign}{whole:,}.{part:0{digits}d} {self.currency}" if digits else f"{sign}{whole:,} {self.currency}"


def totals(amounts: Iterable[Money]) -> dict[str, Money]:
    """Sum `amounts` apart, by currency; the caller shows one line for each."""
    sums: dict[str, Money] = {}
    for amount in amounts:
        sums[amount.currency] = sums[amount.currency] + amount if amount.currency in sums else amount
    return sums

"""How much history a bench fills."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Size:
    """Tickets with three messages each, over `weeks` full weeks and what has passed of this one."""

    name: str
    tickets: int
    businesses: int = 50
    technicians: int = 20
    staff: int = 5  # at each business, its owner among them
    weeks: int = 156


SIZES = {"S": Size("S", 10_000), "L": Size("L", 100_000)}

STEADY_A_WEEK = 12
STEADY_WEEKS = 16
"""The first business asks twelve times in each of the last sixteen weeks, and what is open there is of the last 45
days, at every size: its pages show equally much, so what they take more at L is the history's doing. All others grow
with the size."""

ZONE = "Europe/London"
OWNER, STAFF, TECHNICIAN = "owner@client01.example", "staff2@client01.example", "technician01@supplier.example"
PASSWORD = "bench rows are warm"  # noqa: S105  # of made-up accounts in a throw-away database

"""The picture of the two clocks: where on one line of time the supplier's clock ran, stood, or did not count."""

from __future__ import annotations

import dataclasses
import datetime as dt

from quietmonday.support.logic.clocks import Clocks

MOST_SPELLS = 60


@dataclasses.dataclass(frozen=True, slots=True)
class Bar:
    """A piece of the line, in percent of its width. `kind`: runs, stands, settled."""

    kind: str
    x: float
    width: float
    seconds: int


@dataclasses.dataclass(frozen=True, slots=True)
class TwoClocks:
    """`wait`: seconds on the wall, nothing taken off. `ran`, `stood`: open seconds of the supplier's clock."""

    start: dt.datetime
    end: dt.datetime
    is_open: bool
    wait: int
    ran: int
    stood: int
    waited: int
    bars: tuple[Bar, ...]

    @property
    def longest_stop(self) -> Bar | None:
        """The longest time in which the supplier's clock stood, if it is wide enough to be seen."""
        stops = [bar for bar in self.bars if bar.kind == "stands" and bar.width >= 2]
        return max(stops, key=lambda bar: bar.width, default=None)


def two_clocks(clocks: Clocks) -> TwoClocks:
    """Return the picture of `clocks`. More than `MOST_SPELLS` pieces would be dust: then only what ran is drawn."""
    runs = [("runs", start, end) for start, end in clocks.running]
    stops = [("stands", pause.start, pause.end) for pause in clocks.pauses]
    pieces = runs + stops if len(runs) + len(stops) <= MOST_SPELLS else runs[:MOST_SPELLS]
    whole = max(1.0, (clocks.end - clocks.start).total_seconds())
    bars = []
    for kind, start, end in sorted(pieces, key=lambda piece: piece[1]):
        begin, stop = max(start, clocks.start), min(end, clocks.end)
        length = (stop - begin).total_seconds()
        if length <= 0:
            continue
        x = (begin - clocks.start).total_seconds() / whole * 100
        bars.append(Bar(kind, round(x, 2), round(length / whole * 100, 2), int(length)))
    return TwoClocks(
        start=clocks.start,
        end=clocks.end,
        is_open=clocks.is_open,
        wait=clocks.elapsed_wall,
        ran=clocks.provider,
        stood=clocks.paused,
        waited=clocks.waited,
        bars=tuple(bars),
    )

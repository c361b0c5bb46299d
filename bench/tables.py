"""Figures as a plain table."""

from __future__ import annotations

from collections.abc import Sequence

from bench.intake import Intake
from bench.pages import Pages

COLUMNS = (
    *("page", "ms", "p95", "least", "CPU ms", "to bare", "queries", "in db"),
    *("gzip B", "plain B", "8 at once/s", "others"),
)


def pages_table(pages: Pages) -> str:
    """Return the rows of one installation; `to bare` compares processor time with the bare page of 25 rows."""
    bare = next(row for row in pages.rows if row.name.endswith("25 rows"))
    lines = [
        (
            row.name,
            f"{row.median:.1f}",
            f"{row.p95:.1f}",
            f"{row.least:.1f}",
            f"{row.cpu:.1f}",
            f"{row.cpu / bare.cpu:.1f}",
            str(row.queries),
            f"{row.database:.1f}",
            f"{row.packed:,}",
            f"{row.plain:,}",
            f"{row.per_second:.0f}" + (f" ({row.refused} refused)" if row.refused else ""),
            f"{row.foreign:.0%}",
        )
        for row in pages.rows
    ]
    load = pages.first_load
    return "\n".join(
        [
            f"Pages at {pages.size}",
            table(COLUMNS, lines),
            f"index of the search: {pages.search:.0f} MiB",
            f"web memory after all rows: {pages.memory:.0f} MiB PSS (2 workers and their parent)",
            f"first load of Monday: {load.wire:,} bytes in {load.requests} requests: "
            + ", ".join(f"{name.rpartition('/')[2] or 'page'} {size:,}" for name, size in load.parts.items()),
        ]
    )


def growth_table(small: Pages, large: Pages) -> str:
    """Return how much more each page takes at L than at S."""
    at_s = {row.name: row for row in small.rows}
    lines = [
        (row.name, f"{row.median / at_s[row.name].median:.2f}", f"{row.cpu / at_s[row.name].cpu:.2f}")
        for row in large.rows
    ]
    return "Growth, L divided by S\n" + table(("page", "ms", "CPU"), lines)


def intake_line(intake: Intake) -> str:
    """Return an intake in one line."""
    return (
        f"intake of {intake.mails} mails: {intake.per_second:.0f} a second, {intake.cpu_ms:.1f} ms of processor each "
        f"(others used {intake.foreign:.0%} of the machine). {intake.said}"
    )


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Return lines under a head, the first column to the left, the others to the right."""
    widths = [max(len(line[column]) for line in (head, *lines)) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in (head, *lines)
    )

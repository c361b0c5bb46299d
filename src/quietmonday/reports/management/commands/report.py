"""`quietmonday report weeks`: what a log's source says of its weeks, and what we say of them, side by side."""

import csv
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quietmonday.people.models import Engagement
from quietmonday.people.queries import engagements_named
from quietmonday.support.queries.past_weeks import WeekFigures, figures_of

SOURCE = (
    *("calls", "made_sla", "reopened", "reassigned", "no_resolved_at", "median_h_open_to_resolved"),
    "median_h_open_to_closed",
)
OURS = ("quick_yes", "quick_partly", "quick_no", "quick_cannot_tell", "good_no", "good_cannot_tell", "came_back")


class Command(BaseCommand):
    """Figures of the source are its own word; ours are verdicts by our rules, which may well say otherwise."""

    help = "Print the weeks of an imported log: quietmonday report weeks --business NAME [--expected FILE]"

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        weeks = what.add_parser("weeks", help="every week with imported calls: the source's figures, ours beside them")
        weeks.add_argument("--business", required=True, help="name of the business")
        weeks.add_argument("--supplier", default="", help="name of the supplier, if there are several")
        weeks.add_argument("--expected", type=Path, help="JSON with the source's figures a week, to compare with")
        weeks.add_argument("--site", default="", help="which site of that file (default: the name of the business)")
        weeks.add_argument("--csv", action="store_true", help="as CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        engagement = _engagement(options["business"], options["supplier"])
        figures = figures_of(engagement)
        expected = _expected(options["expected"], options["site"] or engagement.business.name)
        lines = [_line(week, expected.get(week.week)) for week in figures]
        missing = sorted(set(expected) - {week.week for week in figures})
        if options["csv"]:
            writer = csv.writer(self.stdout)
            writer.writerow(_heads(expected))
            writer.writerows(lines)
        else:
            self._table(_heads(expected), lines)
            self.stdout.write(
                "Source: what the log says of itself (made_sla is its own verdict). Ours: requests that were quick, "
                "partly, not, or we cannot tell; that came back or failed, or we cannot tell; reopenings in the log."
            )
        if options["expected"]:
            differing = [week.week for week in figures if not _agrees(week, expected.get(week.week))] + missing
            if differing:
                raise CommandError(f"{len(differing)} weeks differ from {options['expected']}: {', '.join(differing)}")
            self.stdout.write(f"All {len(figures)} weeks equal {options['expected']}.")

    def _table(self, heads: list[str], lines: list[list[str]]) -> None:
        widths = [max(map(len, column)) for column in zip(heads, *lines, strict=True)]
        for line in (heads, *lines):
            self.stdout.write("  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def _engagement(business: str, supplier: str) -> Engagement:
    found = [
        each
        for each in engagements_named(business)
        if each.business.name.casefold() == business.casefold()
        and (not supplier or each.supplier.name.casefold() == supplier.casefold())
    ]
    if len(found) != 1:
        names = "; ".join(f'--business "{each.business.name}" --supplier "{each.supplier.name}"' for each in found)
        raise CommandError(
            f"Say which: {names}" if found else f"No business with an open engagement is called {business}."
        )
    return found[0]


def _expected(path: Path | None, site: str) -> dict[str, dict[str, Any]]:
    if path is None:
        return {}
    try:
        sites = dict(json.loads(path.read_text(encoding="utf-8"))["sites"])
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path} is no list of sites and their weeks, as JSON.") from error
    if site not in sites:
        raise CommandError(f"{path} holds no site called {site}. Name one by --site: {', '.join(map(repr, sites))}.")
    try:
        return {week["iso_week"]: week for week in sites[site]["weeks"]}
    except (KeyError, TypeError) as error:
        raise CommandError(f"{path} holds no weeks of {site}: {type(error).__name__} {error}") from error


def _source(week: WeekFigures) -> dict[str, Any]:
    return {
        "calls": week.calls,
        **{name: getattr(week, f"source_{name}") for name in SOURCE if name != "calls"},
    }


def _agrees(week: WeekFigures, expected: dict[str, Any] | None) -> bool:
    return expected is not None and all(expected.get(name) == found for name, found in _source(week).items())


def _heads(expected: dict[str, Any]) -> list[str]:
    source = [name for name in SOURCE for name in ((name, f"expected_{name}") if expected else (name,))]
    return ["week", *source, *OURS]


def _line(week: WeekFigures, expected: dict[str, Any] | None) -> list[str]:
    told: list[Any] = []
    for name, found in _source(week).items():
        told.append(found)
        if expected is not None:
            told.append(expected.get(name))
    quick, good = week.quick, week.effective
    ours = [
        quick["yes"],
        quick["partly"],
        quick["no"],
        quick["not_known"],
        good["no"],
        good["not_known"],
        week.reopened,
    ]
    return [week.week, *("?" if each is None else str(each) for each in (*told, *ours))]

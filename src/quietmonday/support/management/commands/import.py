"""`quietmonday import mail PATH`, `import calls FILE`, `import tickets FILE --map servicenow`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.clock import now as present
from quietmonday.kit.mail_files import RawMail, chunks_of, raw_mails
from quietmonday.kit.sheets import UnreadableSheet
from quietmonday.kit.sheets.dates import DMY, MDY
from quietmonday.kit.sheets.faults import fault_in_words
from quietmonday.people.models import Business, Engagement, Supplier
from quietmonday.post.models import InboxState
from quietmonday.support.actions.importing import (
    NoSuchPlace,
    engagement_for_import,
    engagement_to_try,
    take_in_mail_files,
)
from quietmonday.support.actions.sheet_imports import (
    CannotImport,
    begin_import,
    hand_in,
    run_import,
    tell_columns,
    try_out,
)
from quietmonday.support.actions.stating import state_past_weeks
from quietmonday.support.logic.kept import reason_in_words
from quietmonday.support.logic.sheet_doubts import doubt_in_words
from quietmonday.support.logic.sheet_headers import CALLS, FIELDS, SERVICENOW
from quietmonday.support.logic.sheet_units import Rejected, Unit, rejection_in_words
from quietmonday.support.models import ImportState, SheetImport
from quietmonday.support.queries.sheets import lines_to_tell, orders_told, preview

MAPS = {SERVICENOW: "one line a change, as ServiceNow exports it"}
_PIECE = 1 << 20
_MOST_SAID = 50


class Command(BaseCommand):
    """Every mail and every call becomes part of a request, or is named with the reason why not.

    Running it twice changes nothing; a run that was cut off goes on where it stood.
    """

    help = "Take in mails or logs of calls: import mail PATH, calls FILE, tickets FILE --map servicenow"

    def add_arguments(self, parser: CommandParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True)
        mail = kinds.add_parser("mail", help="raw mail files, mbox or Maildir")
        mail.add_argument("path", type=Path)
        calls = kinds.add_parser("calls", help="a log with one line a call, XLSX or CSV")
        tickets = kinds.add_parser("tickets", help="a log of a service desk, XLSX or CSV")
        tickets.add_argument("--map", required=True, choices=sorted(MAPS), help="how its lines are to be read")
        for log in (calls, tickets):
            log.add_argument("path", type=Path, metavar="FILE")
            log.add_argument("--sheet", default="", help="of a workbook; the first with rows if not given")
            log.add_argument("--dry-run", action="store_true", help="say what would come of it, keep nothing")
            log.add_argument("--location-column", default="", metavar="HEAD", help="column that names a place")
            log.add_argument("--location", default="", metavar="PLACE", help="take only the lines of this place")
            log.add_argument(
                "--begin", action="store_true", help="make business and supplier if there are none so called"
            )
            log.add_argument("--state-weeks", action="store_true", help="state the past weeks of the log after it")
        calls.add_argument(
            "--column", action="append", default=[], metavar="FIELD=HEAD", help=f"one of {', '.join(FIELDS)}"
        )
        calls.add_argument("--day-first", action="store_true", help="3/4/2026 is the 3rd of April")
        calls.add_argument("--month-first", action="store_true", help="3/4/2026 is the 4th of March")
        for each in (mail, calls, tickets):
            each.add_argument("--business", default="", help="whose they are (name); needed if there are several")
            each.add_argument("--supplier", default="", help="who supports it (name); needed if there are several")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(f"There is no file or folder {path}.")
        if options["kind"] != "mail" and not path.is_file():
            raise CommandError(f"{path} is no file. Name the log itself, XLSX or CSV.")
        whose = {
            "business_name": options["business"],
            "supplier_name": options["supplier"],
            "now": present(),
            "begin": options.get("begin", False),
        }
        try:
            if options.get("dry_run"):
                self._try_log(engagement_to_try(**whose), path, options)
                return
            engagement = engagement_for_import(actor=SYSTEM, **whose)
        except NoSuchPlace as error:
            raise CommandError(str(error)) from None
        self._say_where(engagement)
        if options["kind"] == "mail":
            self._take_in_mails(engagement, path)
        else:
            self._take_in_log(engagement, path, options)

    def _take_in_mails(self, engagement: Engagement, path: Path) -> None:
        counts = {"taken": 0, "kept": 0, "unreadable": 0, "before": 0}
        for chunk in chunks_of(self._readable(path, counts)):
            for taken in take_in_mail_files(engagement=engagement, mails=chunk, now=present()):
                item = taken.item
                counts["before" if taken.before else str(item.state)] += 1
                if item.state == InboxState.KEPT and not taken.before:
                    self.stdout.write(f"kept: {_plain(item.name)}: {reason_in_words(item.rule, item.params)}")
        self.stdout.write(
            f"{counts['taken']} became requests or parts of them, {counts['kept']} kept with a reason, "
            f"{counts['unreadable']} could not be read, {counts['before']} were here before."
        )

    def _readable(self, path: Path, counts: dict[str, int]) -> Iterator[RawMail]:
        for mail in raw_mails(path):
            if mail.raw is None:
                counts["unreadable"] += 1
                self.stdout.write(f"not read: {_plain(mail.name)}: {mail.problem}")
            else:
                yield mail

    def _try_log(self, engagement: Engagement, path: Path, options: dict[str, Any]) -> None:
        """Say what would come of a log. Nothing is kept: not the file, no draft, no firm, no entry."""
        business, supplier = engagement.business, engagement.supplier
        self.stdout.write(f"As if for {_plain(business.name)}, supported by {_plain(supplier.name)}.")
        try:
            row = try_out(
                engagement=engagement,
                path=path,
                actor=SYSTEM,
                now=present(),
                sheet=options["sheet"],
                kind=_kind(options),
            )
            told = self._told(row, options, path)
        except UnreadableSheet as problem:
            raise CommandError(f"{path.name}: {problem}") from None
        row.columns, row.orders, row.place = told["columns"], told["orders"], told["place"]
        self._say_preview(row, path)

    def _take_in_log(self, engagement: Engagement, path: Path, options: dict[str, Any]) -> None:
        try:
            row = hand_in(
                engagement=engagement,
                name=path.name,
                chunks=_pieces(path),
                actor=SYSTEM,
                now=present(),
                sheet=options["sheet"],
                kind=_kind(options),
            )
            if row.state == ImportState.DRAFT:
                row = tell_columns(import_id=row.id, unsaid=row.unsaid, **self._told(row, options))
        except UnreadableSheet as problem:
            raise CommandError(f"{path.name}: {problem}") from None
        try:
            if row.state == ImportState.DRAFT:
                begin_import(import_id=row.id, actor=SYSTEM, now=present(), here=True)
        except CannotImport as error:
            wanted = {"no_date": "date", "no_what": "what"}.get(error.rule, "")
            raise CommandError(f"Say which column it is: --column {wanted}=HEAD. Heads: {_heads(row)}") from None
        for row in run_import(import_id=row.id, clock=present):  # noqa: B020  # the last one is what came of it
            if self.verbosity(options) and row.state == ImportState.RUNNING:
                self.stderr.write(f"{row.cursor} of {row.total} lines", ending="\r")
        self._say_result(row)
        if options["state_weeks"]:
            weeks = state_past_weeks(engagement_id=engagement.id, now=present())
            self.stdout.write(f"{len(weeks)} weeks stated{f', {weeks[0]} to {weeks[-1]}' if weeks else ''}.")

    def verbosity(self, options: dict[str, Any]) -> bool:
        """Whether somebody looks on."""
        return bool(options.get("verbosity", 1)) and self.stderr.isatty()

    def _told(self, row: SheetImport, options: dict[str, Any], path: Path | None = None) -> dict[str, Any]:
        """What the options say of the columns, the order of days and the place."""
        columns, orders = dict(row.columns), dict(row.orders)
        for given in options.get("column", ()):
            field, _, head = given.partition("=")
            if field not in FIELDS or head not in row.heads:
                raise CommandError(
                    f"--column {given}: write FIELD=HEAD. Fields: {', '.join(FIELDS)}. Heads: {_heads(row)}"
                )
            columns = {name: at for name, at in columns.items() if at != row.heads.index(head)}
            columns[field] = row.heads.index(head)
        if columns != row.columns:
            orders = orders_told(row, columns, path)
        said = DMY if options.get("day_first") else MDY if options.get("month_first") else ""
        if said:
            orders = dict.fromkeys([*orders, "date", "answered_on", "done_on"], said)
        place = None
        if options["location"]:
            head = options["location_column"] or "location"
            if head not in row.heads:
                raise CommandError(f"--location-column {head}: there is no such head. Heads: {_heads(row)}")
            place = (row.heads.index(head), options["location"])
        return {"columns": columns, "orders": orders, "place": place}

    def _say_where(self, engagement: Engagement) -> None:
        business, supplier = engagement.business, engagement.supplier
        self.stdout.write(f"Taking in for {_plain(business.name)}, supported by {_plain(supplier.name)}.")
        if Business.objects.count() == 1 and Supplier.objects.count() == 1 and not business.memberships.exists():
            self.stdout.write("Give them their names, and their people, on the page Firms.")

    def _say_preview(self, row: SheetImport, path: Path) -> None:
        found = preview(row, path=path)
        if row.kind == CALLS:
            for field, column in row.columns.items():
                self.stdout.write(f"  {field}: {_plain(row.heads[column])}")
        for doubt in [*found.mixed, *found.twins]:
            self.stdout.write(_plain(doubt_in_words(doubt)))
        told: list[Rejected | Unit] = [*found.doubted, *found.rejected]
        for item in told:
            self._say_line(item)
        if found.more:
            self.stdout.write(f"… and {found.more} more lines")
        if found.problem:
            raise CommandError(f"{row.name}: {found.problem}")
        self.stdout.write(
            f"Nothing was taken in. {found.calls} calls from {found.told} lines would come in: {found.new} new, "
            f"{found.known} here before; {found.ours} are requests of this record; {found.rejections} lines would not."
        )

    def _say_line(self, item: Rejected | Unit) -> None:
        words = [rejection_in_words(item)] if isinstance(item, Rejected) else map(doubt_in_words, item.doubts)
        for each in words:
            self.stdout.write(f"line {item.line}: {_plain(each)}")

    def _say_result(self, row: SheetImport) -> None:
        if row.rejected or row.kind == CALLS:
            for count, item in enumerate(lines_to_tell(row)):
                if count == _MOST_SAID:
                    self.stdout.write(
                        "… and more. Those that did not come in stand in the download of the import's page"
                    )
                    break
                self._say_line(item)
        if row.left:
            self.stdout.write(f"Somebody worked on these requests, they stay as they are: {row.left}")
        if row.state == ImportState.STOPPED and row.problem:
            raise CommandError(
                f"{row.name}: {fault_in_words(row.problem[0], row.problem[1])} What came in before stays."
            )
        self.stdout.write(
            f"{row.made} new requests, {row.updated} brought up to date, {row.same} here before, "
            f"{row.ours} of this record, {row.rejected} lines did not come in."
        )


def _kind(options: dict[str, Any]) -> str:
    return SERVICENOW if options["kind"] == "tickets" else CALLS


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _heads(row: SheetImport) -> str:
    return ", ".join(_plain(head) for head in row.heads)


def _plain(text: str) -> str:
    """A name for a terminal: what could move the cursor or colour the line is shown, not obeyed."""
    return "".join(c if c.isprintable() else "�" for c in text)

"""`quietmonday export business NAME FILE`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quietmonday.integrations.actions.export import export_business, tell_of_export
from quietmonday.integrations.management.progress import Teller
from quietmonday.integrations.queries.schema import NotMigrated, refuse_older_tables
from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.archives import AlreadyThere
from quietmonday.kit.clock import now as present
from quietmonday.people.models import Business


class Command(BaseCommand):
    """Nobody has to stop working. Notes that a supplier wrote for its own people are not in it."""

    help = "Write the whole record of one business into a new file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="of the business, or its id")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, name: str, file: Path, **options: Any) -> None:
        try:
            refuse_older_tables()
        except NotMigrated as error:
            raise CommandError(str(error)) from None
        business = _called(name)
        if file.exists():
            raise CommandError(f"{file} is there already: name another file, or move that one away.")
        now = present()
        tell_of_export(business=business, actor=SYSTEM, now=now)
        try:
            made = export_business(business=business, path=file, now=now, progress=Teller(self.stderr))
        except AlreadyThere as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"No file was made: {error.strerror} ({error.filename or file}).") from None
        self.stdout.write(
            f"{file}: {business.name}, {made.tickets:,} requests, {made.rows:,} rows and {made.files.count:,} files in "
            f"{made.size:,} bytes."
        )
        for missing in made.files.missing[:10]:
            self.stdout.write(f"  a content file is gone from the disk: {missing}")


def _called(name: str) -> Business:
    found = list(Business.objects.filter(name__iexact=name.strip()).order_by("pk")[:20])
    if not found:
        found = [each for each in Business.objects.order_by("name", "pk") if str(each.pk) == name.strip()]
    if len(found) == 1:
        return found[0]
    if found:
        raise CommandError("Several are called so. Name its id: " + ", ".join(str(each.pk) for each in found))
    names = ", ".join(f"“{each.name}”" for each in Business.objects.order_by("name")[:20])
    raise CommandError(f"There is no business called “{name}”. There are: {names or 'none'}.")

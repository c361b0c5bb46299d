"""`quietmonday backup FILE`."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from quietmonday.integrations.actions.backup import back_up
from quietmonday.integrations.management.progress import Teller
from quietmonday.kit.archives import AlreadyThere
from quietmonday.kit.clock import now as present


class Command(BaseCommand):
    """Nobody has to stop working. The file says in words how to bring it back, and what it does not hold."""

    help = "Write a copy of everything, but the root key, into a new file, while people work."
    requires_system_checks: list[str] = []  # a page that is broken must not keep anybody from a backup

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            made = back_up(path=file, now=present(), progress=Teller(self.stderr))
        except AlreadyThere as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"No backup was made: {error.strerror} ({error.filename or file}).") from None
        self.stdout.write(f"{file}: {made.rows:,} rows and {made.files.count:,} files in {made.size:,} bytes.")
        if made.files.missing:
            many = len(made.files.missing)
            self.stdout.write(f"{many} content files are gone from the disk, or changed there, and are not in it:")
            self.stdout.write("\n".join(f"  {name}" for name in made.files.missing[:10]))
        self.stdout.write(f"The root key is not in it. Keep a copy of {settings.ROOT_KEY_FILE} apart from it.")

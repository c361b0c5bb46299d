"""`quietmonday restore FILE`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseError

from quietmonday.integrations.actions.restore import restore
from quietmonday.integrations.logic.manifest import Unfit
from quietmonday.integrations.management.progress import Teller
from quietmonday.kit.archives import Damaged
from quietmonday.kit.clock import now as present


class Command(BaseCommand):
    """All of it or nothing. From SQLite to PostgreSQL and back: that is the way to grow."""

    help = "Bring a backup into an empty installation, of either database."
    requires_system_checks: list[str] = []  # the tables are not there yet

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--other-root-key",
            action="store_true",
            help="the root key of then is lost: bring back all that opens without it",
        )

    def handle(self, *args: Any, file: Path, other_root_key: bool, **options: Any) -> None:
        try:
            done = restore(path=file, now=present(), progress=Teller(self.stderr), other_root_key=other_root_key)
        except (Damaged, Unfit) as error:
            raise CommandError(str(error)) from None
        except DatabaseError as error:
            words = str(error).strip().splitlines()[0][:300]
            raise CommandError(f"The database refused a row, and nothing came in: {words}") from error
        except OSError as error:
            raise CommandError(f"Nothing came in: {error.strerror} ({error.filename or file}).") from None
        self.stdout.write(f"{done.rows:,} rows and {done.files:,} files are back, as of {done.made_at}.")
        if done.missing:
            self.stdout.write(f"{len(done.missing)} content files were missing already when the backup was made.")
        if done.held_mails:
            self.stdout.write(
                f"{done.held_mails} mails that waited then are held, because they may have been sent since: see "
                "Background work, and send again what was not."
            )
        if not done.fits_key:
            self.stdout.write("With this root key no mailbox opens: type their passwords again, on the page Mailboxes.")
        self.stdout.write(
            "Nobody is signed in. Whoever lost a role after that moment holds it again: end such roles on the page "
            f"People before you open the door. Administrators: {', '.join(done.administrators) or 'none'}."
        )
        self.stdout.write("Now: quietmonday verify, with the seals of your last mails.")

"""`quietmonday restore FILE`."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseError

from quietmonday.integrations.actions.restore import Restored, restore
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

        parser.add_argument(
            "--ended",
            type=Path,
            action="append",
            default=[],
            metavar="LIST",
            help="a copy of keys/ended.list: what has ended since the backup ends again (besides the one here)",
        )
        parser.add_argument(
            "--mailed-codes-only",
            action="store_true",
            help="passwords, passkeys, sign-ins at providers and API tokens open nothing any more: mailed codes only",
        )

    def handle(self, *args: Any, file: Path, other_root_key: bool, **options: Any) -> None:
        if absent := [each for each in options["ended"] if not each.is_file()]:
            raise CommandError(f"There is no list {absent[0]}. Nothing was changed.")
        try:
            done = restore(
                path=file,
                now=present(),
                progress=Teller(self.stderr),
                other_root_key=other_root_key,
                ended_files=options["ended"],
                mailed_codes_only=options["mailed_codes_only"],
            )
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
        self._say_what_ended(done)
        self.stdout.write(f"Nobody is signed in. Administrators: {', '.join(done.administrators) or 'none'}.")
        self.stdout.write("Now: quietmonday verify, with the seals of your last mails.")

    def _say_what_ended(self, done: Restored) -> None:
        """What came back of what had ended, and what did not: before anybody opens the door."""
        if done.taken_away:
            counts = ", ".join(f"{count} {name}" for name, count in done.taken_away.items())
            self.stdout.write(f"Taken away, so that everybody begins by mailed code: {counts}.")
        if done.ended is None:
            self.stdout.write(
                f"CHECK BEFORE YOU OPEN THE DOOR: there is no list of what has ended ({settings.ENDED_FILE}). Whoever "
                f"lost a role, a passkey, a password or an engagement after {done.made_at} has it again, and what was "
                "erased since is back. Look through the pages People and Installation; if a device was lost or "
                "somebody left in anger, begin anew with --mailed-codes-only."
            )
            return
        for words in dict.fromkeys(done.ended.words):
            self.stdout.write(words if words.startswith("NOT ENDED") else f"Ended again: {words}.")
        until = f"{done.ended.looked:%d %B %Y, %H:%M} UTC" if done.ended.looked else "nobody knows when"
        self.stdout.write(
            f"Looked through the list of what ended after {done.made_at}; {len(done.ended.words)} of it had come back. "
            f"It is whole until {until}: what ended after that, end by hand on the page People."
        )
        begins = done.ended.begins
        if begins is None or begins.isoformat() > done.made_at:
            self.stdout.write(
                "CHECK BEFORE YOU OPEN THE DOOR: the list begins after the backup was made; what ended in between is "
                "not in it."
            )
        if done.ended.wrong:
            self.stdout.write(
                f"CHECK: {done.ended.wrong} lines of the list are not of this installation, or were changed, and did "
                "not count."
            )
        if done.ended.unknown:
            self.stdout.write(f"CHECK: another version wrote of {', '.join(done.ended.unknown)}; nothing was done.")

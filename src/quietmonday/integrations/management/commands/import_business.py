"""`quietmonday import business NAME FILE`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseError

from quietmonday.integrations.actions.importing import GROWN, SAME, import_business, open_door
from quietmonday.integrations.logic.manifest import Unfit
from quietmonday.integrations.management.progress import Teller
from quietmonday.integrations.queries.schema import NotMigrated, refuse_older_tables
from quietmonday.kit.archives import Damaged
from quietmonday.kit.clock import now as present
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Membership


class Command(BaseCommand):
    """All of it or nothing. The same file again changes nothing."""

    help = "Take in the record of a business that another installation exported."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="of the business, as it stands in the file")
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--owner", default="", metavar="ADDRESS", help="who at the business is to sign in as its owner"
        )

    def handle(self, *args: Any, name: str, file: Path, owner: str, **options: Any) -> None:
        try:
            refuse_older_tables()
            done = import_business(name=name, path=file, now=present(), progress=Teller(self.stderr), owner=owner)
        except (Damaged, Unfit, NotMigrated) as error:
            raise CommandError(str(error)) from None
        except DatabaseError as error:
            words = str(error).strip().splitlines()[0][:300]
            raise CommandError(f"The database refused a row, and nothing came in: {words}") from error
        except OSError as error:
            raise CommandError(f"Nothing came in: {error.strerror} ({error.filename or file}).") from None
        if done.outcome == SAME:
            self.stdout.write(f"{done.business.name} is here already, as it stands in the file. Nothing was changed.")
        else:
            verb = "has grown" if done.outcome == GROWN else "is here"
            self.stdout.write(
                f"{done.business.name} {verb}: {done.rows:,} rows, {done.entries:,} entries of its journal."
            )
            self.stdout.write("Its seals fit. Check one that was mailed: quietmonday verify --seal TEXT")
        if owner:
            try:
                membership = open_door(business=done.business, email=owner, now=present())
            except (Unfit, Refused) as error:
                raise CommandError(
                    f"The record is here, but nobody was made its owner: {error}. Give the role on the page People, or "
                    "use this command again with the address of somebody else."
                ) from None
            account = membership.account.email
            self.stdout.write(
                f"{account} signs in as its owner: by mailed code, or with quietmonday sign-in-link {account}"
            )
        elif not Membership.objects.filter(business=done.business).exists():
            self.stdout.write(
                "Nobody signs in to it yet. Say who is its owner: the same command with --owner ADDRESS, or give a "
                "role on the page People."
            )

"""`quietmonday export person ADDRESS FILE`."""

import shutil
import uuid
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quietmonday.kit.clock import now as present
from quietmonday.people.models import Person
from quietmonday.people.queries import persons_by_address
from quietmonday.people.queries.subjects import subject_file


class Command(BaseCommand):
    """For whoever runs the installation, when somebody without a login asks what is held about them."""

    help = "Write all that is held about one person into a new ZIP file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("who", help="an e-mail address of theirs, or the id of the person")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, who: str, file: Path, **options: Any) -> None:
        person = _known_as(who.strip())
        try:
            with file.open("xb") as out, subject_file(person, present()) as data:
                shutil.copyfileobj(data, out)
        except FileExistsError:
            raise CommandError(f"{file} is there already: name another file, or move that one away.") from None
        except OSError as error:
            raise CommandError(f"No file was made: {error.strerror} ({error.filename or file}).") from None
        self.stdout.write(f"{file}: what is held about {person.name}, {file.stat().st_size:,} bytes.")


def _known_as(who: str) -> Person:
    try:
        found = list(Person.objects.select_related("business", "supplier").filter(pk=uuid.UUID(who), merged_into=None))
    except ValueError:
        found = persons_by_address(who)
    if len(found) == 1:
        return found[0]
    if not found:
        raise CommandError(f"Nobody is known by {who!r}. Name an e-mail address, or the id of the person.")
    each = "; ".join(f"{row.pk} {row.name}, {row.business or row.supplier}" for row in found)
    raise CommandError(f"Several people use {who}. Name one by the id: {each}")

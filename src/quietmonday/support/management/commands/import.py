"""`quietmonday import mail PATH`: take in mails from files."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.clock import now as present
from quietmonday.kit.faults import reached
from quietmonday.kit.mail_files import raw_mails
from quietmonday.people.models import Business, Engagement, Supplier
from quietmonday.support.actions.importing import NoSuchPlace, engagement_for_import, keep_mail_file
from quietmonday.support.actions.intake import take_in
from quietmonday.support.logic.kept import reason_in_words


class Command(BaseCommand):
    """Every mail becomes part of a request, or is kept with the reason why not. Running it twice changes nothing."""

    help = "Take in a mail file, an mbox, a Maildir or a folder of them: quietmonday import mail PATH"

    def add_arguments(self, parser: CommandParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True)
        mail = kinds.add_parser("mail", help="raw mail files, mbox or Maildir")
        mail.add_argument("path", type=Path)
        mail.add_argument("--business", default="", help="whose mails these are (name); needed if there are several")
        mail.add_argument("--supplier", default="", help="who supports it (name); needed if there are several")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(f"There is no file or folder {path}.")
        try:
            engagement = engagement_for_import(
                business_name=options["business"], supplier_name=options["supplier"], actor=SYSTEM, now=present()
            )
        except NoSuchPlace as error:
            raise CommandError(str(error)) from None
        self._say_where(engagement)
        counts = {"taken": 0, "kept": 0, "unreadable": 0, "before": 0}
        for mail in raw_mails(path):
            if mail.raw is None:
                counts["unreadable"] += 1
                self.stdout.write(f"not read: {_plain(mail.name)}: {mail.problem}")
                continue
            item, new = keep_mail_file(engagement=engagement, name=mail.name, data=mail.raw, now=present())
            reached("support.import.after_keep")
            if not new and item.state != "waiting":
                counts["before"] += 1
                continue
            item = take_in(item_id=item.id, now=present())
            reached("support.import.after_take_in")
            counts[str(item.state)] += 1
            if item.state == "kept":
                self.stdout.write(f"kept: {_plain(mail.name)}: {reason_in_words(item.rule, item.params)}")
        self.stdout.write(
            f"{counts['taken']} became part of a request, {counts['kept']} kept with a reason, "
            f"{counts['unreadable']} could not be read, {counts['before']} were here before."
        )

    def _say_where(self, engagement: Engagement) -> None:
        business, supplier = engagement.business, engagement.supplier
        self.stdout.write(f"Taking in for {_plain(business.name)}, supported by {_plain(supplier.name)}.")
        if Business.objects.count() == 1 and Supplier.objects.count() == 1 and not business.memberships.exists():
            self.stdout.write("Give them their names, and their people, on the page Firms.")


def _plain(text: str) -> str:
    """A name for a terminal: what could move the cursor or colour the line is shown, not obeyed."""
    return "".join(c if c.isprintable() else "�" for c in text)

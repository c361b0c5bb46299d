"""`quietmonday intake < mail`: a mail server hands a mail over by a pipe.

Ends as sysexits.h says, so that the mail server knows what to do: 0 it is kept; 64 the words are wrong; 65 it is no
mail, or too large; 67 there is no such mailbox here; 75 try again later, for whatever other reason. The mail server
keeps what was not taken with 75, and sends the others back to who wrote them.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quietmonday.kit.clock import now as present
from quietmonday.people.access import holding
from quietmonday.people.models import Engagement
from quietmonday.post.actions.handed import NotNow, TooLarge, take_for_engagement, take_handed
from quietmonday.post.actions.inbox import MAX_RAW_BYTES
from quietmonday.post.logic.envelope import Envelope
from quietmonday.post.queries.mailboxes import mailbox_at

USAGE, DATA, NO_USER, LATER = 64, 65, 67, 75


class Command(BaseCommand):
    """For Postfix, Exim and others that deliver to a program."""

    help = "Take one mail from the standard input: a mail server's pipe. Ends with 75 when it is to try again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mailbox", default="", metavar="ADDRESS", help="address of a connected mailbox")
        parser.add_argument("--business", default="", help="instead: for this business (name)")
        parser.add_argument("--supplier", default="", help="and its supplier (name); needed if there are several")
        parser.add_argument("--sender", metavar="ADDRESS", help="of the envelope; '' for a report of a returned mail")
        parser.add_argument("--recipient", metavar="ADDRESS", help="of the envelope, as it was written (plus tags)")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["mailbox"]) == bool(options["business"]):
            raise CommandError("Name the mailbox (--mailbox), or a business (--business).", returncode=USAGE)
        recipient = options["recipient"] or ""
        envelope = Envelope(sender=options["sender"], recipients=(recipient,) if recipient else ())
        data = _read()
        try:
            if options["business"]:
                engagement = _engagement(options["business"], options["supplier"])
                take_for_engagement(data=data, envelope=envelope, engagement=engagement, source="pipe", now=present())
                return
            mailbox = mailbox_at(options["mailbox"])
            if mailbox is None:
                raise CommandError(f"There is no mailbox {options['mailbox']} here.", returncode=NO_USER)
            take_handed(data=data, envelope=envelope, mailboxes=[mailbox], source="pipe", now=present())
        except NotNow:
            raise CommandError("The mailbox is paused. Try again later.", returncode=LATER) from None
        except TooLarge:
            limit = MAX_RAW_BYTES // (1024 * 1024)
            raise CommandError(f"The mail is larger than {limit} MB.", returncode=DATA) from None


def _read() -> bytes:
    if sys.stdin.isatty():
        raise CommandError("The mail comes on the standard input: quietmonday intake … < mail", returncode=USAGE)
    data = sys.stdin.buffer.read(MAX_RAW_BYTES + 1)
    if not data.strip():
        raise CommandError("Nothing came on the standard input.", returncode=DATA)
    return data


def _engagement(business: str, supplier: str) -> Engagement:
    rows = Engagement.objects.filter(holding(present()), business__name__iexact=business.strip())
    if supplier:
        rows = rows.filter(supplier__name__iexact=supplier.strip())
    found = list(rows.select_related("business", "supplier")[:2])
    if not found:
        raise CommandError(f"Nobody of that name is supplied here: {business} {supplier}".rstrip(), returncode=NO_USER)
    if len(found) > 1:
        raise CommandError(f"{business} has several suppliers. Name one: --supplier", returncode=USAGE)
    return found[0]

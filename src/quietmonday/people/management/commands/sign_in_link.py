"""`quietmonday sign-in-link EMAIL`: a one-time link for somebody who cannot sign in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quietmonday.kit.clock import now
from quietmonday.people.actions.sign_in_links import make_link
from quietmonday.people.queries import account_that_may_sign_in


class Command(BaseCommand):
    """Print a link that signs one account in, once, within 24 hours."""

    help = "Print a link that signs one account in, once, within 24 hours."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address of the account")

    def handle(self, *args: Any, **options: Any) -> None:
        moment = now()
        account = account_that_may_sign_in(options["email"], moment)
        if account is None:
            raise CommandError(
                f"No account with a role signs in as {options['email']}. Nothing was changed. "
                "Look at the people page of an administrator, or check the spelling."
            )
        self.stdout.write(make_link(account=account, now=moment))

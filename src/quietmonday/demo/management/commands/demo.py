"""`quietmonday demo`: the made-up firm is made here and now, or taken away."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from quietmonday.demo.actions.making import StoryChanged, ask_for_firm, make_firm
from quietmonday.demo.actions.removing import ReliedOn, remove_firm
from quietmonday.demo.queries.told import story
from quietmonday.demo.queries.visitors import visitors
from quietmonday.kit.actors import SYSTEM
from quietmonday.kit.clock import now
from quietmonday.people.actions.sign_in_links import make_link


class Command(BaseCommand):
    """Running it twice makes nothing twice: the second prints fresh links. Nobody is mailed."""

    help = "Make a firm that never was, 18 months of it, to look around in; --remove takes it away."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--remove", action="store_true", help="take the made-up firm away again, all of it")

    def handle(self, *args: Any, remove: bool, **options: Any) -> None:
        if remove:
            self._remove()
            return
        ask_for_firm(actor=SYSTEM, now=now(), here=True)
        try:
            self._make()
        except StoryChanged as changed:
            raise CommandError(f"{changed}. quietmonday demo --remove does the first.") from None
        self._tell()

    def _make(self) -> None:
        last = -1
        for row in make_firm(clock=now):
            if row.percent // 10 > last:
                last = row.percent // 10
                self.stderr.write(f"{row.done:,} of {row.total:,} steps of the story")

    def _tell(self) -> None:
        names = " and ".join(each.name for each in story().businesses)
        self.stdout.write(
            f"{names}: none of it exists, and nobody there is ever mailed. Look around (each link works once):"
        )
        for visitor in visitors():
            link = make_link(account=visitor.account, now=now())
            self.stdout.write(f"  as {visitor.name}, {visitor.job}, {visitor.place}:\n    {link}")
        self.stdout.write("quietmonday demo --remove takes it away again.")

    def _remove(self) -> None:
        try:
            removed = remove_firm(actor=SYSTEM, now=now())
        except ReliedOn as by:
            raise CommandError(
                f"Nothing was taken away: {by} is not made up, and buys from a made-up supplier or lets it read. "
                "End that first."
            ) from None
        self.stdout.write(
            f"The made-up firm is gone, {removed:,} rows." if removed else "There is no made-up firm here."
        )

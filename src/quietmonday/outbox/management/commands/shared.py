"""`quietmonday shared`: whether this machine stands on the same ground as the others."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from quietmonday.kit import clock
from quietmonday.outbox.actions.grounds import OtherGround, stand_on_common_ground, take_ground_anew


class Command(BaseCommand):
    """Every process looks by itself before it starts; this is for whoever sets a machine up."""

    help = "Check that this machine shares files and keys with the others; --anew: these count now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anew", action="store_true", help="the others' files and keys are lost: these count now")

    def handle(self, *, anew: bool, **options: Any) -> None:
        if anew:
            take_ground_anew(now=clock.now())
        try:
            stand_on_common_ground(now=clock.now())
        except OtherGround as error:
            raise CommandError(str(error)) from None
        self.stdout.write("This machine has the files and the keys that belong to this database.")

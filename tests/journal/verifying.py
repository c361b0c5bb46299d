"""Run `quietmonday verify` and take its words apart."""

import datetime as dt
import io

from django.core.management import CommandError, call_command

from quietmonday.journal.actions import seal_week
from quietmonday.journal.models import Chain
from quietmonday.journal.queries import text_of
from tests.journal.chains import START

MONDAY_AFTER = START + dt.timedelta(days=7)


class Broken(Exception):
    """`verify` said that the record is not whole."""

    def __init__(self, why: CommandError, lines: list[str]) -> None:
        super().__init__(str(why))
        self.damage = [line.removeprefix("  DAMAGE: ") for line in lines if line.startswith("  DAMAGE: ")]


def verify(*args: str) -> list[str]:
    out = io.StringIO()
    try:
        call_command("verify", *args, stdout=out)
    except CommandError as why:
        if why.returncode != 1:
            raise
        raise Broken(why, out.getvalue().splitlines()) from why
    return out.getvalue().splitlines()


def mailed_seal(chain: Chain) -> str:
    return text_of(seal_week(chain=chain, week="2026-W47", zone="Europe/London", now=MONDAY_AFTER))

"""`quietmonday tick`: one round, then stop; for cron and for trying things out."""

from typing import Any

from django.core.management.base import BaseCommand

from quietmonday.kit import clock
from quietmonday.outbox.actions.ticking import tick


class Command(BaseCommand):
    """Takes due slots and runs everything that is due, here and now."""

    help = "Run all work that is due once, in this process, then stop."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{tick(now=clock.now())} runs")

"""`migrate`: Django's, but one process at a time, and at once where the database is empty."""

from typing import Any

from django.core.management.commands import migrate

from quietmonday.kit.tables import make_tables_at_once, one_at_a_time

_LEADS_ELSEWHERE = ("app_label", "fake", "fake_initial", "plan", "check_unapplied", "prune")


class Command(migrate.Command):
    """The same options; each that asks for less than all, or for a look only, goes Django's own way."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Bring the database to this version."""
        with one_at_a_time(options["database"]):
            if not any(options.get(name) for name in _LEADS_ELSEWHERE):
                make_tables_at_once(options["database"])
            super().handle(*args, **options)

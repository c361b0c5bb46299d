"""The area as a Django app; its label is permanent."""

from django.apps import AppConfig
from django.utils.translation import ngettext_lazy


class WorkConfig(AppConfig):
    """Work."""

    name = "quietmonday.work"
    label = "work"

    def ready(self) -> None:
        # Models are there only once Django is ready.
        from quietmonday.people.queries.merging import register_words
        from quietmonday.people.queries.subjects import register_held
        from quietmonday.work.queries.subjects import held_in_work

        register_held(held_in_work)
        register_words(
            "work.TimeEntry.person",
            ngettext_lazy("%(n)d time they worked on something", "%(n)d times they worked on something", "n"),
        )

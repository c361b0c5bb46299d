"""The probe as a Django app."""

from django.apps import AppConfig


class ProbeConfig(AppConfig):
    """Tables and jobs that count."""

    name = "tests.outbox.probe"
    label = "probe"

    def ready(self) -> None:
        from tests.outbox.probe import jobs  # noqa: F401 - registers its topics

"""The area as a Django app; its label is permanent."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Journal."""

    name = "quietmonday.journal"
    label = "journal"

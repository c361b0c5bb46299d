"""The area as a Django app; its label is permanent."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Outbox."""

    name = "quietmonday.outbox"
    label = "outbox"

"""The area as a Django app; its label is permanent."""

from django.apps import AppConfig


class SupportConfig(AppConfig):
    """Support."""

    name = "quietmonday.support"
    label = "support"

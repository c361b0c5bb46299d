"""The kit as a Django app: templates, static files, template tags."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    """No tables."""

    name = "quietmonday.kit"
    label = "kit"

"""The area as a Django app; its label is permanent."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Integrations."""

    name = "quietmonday.integrations"
    label = "integrations"

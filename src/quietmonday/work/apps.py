"""The area as a Django app; its label is permanent."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Work."""

    name = "quietmonday.work"
    label = "work"

"""The area as a Django app; its label is permanent."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Reports."""

    name = "quietmonday.reports"
    label = "reports"

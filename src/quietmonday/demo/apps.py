"""The area as a Django app; its label is permanent."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The made-up firm."""

    name = "quietmonday.demo"
    label = "demo"

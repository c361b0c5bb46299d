"""The area as a Django app; its label is permanent."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People."""

    name = "quietmonday.people"
    label = "people"

"""The area as a Django app; its label is permanent."""

from django.apps import AppConfig

from quietmonday.kit.doors import register_administrator_check


class PeopleConfig(AppConfig):
    """People."""

    name = "quietmonday.people"
    label = "people"

    def ready(self) -> None:
        from quietmonday.people.access import administrator_of  # models are there only once Django is ready

        register_administrator_check(administrator_of)

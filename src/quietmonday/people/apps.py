"""The area as a Django app; its label is permanent."""

from django.apps import AppConfig

from quietmonday.kit.doors import register_administrator_check


class PeopleConfig(AppConfig):
    """People."""

    name = "quietmonday.people"
    label = "people"

    def ready(self) -> None:
        # Models are there only once Django is ready.
        from quietmonday.people.access import administrator_of
        from quietmonday.people.actions.ending_again import register_endings

        register_administrator_check(administrator_of)
        register_endings()

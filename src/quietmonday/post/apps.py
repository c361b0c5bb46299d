"""The area as a Django app; its label is permanent."""

from django.apps import AppConfig


class PostConfig(AppConfig):
    """Post."""

    name = "quietmonday.post"
    label = "post"

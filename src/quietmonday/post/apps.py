"""The area as a Django app; its label is permanent."""

from django.apps import AppConfig

from quietmonday.kit.keeping import register_kind


class PostConfig(AppConfig):
    """Post."""

    name = "quietmonday.post"
    label = "post"

    def ready(self) -> None:
        from quietmonday.post.actions.keeping import KINDS  # models are there only once Django is ready

        for kind in KINDS:
            register_kind(kind)

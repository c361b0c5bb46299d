"""The area as a Django app; its label is permanent."""

from django.apps import AppConfig

from quietmonday.kit.endings import register_ending
from quietmonday.kit.keeping import register_kind


class PostConfig(AppConfig):
    """Post."""

    name = "quietmonday.post"
    label = "post"

    def ready(self) -> None:
        # Models are there only once Django is ready.
        from quietmonday.post.actions.keeping import KINDS
        from quietmonday.post.actions.mailboxes import disconnect_again

        register_ending("mailbox.disconnected", disconnect_again)
        for kind in KINDS:
            register_kind(kind)

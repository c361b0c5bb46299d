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
        from quietmonday.people.queries.merging import register_words
        from quietmonday.people.queries.subjects import register_held
        from quietmonday.post.actions.keeping import KINDS
        from quietmonday.post.actions.mailboxes import disconnect_again
        from quietmonday.post.actions.services import end_service_again
        from quietmonday.post.queries.persons import MOVES, held_in_post

        register_ending("mailbox.disconnected", disconnect_again)
        register_ending("mail_service.ended", end_service_again)
        for kind in KINDS:
            register_kind(kind)
        register_held(held_in_post)
        for place, words in MOVES.items():
            register_words(place, words)

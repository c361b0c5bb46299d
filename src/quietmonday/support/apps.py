"""The area as a Django app; its label is permanent."""

from django.apps import AppConfig

from quietmonday.journal.logic.checks import register_check
from quietmonday.kit.keeping import register_kind


class SupportConfig(AppConfig):
    """Support."""

    name = "quietmonday.support"
    label = "support"

    def ready(self) -> None:
        # Models are there only once Django is ready.
        from quietmonday.people.actions.erasing import register_forgetting
        from quietmonday.people.queries.merging import register_words
        from quietmonday.people.queries.subjects import register_held
        from quietmonday.support.actions.forgetting import forget
        from quietmonday.support.actions.keeping import KINDS
        from quietmonday.support.queries import search_check
        from quietmonday.support.queries.merging import MOVES
        from quietmonday.support.queries.subjects import held_in_support
        from quietmonday.support.queries.told import SENTENCES, words_as_told

        register_check("requests", words_as_told, SENTENCES)
        register_check("search", search_check.search_as_said, search_check.SENTENCES)
        register_forgetting(forget)
        register_held(held_in_support)
        for kind in KINDS:
            register_kind(kind)
        for place, words in MOVES.items():
            register_words(place, words)

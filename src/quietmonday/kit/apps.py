"""The kit as a Django app: templates, static files, template tags."""

from typing import Any

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.utils.translation import trans_real


class KitConfig(AppConfig):
    """No tables of models; only the cache's, which Django makes by a command of its own."""

    name = "quietmonday.kit"
    label = "kit"

    def ready(self) -> None:
        """Have `migrate` bring the cache's table too: without it every rate limit answers 500."""
        # Of an app with models, because the signal is sent for no other.
        post_migrate.connect(_make_cache_table, sender=apps.get_app_config("contenttypes"))
        # British English is the language of our message ids: each is looked up and not found. Django then asks its
        # catalogues of plain English, one for each app, which say the same: a fifth of a page. This leaves them out.
        trans_real.translation("en-gb")._fallback = None  # type: ignore[attr-defined]  # gettext's own, not in the stub


def _make_cache_table(*, using: str, **kwargs: Any) -> None:
    call_command("createcachetable", database=using, verbosity=0)

"""The area as a Django app; its label is permanent."""

import importlib

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule


class OutboxConfig(AppConfig):
    """Outbox."""

    name = "quietmonday.outbox"
    label = "outbox"

    def ready(self) -> None:
        """Load the `jobs` of every area, so that each topic finds its job; models are all there by now."""
        for config in apps.get_app_configs():
            if config.name.startswith("quietmonday.") and module_has_submodule(config.module, "jobs"):
                importlib.import_module(f"{config.name}.jobs")

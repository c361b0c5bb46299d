"""The area as a Django app; its label is permanent."""

from django.apps import AppConfig

from quietmonday.kit.endings import register_ending


class IntegrationsConfig(AppConfig):
    """Integrations."""

    name = "quietmonday.integrations"
    label = "integrations"

    def ready(self) -> None:
        """Hear of what happens, for webhooks."""
        from quietmonday.integrations.actions.telling import on_event  # models are loaded only now
        from quietmonday.integrations.actions.webhooks import end_webhook_again  # as above
        from quietmonday.journal.actions import register_listener  # as above

        register_listener(on_event)
        register_ending("webhook.ended", end_webhook_again)

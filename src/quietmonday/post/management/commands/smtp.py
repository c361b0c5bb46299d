"""`quietmonday smtp`: takes mail for our mailboxes over SMTP, until it is told to stop."""

import ssl
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from quietmonday.kit import clock
from quietmonday.outbox.actions.grounds import OtherGround, stand_on_common_ground
from quietmonday.post.jobs.smtp import House, serve


class Command(BaseCommand):
    """Off unless QUIETMONDAY_SMTP says where; `quietmonday run` starts it then."""

    help = "Take mail for connected mailboxes over SMTP, where QUIETMONDAY_SMTP says. Relays nothing."

    def handle(self, **options: Any) -> None:
        if settings.SMTP_BIND is None:
            raise CommandError("Say where to listen: QUIETMONDAY_SMTP=127.0.0.1:2525 quietmonday smtp")
        try:
            stand_on_common_ground(now=clock.now())
            serve(
                House(settings.SMTP_BIND, _tls(), settings.SMTP_TLS_REQUIRED, settings.SMTP_MAX_BYTES),
                say=self.stdout.write,
            )
        except OtherGround as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"Cannot listen at {settings.SMTP_BIND}: {error.strerror or error}") from None


def _tls() -> ssl.SSLContext | None:
    if not settings.SMTP_CERTIFICATE:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.SMTP_CERTIFICATE, settings.SMTP_KEY or None)
    except (OSError, ssl.SSLError) as error:
        raise CommandError(f"The certificate {settings.SMTP_CERTIFICATE} cannot be used: {error}") from None
    return context

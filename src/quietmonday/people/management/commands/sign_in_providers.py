"""`quietmonday sign-in-providers`: whether each provider of sign-in answers, and what to register there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from quietmonday.people.actions.providers import Unfit, Unreachable, ask_about, keys_shown, way_back
from quietmonday.people.logic.providers import Provider


class Command(BaseCommand):
    """Asks each provider what it says of itself. Nobody is signed in, and nothing is written."""

    help = "Ask each provider of sign-in whether it answers and fits, and print what to register there."

    def handle(self, *args: Any, **options: Any) -> None:
        providers: list[Provider] = list(settings.SIGN_IN_PROVIDERS.values())
        if not providers:
            self.stdout.write("No provider is set: QUIETMONDAY_OIDC names none. docs/running.md says how.")
        wrong = [provider.label for provider in providers if not self._fits(provider)]
        if wrong:
            raise CommandError(f"Nobody signs in with {', '.join(wrong)} until that is put right. Other ways work.")

    def _fits(self, provider: Provider) -> bool:
        self.stdout.write(
            f"{provider.label} ({provider.issuer})\n  register there to come back to: {way_back(provider)}"
        )
        vouched = ", ".join(sorted(provider.domains)) or "any that it says are verified"
        asked = f"not where it says {provider.mfa[0]} {provider.mfa[1]}" if provider.mfa else "always"
        self.stdout.write(f"  addresses it vouches for: {vouched}\n  our second factor is asked for: {asked}")
        try:
            provider.secret_now()
            count = keys_shown(provider, ask_about(provider))
        except (OSError, ValueError) as error:
            words = error.strerror if isinstance(error, OSError) else error
            self.stdout.write(f"  WRONG: our secret cannot be read: {words}")
        except Unreachable as error:
            self.stdout.write(f"  WRONG: it cannot be reached: {error.words}")
        except Unfit as error:
            self.stdout.write(f"  WRONG: {error}{f': {error.detail}' if error.detail else ''}")
        else:
            self.stdout.write(f"  it answers, and shows {count} keys")
            return True
        return False

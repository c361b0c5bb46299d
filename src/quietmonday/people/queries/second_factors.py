"""With what an account signs in, and where it is signed in."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.contrib.sessions.models import Session

from quietmonday.people.models import Account, CodeApp, Passkey, RecoveryCode, SignIn


@dataclasses.dataclass(frozen=True, slots=True)
class Ways:
    """How an account signs in. `paper`: how many recovery codes are left."""

    password: bool
    passkeys: list[Passkey]
    app: CodeApp | None
    paper: int

    @property
    def second(self) -> bool:
        """Whether a mailed code or a password alone opens nothing."""
        return bool(self.passkeys or self.app)


def ways_of(account: Account) -> Ways:
    """Return how the account signs in: three queries."""
    return Ways(
        password=account.has_usable_password(),
        passkeys=list(Passkey.objects.filter(account=account).order_by("made_at", "pk")),
        app=CodeApp.objects.filter(account=account).first(),
        paper=RecoveryCode.objects.filter(account=account, used_at=None).count(),
    )


def needs_second_factor(account: Account) -> bool:
    """Return whether the account has a passkey or an app that shows codes."""
    return Passkey.objects.filter(account=account).exists() or CodeApp.objects.filter(account=account).exists()


def sign_ins_of(account: Account, now: dt.datetime) -> list[SignIn]:
    """Return where the account is signed in, newest first: two queries."""
    rows = list(SignIn.objects.filter(account=account).order_by("-at", "-pk"))
    alive = Session.objects.filter(session_key__in=[row.session_key for row in rows], expire_date__gt=now)
    keys = set(alive.values_list("session_key", flat=True))
    return [row for row in rows if row.session_key in keys]

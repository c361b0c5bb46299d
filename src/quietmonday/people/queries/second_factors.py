"""With what an account signs in, and where it is signed in."""

from __future__ import annotations

import dataclasses
import datetime as dt
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sessions.models import Session

from quietmonday.people.logic.providers import Provider
from quietmonday.people.models import Account, CodeApp, Identity, Passkey, RecoveryCode, SignIn


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


@dataclasses.dataclass(frozen=True, slots=True)
class Elsewhere:
    """A provider, or one that was, beside who this account is there: None if it is bound to nobody."""

    provider: Provider | None
    identity: Identity | None
    label: str


def elsewhere_of(account: Account) -> list[Elsewhere]:
    """Return by which providers the account may be signed in, those first that are set: one query.

    An identity at a provider that is set no more is listed, so that it can be taken away, and opens nothing.
    """
    bound = {row.issuer: row for row in Identity.objects.filter(account=account, ended_at=None).order_by("made_at")}
    providers: list[Provider] = list(settings.SIGN_IN_PROVIDERS.values())
    lines = [Elsewhere(each, bound.pop(each.issuer, None), each.label) for each in providers]
    return lines + [Elsewhere(None, row, label_of(row)) for row in bound.values()]


def shown_elsewhere(account: Account, *, second: bool) -> list[Provider]:
    """Return the providers at which the account can show who it is; where a second factor is due (`second`), only
    those that ask for one. No query where no provider is set."""
    if not settings.SIGN_IN_PROVIDERS:
        return []
    lines = elsewhere_of(account)
    return [each.provider for each in lines if each.provider and each.identity and (each.provider.mfa or not second)]


def label_of(identity: Identity) -> str:
    """Return what people call the provider of an identity: the label that is set, else the host of its issuer."""
    providers: list[Provider] = list(settings.SIGN_IN_PROVIDERS.values())
    set_now = next((each.label for each in providers if each.issuer == identity.issuer), None)
    return set_now or urlsplit(identity.issuer).hostname or identity.issuer


def sign_ins_of(account: Account, now: dt.datetime) -> list[SignIn]:
    """Return where the account is signed in, newest first: two queries."""
    rows = list(SignIn.objects.filter(account=account).order_by("-at", "-pk"))
    alive = Session.objects.filter(session_key__in=[row.session_key for row in rows], expire_date__gt=now)
    keys = set(alive.values_list("session_key", flat=True))
    return [row for row in rows if row.session_key in keys]

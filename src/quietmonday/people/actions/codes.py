"""The second factor in digits: an app that shows codes, and codes on paper."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac

from django.db import transaction
from django.utils.translation import gettext as _

from quietmonday.kit.envelope import derived_key, open_secret, seal_secret
from quietmonday.people.actions.security_entries import tell
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.logic.second_factors import new_recovery_codes, plain_recovery_code, step_of_code
from quietmonday.people.models import Account, CodeApp, RecoveryCode
from quietmonday.people.queries.second_factors import needs_second_factor


@transaction.atomic
def set_code_app(*, account: Account, seed: str, typed: str, now: dt.datetime) -> None:
    """Let the app with this seed sign the account in, once `typed` shows that it knows it; an earlier app ends.

    Raises Refused (first_code).
    """
    step = step_of_code(seed, typed, now)
    if step is None:
        raise Refused("first_code")
    Account.objects.select_for_update().get(pk=account.pk)
    CodeApp.objects.filter(account=account).delete()
    row = CodeApp.objects.create(
        account=account, sealed=seal_secret(seed.encode(), _context(account)), last_step=step, made_at=now
    )
    what = _("An app that shows codes was set up for your account.")
    tell(account, "account.code_app_set", subject=("code_app", row.pk), what=what, now=now)


@transaction.atomic
def remove_code_app(*, account: Account, now: dt.datetime) -> None:
    """Let no app sign in any more. Codes on paper that then stand in for nothing go too."""
    row = CodeApp.objects.select_for_update().filter(account=account).first()
    if row is None:
        return
    row.delete()
    forget_paper(account)
    what = _("The app that shows codes was taken away from your account.")
    tell(account, "account.code_app_removed", subject=("account", account.pk), what=what, now=now)


@transaction.atomic
def renew_recovery_codes(*, account: Account, now: dt.datetime) -> list[str]:
    """Return new codes for paper, shown this once; all earlier ones are void."""
    Account.objects.select_for_update().get(pk=account.pk)
    RecoveryCode.objects.filter(account=account).delete()
    codes = new_recovery_codes()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account=account, code_hash=_hash(account, code), made_at=now) for code in codes
    )
    what = _("New recovery codes were made for your account. Earlier ones are void.")
    tell(account, "account.recovery_codes_made", subject=("account", account.pk), what=what, now=now)
    return codes


@transaction.atomic
def use_code(*, account: Account, typed: str, now: dt.datetime) -> str:
    """Return "app" or "paper": the kind of code that was typed, each good once. Raises Refused (code)."""
    if _of_app(account, typed, now):
        return "app"
    plain = plain_recovery_code(typed)
    unused = RecoveryCode.objects.filter(account=account, used_at=None)
    # The condition decides between two who use it at the same moment: one of them changes no row.
    if plain is None or not unused.filter(code_hash=_hash(account, plain)).update(used_at=now):
        raise Refused("code")
    what = _("Somebody signed in to your account with a recovery code. %(n)s are left.") % {"n": unused.count()}
    tell(account, "account.recovery_code_used", subject=("account", account.pk), what=what, now=now)
    return "paper"


def forget_paper(account: Account) -> None:
    """Delete the recovery codes of an account that has nothing left for them to stand in for."""
    if not needs_second_factor(account):
        RecoveryCode.objects.filter(account=account).delete()


def _of_app(account: Account, typed: str, now: dt.datetime) -> bool:
    app = CodeApp.objects.filter(account=account).first()
    if app is None:
        return False
    step = step_of_code(open_secret(bytes(app.sealed), _context(account)).decode(), typed, now)
    if step is None:
        return False
    newer = CodeApp.objects.filter(pk=app.pk, last_step__lt=step)
    return bool(newer.update(last_step=step, last_used_at=now))


def _context(account: Account) -> str:
    return f"people.code_app:{account.pk}"


def _hash(account: Account, code: str) -> str:
    plain = plain_recovery_code(code) or ""
    return hmac.new(derived_key("recovery codes"), f"{account.pk}:{plain}".encode(), hashlib.sha256).hexdigest()

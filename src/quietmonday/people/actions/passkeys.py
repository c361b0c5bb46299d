"""Passkeys (WebAuthn): made, used, taken away. The library checks the signatures; we keep the public half."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from quietmonday.kit.text import clean_line
from quietmonday.people.actions.codes import forget_paper
from quietmonday.people.actions.security_entries import tell
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.models import Account, Passkey

if TYPE_CHECKING:
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestedCredentialData

# fido2 brings 5 MB that most web processes never need: each function that calls it imports it.

MOST = 20
"""Passkeys of one account; nobody has so many devices."""


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """What the browser is asked (`options`, JSON), and what we must remember until it answers (`state`, JSON)."""

    options: dict[str, Any]
    state: dict[str, Any]


def ask_for_new(account: Account, origin: str) -> Asked:
    """Return the question for a new passkey that signs in by itself, on the site `origin` (scheme, host and port)."""
    from fido2.webauthn import PublicKeyCredentialUserEntity, ResidentKeyRequirement, UserVerificationRequirement

    options, state = _server(origin).register_begin(
        user=PublicKeyCredentialUserEntity(id=account.pk.bytes, name=account.email, display_name=account.email),
        credentials=_attested(account),
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Asked(_plain(options), state)


def ask_to_sign(account: Account | None, origin: str) -> Asked:
    """Return the question for a signature: of one of the account's passkeys, or of any that the device knows."""
    from fido2.webauthn import UserVerificationRequirement

    options, state = _server(origin).authenticate_begin(
        credentials=_attested(account) if account else None, user_verification=UserVerificationRequirement.REQUIRED
    )
    return Asked(_plain(options), state)


@transaction.atomic
def add_passkey(
    *, account: Account, origin: str, state: Mapping[str, Any] | None, answer: Any, name: str, now: dt.datetime
) -> Passkey:
    """Keep the passkey that answered our question. Raises Refused: passkey (no answer to it), many_passkeys."""
    from fido2.utils import websafe_encode
    from fido2.webauthn import RegistrationResponse

    Account.objects.select_for_update().get(pk=account.pk)
    if Passkey.objects.filter(account=account).count() >= MOST:
        raise Refused("many_passkeys")
    if state is None:
        raise Refused("passkey")
    try:
        made = _server(origin).register_complete(dict(state), RegistrationResponse.from_dict(_texts_of(answer)))
        attested = made.credential_data
        credential_id = websafe_encode(attested.credential_id) if attested else ""
    except _malformed() as error:
        raise Refused("passkey") from error
    if attested is None or Passkey.objects.filter(credential_id=credential_id).exists():
        raise Refused("passkey")
    row = Passkey.objects.create(
        account=account,
        name=clean_line(name, 80) or _("Passkey"),
        credential_id=credential_id,
        attested=bytes(attested),
        counter=made.counter,
        made_at=now,
    )
    tell(
        account,
        "account.passkey_added",
        subject=("passkey", row.pk),
        what=_("A passkey was added to your account: %(name)s.") % {"name": row.name},
        payload={"name": row.name},
        now=now,
    )
    return row


@transaction.atomic
def use_passkey(
    *, account: Account | None, origin: str, state: Mapping[str, Any] | None, answer: Any, now: dt.datetime
) -> Passkey:
    """Return the passkey that signed our question, with its account. Raises Refused (passkey).

    A counter that does not grow shows that somebody copied the device: refused.
    """
    from fido2.utils import websafe_encode
    from fido2.webauthn import AttestedCredentialData, AuthenticationResponse

    if state is None:
        raise Refused("passkey")
    try:
        response = AuthenticationResponse.from_dict(_texts_of(answer))
        rows = Passkey.objects.select_for_update(of=("self",)).select_related("account")
        row = rows.filter(credential_id=websafe_encode(response.raw_id)).first()
        if row is None or (account is not None and row.account_id != account.pk):
            raise Refused("passkey")
        known = AttestedCredentialData(bytes(row.attested))
        _server(origin).authenticate_complete(dict(state), [known], response)
        counter = response.response.authenticator_data.counter
    except _malformed() as error:
        raise Refused("passkey") from error
    if (counter or row.counter) and counter <= row.counter:
        raise Refused("passkey")
    row.counter, row.last_used_at = counter, now
    row.save(update_fields=["counter", "last_used_at"])
    return row


@transaction.atomic
def remove_passkey(*, passkey: Passkey, now: dt.datetime) -> None:
    """Take a passkey away: it opens nothing from now on. Twice is once.

    Codes on paper that then stand in for nothing go too.
    """
    row = Passkey.objects.select_for_update(of=("self",)).select_related("account").filter(pk=passkey.pk).first()
    if row is None:
        return
    account = row.account
    row.delete()
    forget_paper(account)
    tell(
        account,
        "account.passkey_removed",
        subject=("passkey", passkey.pk),
        what=_("A passkey was taken away from your account: %(name)s.") % {"name": row.name},
        payload={"name": row.name},
        now=now,
    )


def _malformed() -> tuple[type[Exception], ...]:
    """What the library raises at an answer that no device gave."""
    from cryptography.exceptions import InvalidSignature

    return (ValueError, TypeError, KeyError, AttributeError, IndexError, AssertionError, InvalidSignature)


def _server(origin: str) -> Fido2Server:
    from fido2.server import Fido2Server
    from fido2.webauthn import PublicKeyCredentialRpEntity

    host = urlsplit(origin).hostname or ""
    # The library would take any page below the host, and any port.
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=host, name="Quiet Monday"), verify_origin=lambda claimed: claimed == origin
    )


def _attested(account: Account) -> list[AttestedCredentialData]:
    from fido2.webauthn import AttestedCredentialData

    rows = Passkey.objects.filter(account=account).order_by("pk").values_list("attested", flat=True)
    return [AttestedCredentialData(bytes(row)) for row in rows]


_ASKED_FOR = ("clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle")


def _texts_of(answer: Any) -> dict[str, Any]:
    """Return what we read of a device's answer, if all of it is text. Raises TypeError.

    The library takes a number for so many bytes, and makes them: one line from anybody would fill the memory.
    """
    response = {key: answer["response"][key] for key in _ASKED_FOR if answer["response"].get(key) is not None}
    plain = {"id": answer["id"], "rawId": answer["rawId"], "type": answer["type"]}
    if not all(isinstance(each, str) for each in (*plain.values(), *response.values())):
        raise TypeError("a device answers in text")
    return {**plain, "response": response}


def _plain(options: Any) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(dict(options)))["publicKey"]
    return plain

"""A device with a passkey, made of software: it answers as a browser's script sends it."""

from __future__ import annotations

import hashlib
import os
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # of an app
FLAGS = AuthenticatorData.FLAG
SEEN = FLAGS.UP | FLAGS.UV  # somebody was there, and it was them


class Device:
    """One passkey. `origin`: the page that it believes it is on."""

    def __init__(self, origin: str = "http://testserver") -> None:
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = os.urandom(24)
        self.counter = 0

    def attested(self) -> AttestedCredentialData:
        public = ES256.from_cryptography_key(self.key.public_key())
        return AttestedCredentialData.create(b"\0" * 16, self.credential_id, public)

    def create(self, asked: dict[str, Any], flags: int = SEEN) -> dict[str, Any]:
        """Return the answer to the question for a new passkey."""
        data = self._data(asked["rp"]["id"], flags | FLAGS.AT, self.attested())
        client = self._client(CollectedClientData.TYPE.CREATE, asked)
        held = AttestationObject.create("none", data, {})
        return self._answer({"clientDataJSON": websafe_encode(client), "attestationObject": websafe_encode(held)})

    def sign(self, asked: dict[str, Any], flags: int = SEEN) -> dict[str, Any]:
        """Return the answer to the question for a signature."""
        self.counter += 1
        data = self._data(asked["rpId"], flags)
        client = self._client(CollectedClientData.TYPE.GET, asked)
        signed = self.key.sign(bytes(data) + client.hash, ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": websafe_encode(client),
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signed),
                "userHandle": None,
            }
        )

    def _data(self, host: str, flags: int, attested: AttestedCredentialData | None = None) -> AuthenticatorData:
        return AuthenticatorData.create(
            hashlib.sha256(host.encode()).digest(), flags, self.counter, bytes(attested) if attested else b""
        )

    def _client(self, kind: Any, asked: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(kind, websafe_decode(asked["challenge"]), self.origin)

    def _answer(self, response: dict[str, Any]) -> dict[str, Any]:
        ref = websafe_encode(self.credential_id)
        return {"id": ref, "rawId": ref, "type": "public-key", "response": response, "clientExtensionResults": {}}

"""Secrets at rest: envelope encryption, bound to a context.

A root key (32 bytes, in a file outside the database and its backups) wraps a fresh data key for each secret; the data
key seals the secret with AES-256-GCM. The context (say, ``mailbox:<id>:password``) is authenticated with both, so a
sealed secret copied to another row does not open there.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = b"\x01"
_NONCE = 12
_WRAPPED = 32 + 16


class SecretUnreadable(Exception):
    """The sealed secret does not open here: wrong root key, wrong context, or changed bytes."""


def seal_secret(secret: bytes, context: str) -> bytes:
    """Return `secret` sealed for `context`; every call gives other bytes."""
    aad = _VERSION + context.encode()
    data_key = AESGCM.generate_key(256)
    wrap_nonce, nonce = os.urandom(_NONCE), os.urandom(_NONCE)
    wrapped = AESGCM(root_key()).encrypt(wrap_nonce, data_key, aad)
    return _VERSION + wrap_nonce + wrapped + nonce + AESGCM(data_key).encrypt(nonce, secret, aad)


def open_secret(sealed: bytes, context: str) -> bytes:
    """Return the secret; raise SecretUnreadable if version, key, context or bytes do not fit."""
    sealed = bytes(sealed)
    if sealed[:1] != _VERSION or len(sealed) < 1 + 2 * _NONCE + _WRAPPED + 16:
        raise SecretUnreadable("not a sealed secret of a known version")
    aad = _VERSION + context.encode()
    cut = 1 + _NONCE + _WRAPPED
    try:
        data_key = AESGCM(root_key()).decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE : cut], aad)
        return AESGCM(data_key).decrypt(sealed[cut : cut + _NONCE], sealed[cut + _NONCE :], aad)
    except InvalidTag:
        raise SecretUnreadable("the secret was sealed with another root key or for another place") from None


def derived_key(purpose: str) -> bytes:
    """Return a 32-byte key for one purpose (HKDF-SHA256 of the root key); purposes cannot stand in for each other."""
    return HKDF(hashes.SHA256(), 32, salt=None, info=b"quietmonday:" + purpose.encode()).derive(root_key())


def root_key() -> bytes:
    """Return the root key; raise SecretUnreadable with what to do when its file is missing or short."""
    path = Path(settings.ROOT_KEY_FILE)
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        raise SecretUnreadable(
            f"the root key {path} is missing: put back the copy you keep apart from the backups"
        ) from None
    if len(key) != 32:
        raise SecretUnreadable(f"the root key {path} has {len(key)} bytes, not 32")
    return key


def ensure_key_file(path: Path) -> bytes:
    """Return the 32 bytes in `path`, made on the first call with owner-only rights; two starters get the same key."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # fails if another starter was quicker: then theirs is the key
        except FileExistsError:
            pass  # the other starter's key is read below
        finally:
            draft.unlink()
    return path.read_bytes()

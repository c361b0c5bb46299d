"""Addresses of people who do not exist: those of the made-up firm. Nothing is ever handed to a mail server for them."""

from __future__ import annotations

DOMAIN = "made-up.example"
"""Names below it are reserved (RFC 2606): nobody can ever own one, and none has a mail server."""


def is_made_up(address: str) -> bool:
    """Return whether an e-mail address is one of somebody made up."""
    host = address.rpartition("@")[2].strip().lower()
    return host == DOMAIN or host.endswith(f".{DOMAIN}")

"""Identifiers: UUIDv7, so that keys sort by the time they were made."""

import uuid

import uuid_utils.compat


def new_id() -> uuid.UUID:
    """Return a fresh UUIDv7 (RFC 9562), the primary key of every row."""
    return uuid_utils.compat.uuid7()

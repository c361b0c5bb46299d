"""Tables of integrations."""

from quietmonday.integrations.models.exports import Export
from quietmonday.integrations.models.idempotency import IdempotencyKey

__all__ = ["Export", "IdempotencyKey"]

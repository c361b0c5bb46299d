"""Tables of integrations."""

from quietmonday.integrations.models.exports import Export

__all__ = ["Export"]

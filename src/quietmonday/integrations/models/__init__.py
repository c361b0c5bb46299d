"""Tables of integrations."""

from quietmonday.integrations.models.exports import Export
from quietmonday.integrations.models.idempotency import IdempotencyKey
from quietmonday.integrations.models.webhooks import Delivery, DeliveryTry, Webhook

__all__ = ["Delivery", "DeliveryTry", "Export", "IdempotencyKey", "Webhook"]

"""Tables."""

from quietmonday.outbox.models.beats import WorkerBeat
from quietmonday.outbox.models.grounds import CommonGround
from quietmonday.outbox.models.items import OutboxItem
from quietmonday.outbox.models.mails import OutgoingMessage
from quietmonday.outbox.models.slots import Slot

__all__ = ["CommonGround", "OutboxItem", "OutgoingMessage", "Slot", "WorkerBeat"]

"""Verbs."""

from quietmonday.outbox.actions.items import OutsideTransaction, put
from quietmonday.outbox.actions.mails import enqueue_mail

__all__ = ["OutsideTransaction", "enqueue_mail", "put"]

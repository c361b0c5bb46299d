"""Verbs."""

from quietmonday.outbox.actions.items import OutsideTransaction, done_already, put, put_many
from quietmonday.outbox.actions.mails import enqueue_mail

__all__ = ["OutsideTransaction", "done_already", "enqueue_mail", "put", "put_many"]

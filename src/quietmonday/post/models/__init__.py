"""Tables of post; one file per noun."""

from quietmonday.post.models.files import File
from quietmonday.post.models.inbox import InboxItem, InboxState, RawBytes
from quietmonday.post.models.mailboxes import (
    After,
    IntakeGap,
    Mailbox,
    MailboxFolder,
    MailboxLease,
    MailService,
    SignIn,
    Way,
)
from quietmonday.post.models.senders import SilencedSender
from quietmonday.post.models.subscriptions import Unsubscription

__all__ = [
    "After",
    "File",
    "InboxItem",
    "InboxState",
    "IntakeGap",
    "MailService",
    "Mailbox",
    "MailboxFolder",
    "MailboxLease",
    "RawBytes",
    "SignIn",
    "SilencedSender",
    "Unsubscription",
    "Way",
]

"""Tables of post; one file per noun."""

from quietmonday.post.models.files import File
from quietmonday.post.models.inbox import InboxItem, InboxState, RawBytes
from quietmonday.post.models.mailboxes import IntakeGap, Mailbox
from quietmonday.post.models.senders import SilencedSender
from quietmonday.post.models.subscriptions import Unsubscription

__all__ = ["File", "InboxItem", "InboxState", "IntakeGap", "Mailbox", "RawBytes", "SilencedSender", "Unsubscription"]

"""Tables of support; one file per noun."""

from quietmonday.support.models.conversation import Attachment, Message, Pause, Promise, Side
from quietmonday.support.models.outcomes import (
    Dispute,
    Feedback,
    FeedbackQuestion,
    Reopening,
    Repeat,
    Resolution,
    SetAside,
)
from quietmonday.support.models.tickets import (
    Assignment,
    Move,
    PriorityChange,
    Ticket,
    TicketEngagement,
    TicketKind,
    TicketState,
)
from quietmonday.support.models.verdicts import Correction, Statement, Verdict

__all__ = [
    "Assignment",
    "Attachment",
    "Correction",
    "Dispute",
    "Feedback",
    "FeedbackQuestion",
    "Message",
    "Move",
    "Pause",
    "PriorityChange",
    "Promise",
    "Reopening",
    "Repeat",
    "Resolution",
    "SetAside",
    "Side",
    "Statement",
    "Ticket",
    "TicketEngagement",
    "TicketKind",
    "TicketState",
    "Verdict",
]

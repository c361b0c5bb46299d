"""Tables of support; one file per noun."""

from quietmonday.support.models.conversation import DAY_ONLY, Attachment, Message, Pause, Promise, Side
from quietmonday.support.models.imports import ImportState, SheetImport, SheetLayout, SheetRow
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
    "DAY_ONLY",
    "Assignment",
    "Attachment",
    "Correction",
    "Dispute",
    "Feedback",
    "FeedbackQuestion",
    "ImportState",
    "Message",
    "Move",
    "Pause",
    "PriorityChange",
    "Promise",
    "Reopening",
    "Repeat",
    "Resolution",
    "SetAside",
    "SheetImport",
    "SheetLayout",
    "SheetRow",
    "Side",
    "Statement",
    "Ticket",
    "TicketEngagement",
    "TicketKind",
    "TicketState",
    "Verdict",
]

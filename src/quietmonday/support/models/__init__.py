"""Tables of support; one file per noun."""

from quietmonday.support.models.bulk_edits import BulkEdit
from quietmonday.support.models.call_ins import CallIn
from quietmonday.support.models.conversation import DAY_ONLY, Attachment, Message, Pause, Promise, Side
from quietmonday.support.models.imports import ImportState, SheetImport, SheetLayout, SheetRow
from quietmonday.support.models.known_faults import AlsoAffected, KnownFault
from quietmonday.support.models.links import LinkKind, Tag, TicketLink, TicketTag
from quietmonday.support.models.outcomes import (
    Dispute,
    Feedback,
    FeedbackQuestion,
    Reopening,
    Repeat,
    Resolution,
    SetAside,
)
from quietmonday.support.models.replying import CannedReply, Presence, ScheduledFile, ScheduledReply
from quietmonday.support.models.routing import RoutingRule, Undelivered
from quietmonday.support.models.saved_views import SavedView
from quietmonday.support.models.snoozes import Snooze
from quietmonday.support.models.ticket_templates import FilledForm, Recurrence, Step, TicketTemplate
from quietmonday.support.models.tickets import (
    Assignment,
    Impact,
    Move,
    PriorityChange,
    Ticket,
    TicketEngagement,
    TicketKind,
    TicketState,
    concerning,
)
from quietmonday.support.models.verdicts import Correction, Statement, Verdict
from quietmonday.support.models.watchers import CopySuggestion, Watcher

__all__ = [
    "DAY_ONLY",
    "AlsoAffected",
    "Assignment",
    "Attachment",
    "BulkEdit",
    "CallIn",
    "CannedReply",
    "CopySuggestion",
    "Correction",
    "Dispute",
    "Feedback",
    "FeedbackQuestion",
    "FilledForm",
    "Impact",
    "ImportState",
    "KnownFault",
    "LinkKind",
    "Message",
    "Move",
    "Pause",
    "Presence",
    "PriorityChange",
    "Promise",
    "Recurrence",
    "Reopening",
    "Repeat",
    "Resolution",
    "RoutingRule",
    "SavedView",
    "ScheduledFile",
    "ScheduledReply",
    "SetAside",
    "SheetImport",
    "SheetLayout",
    "SheetRow",
    "Side",
    "Snooze",
    "Statement",
    "Step",
    "Tag",
    "Ticket",
    "TicketEngagement",
    "TicketKind",
    "TicketLink",
    "TicketState",
    "TicketTag",
    "TicketTemplate",
    "Undelivered",
    "Verdict",
    "Watcher",
    "concerning",
]

"""Shapes of tickets, and of what is said and done about them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Literal

from pydantic import Field

from quietmonday.integrations.forms.api.base import Day, In, Line, Moment, Note, Out, Text, page_of

Priority = Literal[1, 2, 3, 4]
State = Literal["open", "resolved", "cancelled", "duplicate", "spam"]
Move = Literal["supplier", "customer", "third_party", "agreed_date", "nobody"]
MOST_FILES = 10
_FILES: Any = Field(default_factory=list, max_length=MOST_FILES, description="What POST /files answered as `id`.")


class NamedOut(Out):
    """A person by name."""

    id: uuid.UUID
    name: str


class TicketOut(Out):
    """A call for help."""

    id: uuid.UUID
    number: int = Field(description="Unique within its business: the one that is said on the phone.")
    business: uuid.UUID
    engagements: list[uuid.UUID] = Field(description="Which agreements it concerns.")
    subject: str
    kind: Literal["incident", "service_request"]
    source: str = Field(description="email, phone, web, visit, monitoring, sheet, schedule, api")
    state: State
    move: Move = Field(description="Who must do something next.")
    priority: Priority = Field(description="1 urgent, 2 high, 3 normal, 4 whenever it suits.")
    requester: NamedOut | None
    assignee: NamedOut | None
    can_work: Literal["no", "partly", "yes"] | None
    first_noticed: Literal["now", "today", "longer"] | None
    reported_at: dt.datetime | None
    opened_at: dt.datetime
    resolved_at: dt.datetime | None
    changed_at: dt.datetime = Field(description="When anything about it last changed; see `updated_since`.")
    next_word_by: dt.datetime | None = Field(description="Until when the supplier promised to speak again.")
    respond_by: dt.datetime | None
    restore_by: dt.datetime | None
    workaround_until: dt.date | None
    quick: str | None = Field(description="The verdict as last worked out: yes, partly, no, too_early, not_known.")
    effective: str | None
    page: str = Field(description="Where people see it.")


class TicketIn(In):
    """A new ticket. As a member of the business one asks oneself; as a supplier one logs what somebody there said."""

    business: uuid.UUID
    text: Text
    subject: Line | None = Field(None, description="Taken from the first words of the text if it is left out.")
    engagements: list[uuid.UUID] = Field(
        default_factory=list, max_length=20, description="Which agreements it concerns; left out: all that are yours."
    )
    requester: uuid.UUID | None = Field(None, description="Suppliers only: a person of the business whom you know.")
    requester_name: Line | None = Field(None, description="Suppliers only: who asked, if they are not on record.")
    source: Literal["api", "phone", "visit"] = Field("api", description="Suppliers only.")
    kind: Literal["incident", "service_request"] = Field("incident", description="Suppliers only.")
    priority: Priority = Field(3, description="Suppliers only.")
    told_at: Moment | None = Field(None, description="Suppliers only: when they said so; left out: now.")
    can_work: Literal["no", "partly", "yes"] | None = None
    first_noticed: Literal["now", "today", "longer"] | None = None
    files: list[str] = _FILES


class FileOut(Out):
    """A file that came with a message."""

    id: uuid.UUID
    name: str
    size: int
    media_type: str


class UploadOut(Out):
    """A file that was sent in, to be named in a message within a day."""

    id: str
    name: str
    size: int
    media_type: str
    expires_at: dt.datetime


class MessageOut(Out):
    """One thing said about a ticket, or noted by your own supplier."""

    id: uuid.UUID
    ticket: uuid.UUID
    side: Literal["customer", "supplier", "system"]
    supplier: uuid.UUID | None
    public: bool = Field(description="False: a note that only this supplier sees.")
    automatic: bool
    channel: str
    author: uuid.UUID | None
    author_name: str
    text: str
    verified: bool = Field(description="False: only the mail itself says who wrote it.")
    occurred_at: dt.datetime
    recorded_at: dt.datetime
    clock_quality: str = Field(description="exact, stated, unknown, day")
    erased_at: dt.datetime | None
    files: list[FileOut]


class MessageIn(In):
    """A message to the other side. Suppliers may promise their next word with it, and say whose move it is after."""

    text: Text
    files: list[str] = _FILES
    next_word_by: Moment | None = Field(None, description="Suppliers only: a promise, in place of a running one.")
    waits_for: Literal["customer", "third_party", "agreed_date"] | None = Field(
        None, description="Suppliers only: whose move it is once this is said; left out: still yours."
    )
    until: Moment | None = Field(None, description="With waits_for agreed_date: until when.")


class NoteIn(In):
    """A note that only your own supplier sees."""

    text: Text
    files: list[str] = _FILES


class PromiseIn(In):
    """When the supplier speaks again."""

    due_at: Moment


class WaitingIn(In):
    """What the supplier waits for, without asking anybody: the clock runs on."""

    reason: Literal["customer", "third_party", "agreed_date"]


class AssignmentIn(In):
    """Who works on it from now on; null: nobody in particular."""

    person: uuid.UUID | None


class PriorityIn(In):
    """How urgent it is."""

    priority: Priority
    reason: Note = Field("", description="Why, if it does not follow from whom it hits and how hard.")


class ResolutionIn(In):
    """Working again: fixed for good, held by a workaround until a date, or unknown why."""

    kind: Literal["fixed", "workaround", "unknown"]
    note: Note = ""
    workaround_until: Day | None = Field(None, description="With kind workaround: by when the fix for good comes.")


class ReopeningIn(In):
    """It is not solved after all."""

    note: Note = ""


class AsideIn(In):
    """It is no call for help."""

    state: Literal["cancelled", "duplicate", "spam"]
    note: Note = ""


class FeedbackIn(In):
    """The requester says whether it is solved."""

    answer: Literal["solved", "partly", "not_solved"]
    text: Note = ""


class FeedbackOut(Out):
    """What the requester said."""

    id: uuid.UUID
    ticket: uuid.UUID
    person: uuid.UUID
    answer: Literal["solved", "partly", "not_solved"]
    text: str
    at: dt.datetime


class DisputeIn(In):
    """The supplier objects to a verdict, in words that the owner reads. The verdict stays."""

    about: Literal["quick", "effective"]
    note: Text


class DisputeOut(Out):
    """What the supplier says of a verdict."""

    id: uuid.UUID
    ticket: uuid.UUID
    about: Literal["quick", "effective"]
    note: str
    by_name: str
    at: dt.datetime


class SaidOut(Out):
    """One verdict, with the rule that gave it and its sentence."""

    value: str = Field(description="yes, partly, no, too_early, not_known, no_verdict")
    rule: str
    sentence: str
    disputed: bool


class VerdictOut(Out):
    """Was it quick, does it stay fixed?"""

    ticket: uuid.UUID
    number: int
    business: uuid.UUID
    quick: SaidOut
    effective: SaidOut
    computed_at: dt.datetime = Field(description="When its facts last changed; the verdict itself is of this moment.")


TicketPage = page_of(TicketOut)
MessagePage = page_of(MessageOut)
FeedbackPage = page_of(FeedbackOut)
DisputePage = page_of(DisputeOut)
VerdictPage = page_of(VerdictOut)

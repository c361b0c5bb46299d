"""Shells: ids in, one action."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from quietmonday.kit.clock import now as present
from quietmonday.kit.topics import every, handles, scheduled
from quietmonday.support.actions.asking import tell_who_asks
from quietmonday.support.actions.deciding import sender_works
from quietmonday.support.actions.indexing import tidy_search
from quietmonday.support.actions.intake_of_files import take_in_waiting
from quietmonday.support.actions.known_faults import OVER
from quietmonday.support.actions.presence import forget_presence
from quietmonday.support.actions.rechecking import recheck
from quietmonday.support.actions.recurring import MAKE, ask_for_what_is_due, make_due
from quietmonday.support.actions.scheduling import REPLY_HELD, SEND_LATER, send_if_due
from quietmonday.support.actions.sheet_imports import CHUNKS_A_JOB, TAKE_IN, run_import
from quietmonday.support.actions.sheet_undoing import UNDO, run_undo
from quietmonday.support.actions.stating import STATE, state_past_weeks
from quietmonday.support.actions.telling import (
    ask_whether_solved,
    tell_fault_over,
    tell_held,
    tell_opened,
    tell_reopened,
    tell_said,
)
from quietmonday.support.actions.telling_others import tell_called_in, tell_named, tell_settled, tell_would_call_in
from quietmonday.support.actions.undelivered import note_undelivered
from quietmonday.support.actions.unread import tell_mailbox_unread


@handles("support.take_in", _("Look at a mail that came in"))
def look_at_item(ids: Mapping[str, str], now: dt.datetime) -> None:
    """A raw item waits."""
    take_in_waiting(item_id=uuid.UUID(ids["item"]), now=now)


@handles("support.sender_works", _("Write again to an address that works"))
def works(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Mail came from an address at which ours had come back."""
    sender_works(item_id=uuid.UUID(ids["item"]), now=now)


@handles("support.senders_ask", _("Tell who decides that unknown senders wait"))
def senders_ask(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Senders wait whom nobody knows."""
    supplier, business = (uuid.UUID(ids[name]) if ids[name] else None for name in ("supplier", "business"))
    tell_who_asks(supplier_id=supplier, business_id=business, now=now)


@handles("support.mailbox_unread", _("Tell who looks after a mailbox that it cannot be read"))
def mailbox_unread(ids: Mapping[str, str], now: dt.datetime) -> None:
    """A mailbox has brought nothing in for a while, or somebody must sign in for it."""
    tell_mailbox_unread(gap_id=uuid.UUID(ids["gap"]), now=now)


@handles("support.undelivered", _("Say on a request that a mail came back"))
def undelivered(ids: Mapping[str, str], now: dt.datetime) -> None:
    """A mail with somebody's message came back (ids: mail, rule, for_good)."""
    note_undelivered(mail_id=uuid.UUID(ids["mail"]), rule=ids["rule"], for_good=bool(ids["for_good"]), now=now)


@handles("support.ticket_opened", _("Tell people that a request was opened"))
def opened(ids: Mapping[str, str], now: dt.datetime) -> None:
    """A ticket was opened."""
    tell_opened(ticket_id=uuid.UUID(ids["ticket"]), now=now)


@handles("support.message_said", _("Tell people that somebody wrote"))
def said(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Somebody wrote."""
    tell_said(message_id=uuid.UUID(ids["message"]), now=now)


@handles(SEND_LATER, _("Send a reply that was written earlier"))
def send_later(ids: Mapping[str, str], now: dt.datetime) -> None:
    """A reply is due, or was due at this time before it was put off."""
    send_if_due(reply_id=uuid.UUID(ids["reply"]), now=now)


@handles(REPLY_HELD, _("Tell somebody that their reply was held back"))
def reply_held(ids: Mapping[str, str], now: dt.datetime) -> None:
    """A reply was due and not sent."""
    tell_held(reply_id=uuid.UUID(ids["reply"]), now=now)


@handles("support.reopened", _("Tell people that a request is open again"))
def reopened(ids: Mapping[str, str], now: dt.datetime) -> None:
    """A ticket is open again."""
    tell_reopened(ticket_id=uuid.UUID(ids["ticket"]), now=now)


@handles(OVER, _("Tell those who had a known fault too that it is over"))
def fault_over(ids: Mapping[str, str], now: dt.datetime) -> None:
    """A known fault was settled."""
    tell_fault_over(ticket_id=uuid.UUID(ids["ticket"]), now=now)


@handles("support.named", _("Tell somebody that they are named"))
def named(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Somebody wrote @Name."""
    tell_named(message_id=uuid.UUID(ids["message"]), person_id=uuid.UUID(ids["person"]), now=now)


@handles("support.settled", _("Tell who hears of a request that it is said to work again"))
def settled(ids: Mapping[str, str], now: dt.datetime) -> None:
    """A ticket was settled."""
    tell_settled(resolution_id=uuid.UUID(ids["resolution"]), now=now)


@handles("support.called_in", _("Tell a supplier that it is called in"))
def called_in(ids: Mapping[str, str], now: dt.datetime) -> None:
    """A ticket concerns one more supplier."""
    tell_called_in(party_id=uuid.UUID(ids["party"]), now=now)


@handles("support.would_call_in", _("Ask whether another supplier shall look at a request"))
def would_call_in(ids: Mapping[str, str], now: dt.datetime) -> None:
    """A supplier would call in another one."""
    tell_would_call_in(call_in_id=uuid.UUID(ids["call_in"]), now=now)


@handles("support.ask_feedback", _("Ask whether it is solved"))
def ask(ids: Mapping[str, str], now: dt.datetime) -> None:
    """A ticket was settled: is it solved?"""
    ask_whether_solved(question_id=uuid.UUID(ids["question"]), now=now)


@handles(TAKE_IN, _("Take in a log of calls"))
def take_in_sheet(ids: Mapping[str, str], now: dt.datetime) -> None:
    """A log waits to be taken in, or to be gone on with. Each chunk has its own moment: it may take minutes."""
    for _row in run_import(import_id=uuid.UUID(ids["import"]), clock=present, most=CHUNKS_A_JOB):
        pass


@handles(UNDO, _("Take back what a log of calls made"))
def undo_sheet(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Somebody wants an import undone."""
    run_undo(import_id=uuid.UUID(ids["import"]), clock=present)


@handles(STATE, _("State past weeks from an imported log"))
def state_weeks(ids: Mapping[str, str], now: dt.datetime) -> None:
    """The weeks of what was imported are to be stated."""
    state_past_weeks(engagement_id=uuid.UUID(ids["engagement"]), now=now)


@handles("support.recheck", _("Work out what time alone has changed in verdicts and deadlines"))
def recheck_verdicts(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Once an hour: what time alone has changed."""
    recheck(now=now)


@handles("support.tidy_search", _("Put the index of the search in order"))
def tidy(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Once a day: join its pieces, and let go of what was erased."""
    tidy_search()


@handles("support.recurring", _("See which recurring requests are due"))
def recurring(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Every five minutes."""
    ask_for_what_is_due(now=now)


@handles(MAKE, _("Open a recurring request that is due"))
def make_recurring(ids: Mapping[str, str], now: dt.datetime) -> None:
    """A recurring request is due."""
    make_due(recurrence_id=uuid.UUID(ids["recurrence"]), now=now)


@handles("support.forget_presence", _("Forget who had a request open"))
def presence_over(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Once an hour: who was there is not there any more."""
    forget_presence(now=now)


scheduled("support.forget_presence", every(minutes=60))
scheduled("support.recheck", every(minutes=60))
scheduled("support.recurring", every(minutes=5))
scheduled("support.tidy_search", every(minutes=24 * 60))

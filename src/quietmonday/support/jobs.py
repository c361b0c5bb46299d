"""Shells: ids in, one action."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from quietmonday.kit.clock import now as present
from quietmonday.kit.topics import every, handles, scheduled
from quietmonday.support.actions.asking import tell_who_asks
from quietmonday.support.actions.deciding import sender_works
from quietmonday.support.actions.intake_of_files import take_in_waiting
from quietmonday.support.actions.rechecking import recheck
from quietmonday.support.actions.sheet_imports import CHUNKS_A_JOB, TAKE_IN, run_import
from quietmonday.support.actions.sheet_undoing import UNDO, run_undo
from quietmonday.support.actions.stating import STATE, state_past_weeks
from quietmonday.support.actions.telling import ask_whether_solved, tell_opened, tell_reopened, tell_said


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


@handles("support.ticket_opened", _("Tell people that a request was opened"))
def opened(ids: Mapping[str, str], now: dt.datetime) -> None:
    """A ticket was opened."""
    tell_opened(ticket_id=uuid.UUID(ids["ticket"]), now=now)


@handles("support.message_said", _("Tell people that somebody wrote"))
def said(ids: Mapping[str, str], now: dt.datetime) -> None:
    """Somebody wrote."""
    tell_said(message_id=uuid.UUID(ids["message"]), now=now)


@handles("support.reopened", _("Tell people that a request is open again"))
def reopened(ids: Mapping[str, str], now: dt.datetime) -> None:
    """A ticket is open again."""
    tell_reopened(ticket_id=uuid.UUID(ids["ticket"]), now=now)


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


scheduled("support.recheck", every(minutes=60))

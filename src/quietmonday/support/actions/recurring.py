"""Requests that come by themselves: begun, paused, ended, and made when they are due."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quietmonday.journal.actions import append
from quietmonday.kit.actors import SYSTEM, Actor
from quietmonday.kit.faults import reached
from quietmonday.kit.moments import date_in_words
from quietmonday.outbox.actions import put
from quietmonday.people.models import Engagement
from quietmonday.people.queries import working_hours_of
from quietmonday.support.actions.opening import Words
from quietmonday.support.actions.ticket_templates import open_by_template
from quietmonday.support.logic.recurring import Due, Rule, due, rule_as_json, rule_from_json
from quietmonday.support.logic.ticket_templates import Answer, answers_from_json, as_json
from quietmonday.support.models import Recurrence, Side, Ticket, TicketTemplate
from quietmonday.support.queries.recurring import due_at
from quietmonday.work.models import WorkItem

MAKE = "support.make_recurring"
SOURCE = "schedule"

ENGAGEMENT_ENDED = "engagement_ended"


class NothingToCome(ValueError):
    """By its rule and its last day it would never come."""


@transaction.atomic
def begin_recurring(
    *,
    template: TicketTemplate,
    engagement: Engagement,
    rule: Rule,
    starts_on: dt.date,
    ends_on: dt.date | None,
    answers: Sequence[Answer],
    actor: Actor,
    now: dt.datetime,
) -> Recurrence:
    """Have a template come by itself from `starts_on` on; what lies in the past is not made. Raises NothingToCome."""
    row = Recurrence(
        business=engagement.business,
        engagement=engagement,
        template=template,
        answers=as_json(answers),
        rule=rule_as_json(rule),
        starts_on=starts_on,
        ends_on=ends_on,
        made_at=now,
        by_name=actor.name,
    )
    _skip_to(row, now)
    if row.next_at is None:
        raise NothingToCome("its last day comes before its first time")
    row.save()
    _told(row, "begun", actor, now, starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat() if ends_on else None)
    return row


@transaction.atomic
def pause_recurring(*, recurrence: Recurrence, actor: Actor, now: dt.datetime) -> bool:
    """Let it rest until somebody says otherwise. False if it rests, or is over."""
    row = _locked(recurrence.pk)
    if row.paused_at is not None or row.ended_at is not None:
        return False
    row.paused_at, row.paused_by = now, actor.name
    row.save(update_fields=["paused_at", "paused_by"])
    _told(row, "paused", actor, now)
    return True


@transaction.atomic
def resume_recurring(*, recurrence: Recurrence, actor: Actor, now: dt.datetime) -> bool:
    """Let it come again from now on; what was due meanwhile is not made. False if it does not rest, or is over."""
    row = _locked(recurrence.pk)
    if row.paused_at is None or row.ended_at is not None:
        return False
    row.paused_at, row.paused_by = None, ""
    _skip_to(row, now)
    row.save(update_fields=["paused_at", "paused_by", "last_on", "next_at"])
    _told(row, "resumed", actor, now)
    return True


@transaction.atomic
def end_recurring(*, recurrence: Recurrence, actor: Actor, now: dt.datetime, why: str = "") -> bool:
    """It comes no more. `why`: ENGAGEMENT_ENDED where nobody decided it. False if it is over."""
    row = _locked(recurrence.pk)
    if row.ended_at is not None:
        return False
    row.ended_at, row.ended_by, row.ended_why, row.next_at = now, actor.name, why, None
    row.save(update_fields=["ended_at", "ended_by", "ended_why", "next_at"])
    _told(row, "ended", actor, now, **({"why": why} if why else {}))
    return True


@transaction.atomic
def ask_for_what_is_due(*, now: dt.datetime) -> int:
    """Put a row for each recurrence that is due, one a turn; return how many."""
    rows = list(due_at(now))
    for row in rows:
        put(
            topic=MAKE,
            ids={"recurrence": str(row.pk)},
            now=now,
            key=f"{MAKE}:{row.pk}:{row.next_at:%Y%m%d%H%M}",
            business_id=row.business_id,
        )
    return len(rows)


@transaction.atomic
def make_due(*, recurrence_id: uuid.UUID, now: dt.datetime) -> Ticket | None:
    """Open the ticket that is due, the newest if several are; None if none is. However often it runs: once a turn.

    Where the engagement has ended there is nobody to do it: then it ends too.
    """
    row = _locked(recurrence_id)
    if row.paused_at is not None or row.ended_at is not None:
        return None
    engagement = row.engagement
    if engagement.ends_at is not None and engagement.ends_at <= now:
        end_recurring(recurrence=row, actor=SYSTEM, now=now, why=ENGAGEMENT_ENDED)
        return None
    found = _due(row, now)
    ticket = None
    if found.newest is not None:
        ticket = _opened(row, found, now)
        row.last_on = found.newest
    row.next_at = found.next_at
    row.save(update_fields=["last_on", "next_at"])
    reached("support.recurring.before_commit")
    return ticket


def _opened(row: Recurrence, found: Due, now: dt.datetime) -> Ticket | None:
    """Open the ticket of a day; None if this day has one, say from before a backup was restored."""
    day = found.newest
    assert day is not None  # noqa: S101  # the caller looked
    origin = f"recurring:{row.pk}:{day.isoformat()}"
    if WorkItem.objects.filter(business=row.business_id, origin=origin).exists():
        return None
    with translation.override(row.business.language):
        words = Words(
            text=_said(row, day, found.left_out), channel="system", author=None, author_name=SYSTEM.name,
            occurred_at=now, automatic=True,
        )  # fmt: skip
    return open_by_template(
        template=row.template,
        answers=answers_from_json(row.answers),
        engagements=[row.engagement],
        words=words,
        actor=SYSTEM,
        now=now,
        source=SOURCE,
        requester=None,
        reported_at=now,
        origin=origin,
        side=Side.SYSTEM,
    )


def _said(row: Recurrence, day: dt.date, left_out: int) -> str:
    said = _("Planned for %(day)s by its schedule.") % {"day": date_in_words(day, "short")}
    if left_out:
        said += " " + ngettext(
            "%(n)d earlier one was left out: nothing ran when it was due.",
            "%(n)d earlier ones were left out: nothing ran when they were due.",
            left_out,
        ) % {"n": left_out}
    return f"{row.template.text}\n\n{said}".strip()


def _skip_to(row: Recurrence, now: dt.datetime) -> None:
    """Pass over what was due by now."""
    found = _due(row, now)
    row.last_on, row.next_at = found.newest or row.last_on, found.next_at


def _due(row: Recurrence, now: dt.datetime) -> Due:
    years = range(min(row.starts_on.year, now.year) if row.last_on is None else row.last_on.year, now.year + 4)
    return due(
        rule_from_json(row.rule),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        last_on=row.last_on,
        hours=working_hours_of(row.engagement, years),
        now=now,
    )


def _locked(ref: uuid.UUID) -> Recurrence:
    rows = Recurrence.objects.select_for_update(of=("self",)).select_related(
        "business", "engagement__supplier", "engagement__business", "engagement__calendar", "template__supplier",
        "template__assignee",
    )  # fmt: skip
    return rows.get(pk=ref)


def _told(row: Recurrence, verb: str, actor: Actor, now: dt.datetime, **more: Any) -> None:
    append(
        verb=f"recurring.{verb}",
        actor=actor,
        business_id=row.business_id,
        engagement_ids=[row.engagement_id],
        subject=("recurrence", row.pk),
        payload={"title": row.template.title, "rule": row.rule, **more},
        occurred_at=now,
        recorded_at=now,
    )

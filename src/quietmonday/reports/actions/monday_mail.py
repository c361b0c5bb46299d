"""Monday morning: last week is stated and sealed, and both sides get the same page by mail."""

import datetime as dt
import uuid
from collections.abc import Sequence
from email.utils import make_msgid

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from quietmonday.journal.actions import seal_week
from quietmonday.journal.queries import chains_of
from quietmonday.kit.faults import reached
from quietmonday.kit.speaking import translate, translate_plural
from quietmonday.outbox.actions import enqueue_mail
from quietmonday.people.models import Business, Engagement, Person
from quietmonday.people.queries import first_address_of
from quietmonday.post.actions.subscriptions import MONDAY
from quietmonday.post.models import Unsubscription
from quietmonday.reports.access import stop_mac
from quietmonday.reports.queries.monday import monday_page
from quietmonday.reports.queries.weeks import MARKS
from quietmonday.support.actions.statements import PROVISIONAL, SETTLED, freeze_statement
from quietmonday.support.logic.said import Speaker
from quietmonday.support.logic.week import Week, bounds
from quietmonday.support.queries.correspondents import departed


def keep_monday(*, business: Business, week: Week, now: dt.datetime) -> None:
    """State `week` (provisional) and the week two before it (settled), seal `week`, and mail the page.

    Each step is done once, whatever is repeated: statements, seals and mails have unique keys. Weeks before the
    record began are not stated.
    """
    engagements = state_and_seal(business=business, week=week, now=now)
    reached("reports.monday.before_mails")
    _mail_everybody(business, engagements, week, now)


def state_and_seal(*, business: Business, week: Week, now: dt.datetime) -> list[Engagement]:
    """Do what `keep_monday` does, but mail nobody; return all engagements that the business ever had."""
    engagements = list(
        Engagement.objects.filter(business=business).select_related(
            "business", "supplier", "owner", "stand_in", "counterpart"
        )
    )
    settled = week.previous().previous()
    for engagement in engagements:
        for each, kind in ((week, PROVISIONAL), (settled, SETTLED)):
            if _concerns(engagement, each):
                freeze_statement(engagement=engagement, week=each, kind=kind, now=now)
                reached("reports.monday.after_statement")
    for chain in chains_of(business.id):
        seal_week(chain=chain, week=week.key, zone=business.zone, now=now)
        reached("reports.monday.after_seal")
    return engagements


def _concerns(engagement: Engagement, week: Week) -> bool:
    """A week that lies wholly before the record began, or outside the engagement, is not stated."""
    start, end = bounds(week, engagement.business.zone)
    if end <= engagement.business.began_at or end <= engagement.starts_at:
        return False
    return engagement.ends_at is None or engagement.ends_at > start


def _mail_everybody(business: Business, engagements: Sequence[Engagement], week: Week, now: dt.datetime) -> None:
    """Owner and stand-in get the business's page; a counterpart gets that of its own engagements."""
    sides: dict[uuid.UUID, tuple[Person, list[uuid.UUID] | None]] = {}
    current = [e for e in engagements if e.starts_at <= now and (e.ends_at is None or e.ends_at > now)]
    for engagement in current:
        for person in (engagement.owner, engagement.stand_in):
            if person is not None:
                sides[person.id] = (person, None)
        if engagement.counterpart is not None:
            _, theirs = sides.get(engagement.counterpart.id, (engagement.counterpart, []))
            sides[engagement.counterpart.id] = (engagement.counterpart, [*(theirs or []), engagement.id])
    gone = departed(list(sides), now)
    stopped = Unsubscription.objects.filter(business=business, topic=MONDAY, person__in=list(sides))
    unwanted = set(stopped.values_list("person", flat=True))
    for person, engagement_ids in sides.values():
        if person.id not in gone | unwanted:
            _mail(business, person, engagement_ids, week, now)
            reached("reports.monday.after_mail")


@transaction.atomic
def _mail(
    business: Business, person: Person, engagement_ids: list[uuid.UUID] | None, week: Week, now: dt.datetime
) -> None:
    address = first_address_of(person)
    if address is None:
        return
    with translation.override(business.language):
        page = monday_page(
            business=business,
            engagement_ids=engagement_ids,
            speaker=Speaker(translate=translate, translate_plural=translate_plural, zone=business.zone, now=now),
            now=now,
        )
        stop = settings.ADDRESS + reverse(
            "reports:monday_mail", args=[business.id, person.id, stop_mac(business.id, person.id)]
        )
        context = {
            "page": page,
            "theirs": engagement_ids is not None,
            "person": person,
            "business": business,
            "zone": business.zone,
            "now": now,
            "marks": MARKS,
            "address": settings.ADDRESS + reverse("reports:monday", args=[business.id]),
            "stop": stop,
            "public": settings.ADDRESS,
        }
        enqueue_mail(
            key=f"monday:{business.id}:{week.key}:{person.id}",
            recipient=address,
            sender=settings.DEFAULT_FROM_EMAIL,
            subject=_("Monday at %(business)s: %(answer)s")
            % {"business": business.name, "answer": page.last.lines[0][1]},
            text=render_to_string("reports/mail/monday.txt", context),
            html=render_to_string("reports/mail/monday.html", context),
            headers={
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
                "X-Quiet-Monday": "1",
                "List-Unsubscribe": f"<{stop}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
            message_id=make_msgid(f"monday.{week.key}", domain=settings.HOST),
            now=now,
            business_id=business.id,
        )

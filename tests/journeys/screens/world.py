"""A week worth reading on Monday: five requests of last week, what is open now, thirteen weeks, and what went wrong.

It is Monday 23 November 2026, 13:40 in London. Everything is made by the product's own actions, at the moments at
which it is said to have happened.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import uuid
from typing import Any

from PIL import Image, ImageDraw

from quietmonday.people.actions.engagements import engage
from quietmonday.people.models import Business, Engagement, Person
from quietmonday.post.actions.files import store_file
from quietmonday.post.models import InboxItem, Mailbox
from quietmonday.reports.actions.monday_mail import keep_monday
from quietmonday.support.actions.answering import dispute, give_feedback
from quietmonday.support.actions.handing import assign
from quietmonday.support.actions.opening import Words, open_ticket
from quietmonday.support.actions.settling import reopen, resolve, set_aside
from quietmonday.support.actions.talking import note_for_colleagues
from quietmonday.support.actions.waiting import wait_without_asking
from quietmonday.support.actions.weighing import set_priority
from quietmonday.support.logic.week import week_of
from quietmonday.support.models import Attachment, FeedbackQuestion, Ticket
from tests.cast import Cast
from tests.journeys.screens.moments import NOW, at
from tests.journeys.screens.trouble import failed_work, post
from tests.support.scene import actor, answered, asked, words, wrote

LAST_WEEK = "2026-W47"


@dataclasses.dataclass(frozen=True)
class World:
    """What pages are looked at for; tickets by what is worth seeing on them."""

    cast: Cast
    talk: Ticket  # open, a whole conversation with a picture, a note, a promise
    paused: Ticket  # waits for the owner since 12 November
    held: Ticket  # works by a workaround
    untold: Ticket  # settled, nobody has said
    reopened: Ticket
    disputed: Ticket
    aside: Ticket
    old: Ticket  # open since January
    picture: Attachment
    kept: InboxItem
    mailbox: Mailbox

    def came(self, sender: str) -> uuid.UUID:
        """The newest mail that came in from this address."""
        return InboxItem.objects.filter(sender=sender).latest("received_at").pk


def make_world(cast: Cast, weeks: int = 12) -> World:
    """Write it and return what to look at; `weeks`: how many before the last one have requests and a Monday."""
    dele_works_in(cast, "Warehouse")
    old = asked(cast, "The archive of 2019 should be readable again", at=at(12, 10, month=1), priority=4)
    _earlier_weeks(cast, weeks)
    paused = _backup_disk(cast)
    held, untold, disputed = _last_week(cast)
    keep_monday(business=_business(cast), week=week_of(at(16, 12), "Europe/London"), now=at(23, 7, 30))
    talk, picture = _scanners(cast)
    reopened = _reopened(cast)
    aside = asked(cast, "Please ignore, wrong window", by=cast.bill, at=at(20, 11))
    set_aside(ticket=aside, state="cancelled", actor=actor(cast.ruth), now=at(20, 11, 30), note="Sent by mistake.")
    mailbox, kept = post(cast)
    failed_work(NOW)
    return World(
        cast=cast,
        talk=talk,
        paused=paused,
        held=held,
        untold=untold,
        reopened=reopened,
        disputed=disputed,
        aside=aside,
        old=old,
        picture=picture,
        kept=kept,
        mailbox=mailbox,
    )


def dele_works_in(cast: Cast, job: str) -> None:
    """Write down what Dele does."""
    Person.objects.filter(pk=cast.dele.person.pk).update(job=job)
    cast.dele.person.job = job


def settled(cast: Cast, ticket: Ticket, when: dt.datetime, kind: str = "fixed", said: str = "", **more: Any) -> Ticket:
    """Sam settles it; `said`: what the requester answers, a quarter of an hour later."""
    resolve(ticket=ticket, kind=kind, actor=actor(cast.sam), now=when, **more)
    if said:
        assert ticket.requester is not None
        give_feedback(
            question=FeedbackQuestion.objects.filter(ticket=ticket).latest("asked_at"),
            answer=said,
            actor=actor_of(ticket.requester),
            now=when + dt.timedelta(minutes=15),
            signed_in=True,
        )
    ticket.refresh_from_db()
    return ticket


def actor_of(person: Person) -> Any:
    """Return the person as the one who acts."""
    from quietmonday.kit.actors import Actor

    return Actor(id=person.id, name=person.name)


def crowd(cast: Cast, count: int) -> None:
    """Open `count` more requests, of Oakhurst and of a client that no other test knows, to fill the queue."""
    ashby = Business.objects.create(name="Ashby Dental Practice", zone="Europe/London", began_at=at(5, 9, month=1))
    engagement = engage(
        business=ashby,
        supplier=cast.fennimore,
        actor=actor(cast.asha),
        now=at(5, 9, month=1),
        country="GB",
        subdivision="ENG",
    )
    subjects = ["Two people cannot open the diary", "Laptop slow after lunch", "Scanner sends to the old address"]
    for n in range(count):
        _told(cast, engagement if n % 2 else cast.engagement, subjects[n % 3], at(23, 9, n), priority=1 + n % 4)


def _business(cast: Cast) -> Business:
    return Business.objects.get(pk=cast.oakhurst.pk)


def _told(cast: Cast, engagement: Engagement, subject: str, when: dt.datetime, **more: Any) -> Ticket:
    """A request that somebody told Sam by phone; nobody on record asked."""
    told = Words(text=f"{subject}.", channel="phone", author=None, author_name="Reception", occurred_at=when)
    return open_ticket(
        business=engagement.business,
        engagements=[engagement],
        subject=subject,
        words=told,
        source="phone",
        actor=actor(cast.sam),
        now=when,
        requester=None,
        reported_at=when,
        **more,
    )


def _earlier_weeks(cast: Cast, weeks: int) -> None:
    """Up to twelve weeks before the last, each stated on its Monday; one of them stopped somebody."""
    monday = at(24, 0, month=8)
    for number, asks in list(enumerate((2, 1, 3, 1, 2, 1, 4, 1, 1, 2, 1, 1)))[12 - weeks :]:
        week = monday + dt.timedelta(weeks=number)
        for n in range(asks):
            begun = week + dt.timedelta(days=n % 4 + 1, hours=9, minutes=30)
            ticket = asked(cast, f"Screen {n + 1} stays dark", at=begun, can_work="no" if asks == 4 else "partly")
            answered(cast, ticket, "Coming.", at=begun + dt.timedelta(minutes=12))
            settled(cast, ticket, begun + dt.timedelta(hours=1), said="solved")
        stated = week + dt.timedelta(weeks=1, hours=7, minutes=30)
        keep_monday(business=_business(cast), week=week_of(week, "Europe/London"), now=stated)


def _backup_disk(cast: Cast) -> Ticket:
    ticket = asked(cast, "A disk in the backup box is failing", by=cast.maria, at=at(12, 9, 5), can_work="yes")
    assign(ticket=ticket, person=cast.sam.person, actor=actor(cast.asha), now=at(12, 9, 10))
    answered(
        cast,
        ticket,
        "The backups still run on the other disk. A new one costs £180 and takes half an hour. May I order it?",
        at=at(12, 9, 40),
        waits_for="customer",
    )
    return ticket


def _last_week(cast: Cast) -> tuple[Ticket, Ticket, Ticket]:
    """Good; late; objected to; held; nobody has said. Returns held, untold, disputed."""
    starter = asked(cast, "New starter needs a sign-in for the warehouse", at=at(16, 9, 0), can_work="yes")
    answered(cast, starter, "On it.", at=at(16, 9, 9))
    settled(cast, starter, at(16, 10, 5), said="solved")

    drawings = asked(cast, "Planning PC will not open drawings", by=cast.bill, at=at(17, 9, 30), can_work="no")
    set_priority(ticket=drawings, priority=2, actor=actor(cast.sam), now=at(17, 9, 45))
    answered(cast, drawings, "Looking at it now.", at=at(17, 12, 10))
    settled(cast, drawings, at(18, 11, 30), said="solved")

    dunmore = asked(cast, "Mail to Dunmore Castings comes back", by=cast.maria, at=at(17, 10, 0), priority=2)
    answered(cast, dunmore, "Their server refuses ours; I have written to them.", at=at(17, 13, 20))
    settled(cast, dunmore, at(18, 16, 0), said="partly")
    dispute(
        ticket=dunmore,
        about="quick",
        note="Dunmore took a day to answer us. Nothing in your office was broken.",
        actor=actor(cast.asha),
        now=at(19, 9, 0),
    )

    labels = asked(cast, "Packing bench labels print blank", by=cast.bill, at=at(18, 9, 0), can_work="partly")
    answered(cast, labels, "Use the office printer for labels until the part is here.", at=at(18, 9, 6))
    settled(
        cast,
        labels,
        at(18, 9, 50),
        kind="workaround",
        workaround_until=dt.date(2026, 11, 26),
        note="Labels go through the office printer. A new print head is ordered.",
    )

    calendar = asked(cast, "Shared calendar shows the wrong hour", by=cast.maria, at=at(19, 9, 0), can_work="yes")
    answered(cast, calendar, "The zone of the room was wrong. Corrected.", at=at(19, 9, 31))
    settled(cast, calendar, at(19, 12, 10))
    return labels, calendar, dunmore


def _scanners(cast: Cast) -> tuple[Ticket, Attachment]:
    photo = store_file(business=_business(cast), data=a_photo(), now=at(23, 9, 20))
    ticket = asked(
        cast,
        "The hand scanners in finishing drop off the Wi-Fi every twenty minutes. We walk to the office to book jobs. "
        "It started about two weeks ago but today it is constant.",
        subject="Finishing shop scanners lose Wi-Fi",
        at=at(23, 9, 20),
        can_work="partly",
        first_noticed="longer",
        files=[("access point.png", photo)],
    )
    assign(ticket=ticket, person=cast.sam.person, actor=actor(cast.sam), now=at(23, 9, 21))
    answered(
        cast,
        ticket,
        "Morning Dele. The access point in the finishing shop has restarted nine times since Friday, so it is not "
        "your scanners. I am looking at its power first.",
        at=at(23, 9, 46),
    )
    answered(
        cast,
        ticket,
        "One question: does your own phone lose Wi-Fi at the same moment, or only the scanners?",
        at=at(23, 10, 10),
        waits_for="customer",
    )
    wrote(ticket, cast.dele, "Phone too. Both at once.", at=at(23, 11, 25))
    note_for_colleagues(
        ticket=ticket,
        words=words(
            cast.sam, "Port 14 shows 2.1 W short on start-up. Injector from the van on Thursday.", at(23, 11, 32)
        ),
        supplier_id=cast.fennimore.id,
        actor=actor(cast.sam),
        now=at(23, 11, 32),
    )
    answered(
        cast,
        ticket,
        "It is the power feed to that box, not the box. I would like Maria to move one cable at 14:30 while I am on "
        "the phone. I will tell you how it went by 15:00.",
        at=at(23, 12, 5),
        next_word_by=at(23, 15, 0),
    )
    return ticket, Attachment.objects.get(message__ticket=ticket)


def _reopened(cast: Cast) -> Ticket:
    ticket = asked(cast, "Card machine shows “no line”", by=cast.bill, at=at(20, 9, 15), can_work="partly")
    answered(cast, ticket, "I have restarted the line.", at=at(20, 9, 50))
    settled(cast, ticket, at(20, 10, 30))
    reopen(ticket=ticket, actor=actor(cast.bill), now=at(23, 9, 5), note="It is gone again since eight this morning.")
    quiet = asked(cast, "Router restarts at noon", by=cast.maria, at=at(20, 12, 10), can_work="yes")
    answered(cast, quiet, "I will look at the log.", at=at(20, 12, 40))
    wait_without_asking(ticket=quiet, reason="third_party", actor=actor(cast.sam), now=at(20, 13, 0))
    return ticket


def a_photo() -> bytes:
    """Return a small picture as a phone would send it."""
    picture = Image.new("RGB", (640, 420), "#8b9a86")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((90, 60, 550, 360), fill="#dfe5e2", outline="#3c4a4f", width=6)
    draw.ellipse((285, 180, 355, 250), fill="#a02418")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()

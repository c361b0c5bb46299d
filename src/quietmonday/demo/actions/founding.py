"""The firms of the story, their people, and what they agreed: the beginning of the record."""

from __future__ import annotations

import datetime as dt

from quietmonday.demo.logic.story import Deal, Firm, Somebody, Story
from quietmonday.kit.actors import SYSTEM
from quietmonday.outbox.actions.scheduling import take_slot
from quietmonday.people.actions.agreements import agree_levels
from quietmonday.people.actions.businesses import add_business
from quietmonday.people.actions.engagements import engage
from quietmonday.people.actions.persons import add_person
from quietmonday.people.actions.suppliers import add_supplier
from quietmonday.people.logic.levels import DEFAULT_LEVELS
from quietmonday.people.models import Business, Engagement, Person, Role, Supplier
from quietmonday.post.actions.mailboxes import connect_mailbox, reading_worked
from quietmonday.support.logic.week import week_of


def found_firms(story: Story, *, begins: dt.datetime, now: dt.datetime) -> None:
    """Make suppliers and businesses, people and agreements; runs in the caller's transaction.

    A business's record begins at `begins`. Suppliers and their people stand in the installation's own chain, which is
    about this installation and not made up: there they were added `now`.
    """
    suppliers = {
        each.key: add_supplier(name=each.name, zone=story.zone, phone=each.phone, made_up=True, actor=SYSTEM, now=now)
        for each in story.suppliers
    }
    persons = {each.key: _person(each, suppliers[each.place], now) for each in story.people if each.place in suppliers}
    for firm in story.businesses:
        business = add_business(name=firm.name, zone=story.zone, made_up=True, actor=SYSTEM, now=begins)
        persons |= {each.key: _person(each, business, begins) for each in story.at(firm.key)}
        engagements = {
            deal.supplier: _deal(deal, story, business, suppliers, persons, begins)
            for deal in story.deals
            if deal.business == firm.key
        }
        _mailbox(firm, business, engagements, begins)
        last_week = week_of(now, story.zone).previous()
        take_slot(topic="reports.monday", key=f"{business.pk}:{last_week.key}", now=now)  # its story states that week


def _person(each: Somebody, place: Business | Supplier, now: dt.datetime) -> Person:
    role = Role(each.role) if each.role else None
    return add_person(place=place, name=each.name, job=each.job, emails=[each.email], role=role, actor=SYSTEM, now=now)


def _deal(
    deal: Deal,
    story: Story,
    business: Business,
    suppliers: dict[str, Supplier],
    persons: dict[str, Person],
    now: dt.datetime,
) -> Engagement:
    engagement = engage(
        business=business,
        supplier=suppliers[deal.supplier],
        country=story.country,
        subdivision=story.subdivision,
        agreement=deal.agreement,
        owner=persons[deal.owner],
        stand_in=persons.get(deal.stand_in),
        counterpart=persons[deal.counterpart],
        actor=SYSTEM,
        now=now,
    )
    if deal.agreed:
        agree_levels(engagement=engagement, levels=DEFAULT_LEVELS, actor=SYSTEM, now=now)
    return engagement


def _mailbox(firm: Firm, business: Business, engagements: dict[str, Engagement], now: dt.datetime) -> None:
    """Connect the mailbox that the story reads. Its server does not exist, and nobody ever asks it."""
    if not firm.mailbox:
        return
    mailbox = connect_mailbox(
        supplier=engagements[firm.mailbox].supplier,
        business=business,
        address=f"help@{firm.host}",
        host=f"imap.{firm.host}",
        port=993,
        security="tls",
        user=f"help@{firm.host}",
        password="made up",  # noqa: S106  # of a server that does not exist
        actor=SYSTEM,
        now=now,
    )
    reading_worked(mailbox=mailbox, now=now)

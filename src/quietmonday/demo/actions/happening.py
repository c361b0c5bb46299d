"""What happens in the story, each by the product's own action, at the moment at which it is said to happen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from quietmonday.demo.actions.around_requests import AROUND_REQUESTS
from quietmonday.demo.actions.founding import found_firms
from quietmonday.demo.actions.laying_ready import begin_round, come_round, lay_reply, lay_template, lay_view
from quietmonday.demo.actions.mails import answer_mail, request_mail, unasked_mail
from quietmonday.demo.actions.pictures import drawn
from quietmonday.demo.logic.steps import Begun, Step
from quietmonday.demo.logic.story import Story
from quietmonday.demo.queries.firms import ORIGIN, firms_of
from quietmonday.kit.actors import Actor
from quietmonday.people.logic.calendar import zone_named
from quietmonday.post.actions.files import store_file
from quietmonday.post.actions.inbox import keep_raw
from quietmonday.post.actions.mailboxes import reading_failed, reading_worked
from quietmonday.post.models import File, Mailbox
from quietmonday.reports.actions.monday_mail import state_and_seal
from quietmonday.support.actions.answering import dispute, give_feedback
from quietmonday.support.actions.calling_in import involve
from quietmonday.support.actions.handing import assign
from quietmonday.support.actions.intake import take_in
from quietmonday.support.actions.opening import Words, open_ticket
from quietmonday.support.actions.rechecking import recheck
from quietmonday.support.actions.settling import fix_permanently, link_repeat, reopen, resolve, set_aside
from quietmonday.support.actions.talking import note_for_colleagues, say_to_customer, say_to_supplier
from quietmonday.support.actions.ticket_templates import open_by_template
from quietmonday.support.actions.waiting import promise_word, take_move_back, wait_without_asking
from quietmonday.support.actions.weighing import set_priority
from quietmonday.support.logic.ticket_templates import Answer as FormAnswer
from quietmonday.support.logic.week import week_of
from quietmonday.support.models import FeedbackQuestion, Ticket


class Happening:
    """Lets steps of the story happen; `now` is the moment at which the story is made."""

    def __init__(self, story: Story, now: dt.datetime) -> None:
        self.story = story
        self.now = now
        self.firms = firms_of(story)

    def look_around(self) -> None:
        """Learn who is there, if another process has founded the firms meanwhile."""
        if not self.firms.businesses:
            self.firms = firms_of(self.story)

    def happen(self, step: Step) -> None:
        """Do one step by the action it names; runs in the caller's transaction."""
        if step.do in _OF_FIRMS:
            _OF_FIRMS[step.do](self, step)
            return
        if step.do == "ask":
            _ask(self, step)
            return
        ticket, actor = self.firms.ticket(step.key), self.firms.actor(step.by)
        if step.do in AROUND_REQUESTS:
            AROUND_REQUESTS[step.do](self.firms, step, ticket, actor)
        else:
            _OF_REQUESTS[step.do](self, step, ticket, actor)


def _begin(on: Happening, step: Step) -> None:
    found_firms(on.story, begins=step.at, now=on.now)
    on.firms = firms_of(on.story)


def _monday(on: Happening, step: Step) -> None:
    business = on.firms.businesses[step.more["business"]]
    state_and_seal(business=business, week=week_of(step.at, business.zone).previous(), now=step.at)


def _look_again(on: Happening, step: Step) -> None:
    recheck(now=step.at)


def _mailbox_read(on: Happening, step: Step) -> None:
    mailbox = _mailbox(on, step)
    reading_worked(mailbox=mailbox, now=step.at)


def _mailbox_fails(on: Happening, step: Step) -> None:
    reading_failed(mailbox=_mailbox(on, step), error=step.more["why"], now=step.at)


def _mailbox(on: Happening, step: Step) -> Mailbox:
    return Mailbox.objects.get(pk=on.firms.mailboxes[step.more["business"]].pk)


def _mail(on: Happening, step: Step) -> None:
    mailbox = _mailbox(on, step)
    _come_in(on, mailbox, unasked_mail(mailbox.address, step), step)


def _ask(on: Happening, step: Step) -> None:
    begun = step.begun
    if begun is None:
        raise ValueError(f"nothing is asked: {step}")
    if begun.way == "email":
        mailbox = on.firms.mailboxes[begun.business]
        sender = on.story.person(begun.by)
        _come_in(on, mailbox, request_mail(mailbox.address, sender, step, _files(begun)), step)
        return
    _open(on, step, begun)


def _come_in(on: Happening, mailbox: Mailbox, data: bytes, step: Step) -> None:
    item, _new = keep_raw(
        data=data,
        source="mailbox",
        origin=f"{ORIGIN}{step.key}",
        now=step.at,
        business=mailbox.business,
        supplier=mailbox.supplier,
        mailbox=mailbox,
    )
    take_in(item_id=item.pk, now=step.at)


def _open(on: Happening, step: Step, begun: Begun) -> None:
    business, person = on.firms.businesses[begun.business], on.firms.persons[begun.by]
    by_phone = begun.way == "phone"
    words = Words(
        text=begun.text,
        channel=begun.way,
        author=person,
        author_name=person.name,
        occurred_at=step.at,
        files=[(name, _stored(on, begun.business, data, step.at)) for name, data in _files(begun)],
    )
    opening: dict[str, Any] = {
        "engagements": [on.firms.engagements[begun.business, key] for key in begun.of],
        "words": words,
        "source": begun.way,
        "actor": on.firms.actor(step.more["helper"] if by_phone else begun.by),
        "now": step.at,
        "requester": person,
        "reported_at": step.at,
        "priority": begun.priority,
        "can_work": begun.can,
        "origin": f"{ORIGIN}{begun.key}",
    }
    if begun.template:
        open_by_template(template=on.firms.template(begun.template), answers=_answers(begun, step.at), **opening)
    else:
        open_ticket(business=business, subject=begun.subject, **opening)


def _answers(begun: Begun, now: dt.datetime) -> list[FormAnswer]:
    """Return what was answered; a day is said as so many days from now."""
    return [
        FormAnswer(question, "date", (now + dt.timedelta(days=said)).date().isoformat())
        if isinstance(said, int)
        else FormAnswer(question, "text", said)
        for question, said in begun.answers.items()
    ]


def _files(begun: Begun) -> list[tuple[str, bytes]]:
    return [(name, drawn(name)) for name in begun.files]


def _stored(on: Happening, business: str, data: bytes, now: dt.datetime) -> File:
    return store_file(business=on.firms.businesses[business], data=data, now=now)


def _words(on: Happening, step: Step) -> Words:
    person = on.firms.persons[step.by]
    return Words(text=step.text, channel="web", author=person, author_name=person.name, occurred_at=step.at)


def _say(on: Happening, step: Step, ticket: Ticket, actor: Actor) -> None:
    say_to_customer(
        ticket=ticket,
        words=_words(on, step),
        supplier_id=on.firms.persons[step.by].supplier_id,
        actor=actor,
        now=step.at,
        next_word_by=step.more.get("due"),
        waits_for=step.more.get("waits_for", ""),
    )


def _hear(on: Happening, step: Step, ticket: Ticket, actor: Actor) -> None:
    if ticket.source == "email":
        mailbox = on.firms.mailboxes[_key_of(on, ticket)]
        mail = answer_mail(mailbox.address, on.story.person(step.by), ticket, step)
        numbered = Step(at=step.at, do=step.do, key=f"{step.key}:{step.at.isoformat()}", by=step.by, text=step.text)
        _come_in(on, mailbox, mail, numbered)
    else:
        say_to_supplier(ticket=ticket, words=_words(on, step), actor=actor, now=step.at)


def _key_of(on: Happening, ticket: Ticket) -> str:
    return next(key for key, each in on.firms.businesses.items() if each.pk == ticket.business_id)


def _note(on: Happening, step: Step, ticket: Ticket, actor: Actor) -> None:
    supplier = on.firms.persons[step.by].supplier_id
    if supplier is None:
        raise ValueError(f"only suppliers write notes: {step}")
    note_for_colleagues(ticket=ticket, words=_words(on, step), supplier_id=supplier, actor=actor, now=step.at)


def _promise(on: Happening, step: Step, ticket: Ticket, actor: Actor) -> None:
    promise_word(ticket=ticket, due_at=step.more["due"], actor=actor, now=step.at)


def _wait(on: Happening, step: Step, ticket: Ticket, actor: Actor) -> None:
    wait_without_asking(ticket=ticket, reason=step.more["reason"], actor=actor, now=step.at)


def _take_back(on: Happening, step: Step, ticket: Ticket, actor: Actor) -> None:
    take_move_back(ticket=ticket, actor=actor, now=step.at)


def _assign(on: Happening, step: Step, ticket: Ticket, actor: Actor) -> None:
    assign(ticket=ticket, person=on.firms.persons[step.more["to"]], actor=actor, now=step.at)


def _prioritise(on: Happening, step: Step, ticket: Ticket, actor: Actor) -> None:
    set_priority(ticket=ticket, priority=step.more["to"], actor=actor, now=step.at)


def _involve(on: Happening, step: Step, ticket: Ticket, actor: Actor) -> None:
    engagement = on.firms.engagements[_key_of(on, ticket), step.more["of"]]
    involve(ticket=ticket, engagement=engagement, actor=actor, now=step.at)


def _settle(on: Happening, step: Step, ticket: Ticket, actor: Actor) -> None:
    until = None
    if step.do == "workaround":
        until = step.at.astimezone(zone_named(on.story.zone)).date() + dt.timedelta(days=step.more["days"])
    resolve(ticket=ticket, kind=step.do, note=step.text, workaround_until=until, actor=actor, now=step.at)


def _permanent(on: Happening, step: Step, ticket: Ticket, actor: Actor) -> None:
    fix_permanently(ticket=ticket, actor=actor, now=step.at)


def _answer(on: Happening, step: Step, ticket: Ticket, actor: Actor) -> None:
    question = FeedbackQuestion.objects.filter(ticket=ticket).latest("asked_at")
    give_feedback(question=question, answer=step.more["said"], text=step.text, actor=actor, now=step.at, signed_in=True)


def _dispute(on: Happening, step: Step, ticket: Ticket, actor: Actor) -> None:
    dispute(ticket=ticket, about=step.more["about"], note=step.text, actor=actor, now=step.at)


def _reopen(on: Happening, step: Step, ticket: Ticket, actor: Actor) -> None:
    reopen(ticket=ticket, note=step.text, actor=actor, now=step.at)


def _set_aside(on: Happening, step: Step, ticket: Ticket, actor: Actor) -> None:
    set_aside(ticket=ticket, state=step.more["kind"], note=step.text, actor=actor, now=step.at)


def _repeat(on: Happening, step: Step, ticket: Ticket, actor: Actor) -> None:
    link_repeat(earlier=on.firms.ticket(step.more["earlier"]), later=ticket, actor=actor, now=step.at)


_OF_FIRMS: dict[str, Callable[[Happening, Step], None]] = {
    "begin": _begin,
    "monday": _monday,
    "look_again": _look_again,
    "mailbox_read": _mailbox_read,
    "mailbox_fails": _mailbox_fails,
    "mail": _mail,
    "template": lambda on, step: lay_template(on.firms, step, on.now),
    "reply": lambda on, step: lay_reply(on.firms, step, on.now),
    "view": lambda on, step: lay_view(on.firms, step, on.now),
    "round": lambda on, step: begin_round(on.firms, step),
    "comes_round": lambda on, step: come_round(on.firms, step),
}

_OF_REQUESTS: dict[str, Callable[[Happening, Step, Ticket, Actor], Any]] = {
    "say": _say,
    "hear": _hear,
    "note": _note,
    "promise": _promise,
    "wait": _wait,
    "take_back": _take_back,
    "assign": _assign,
    "prioritise": _prioritise,
    "involve": _involve,
    "fixed": _settle,
    "workaround": _settle,
    "unknown": _settle,
    "permanent": _permanent,
    "answer": _answer,
    "dispute": _dispute,
    "reopen": _reopen,
    "set_aside": _set_aside,
    "repeat": _repeat,
}

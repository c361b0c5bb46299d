"""What the requester says of the outcome, and what the supplier says of a verdict."""

import datetime as dt
import hashlib

from django.db import transaction

from quietmonday.kit.actors import Actor
from quietmonday.kit.text import clean_text
from quietmonday.support.actions.entries import write_entry
from quietmonday.support.actions.settling import reopen
from quietmonday.support.actions.verdicts import refresh
from quietmonday.support.models import Dispute, Feedback, FeedbackQuestion, Ticket, TicketState
from quietmonday.support.queries.tickets import locked

ANSWERS = ("solved", "partly", "not_solved")


class AnswerRefused(ValueError):
    """The question is closed, or bound to another device."""


@transaction.atomic
def give_feedback(
    *,
    question: FeedbackQuestion,
    answer: str,
    actor: Actor,
    now: dt.datetime,
    text: str = "",
    device: str = "",
    signed_in: bool = False,
) -> Feedback:
    """Store the requester's answer; return it. The last answer counts; the same one again changes nothing.

    "Not solved" opens a settled ticket again: nobody should have to say so twice.
    `device` is the random value of the tapper's cookie: the first tap binds the link to it, later ones need it, or
    the requester's own sign-in (`signed_in`). The answer can be changed until the question closes, after 14 days.
    Raises AnswerRefused.
    """
    if answer not in ANSWERS:
        raise AnswerRefused("choose solved, partly or not solved")
    question = FeedbackQuestion.objects.select_for_update().get(pk=question.pk)
    if now > question.closes_at:
        raise AnswerRefused("this question is closed; write a message instead")
    if not signed_in:
        token = hashlib.sha256(device.encode()).hexdigest()
        if not device or (question.bound_to and question.bound_to != token):
            raise AnswerRefused("this link was used on another device; sign in to change the answer")
        if not question.bound_to:
            question.bound_to = token
            question.save(update_fields=["bound_to"])
    ticket = locked(question.ticket_id)
    said = clean_text(text)
    answers = Feedback.objects.filter(ticket=ticket, person=question.person_id, at__gte=question.asked_at)
    last = answers.order_by("at", "id").last()
    if last is not None and (last.answer, last.text) == (answer, said):
        return last  # the same tap again: the answer to the first was lost on its way
    feedback = Feedback.objects.create(
        business=ticket.business,
        ticket=ticket,
        person_id=question.person_id,
        answer=answer,
        text=said,
        at=now,
    )
    refresh(ticket=ticket, now=now)
    write_entry(
        ticket=ticket,
        verb="answered",
        actor=actor,
        payload={"answer": answer, "text": feedback.text},
        occurred_at=now,
        now=now,
    )
    if answer == "not_solved" and ticket.state == TicketState.RESOLVED:
        reopen(ticket=ticket, actor=actor, now=now, note=said)
    return feedback


@transaction.atomic
def dispute(*, ticket: Ticket, about: str, note: str, actor: Actor, now: dt.datetime) -> Dispute:
    """The supplier objects to the quick or the effective verdict, in words the owner reads. The verdict stays.

    The same words of the same person again are the same objection: a form sent twice.
    """
    if about not in {"quick", "effective"} or not note.strip():
        raise ValueError("say which verdict you object to, and why")
    ticket = locked(ticket.id)
    row, new = Dispute.objects.get_or_create(
        ticket=ticket,
        about=about,
        note=clean_text(note),
        by_name=actor.name,
        defaults={"business": ticket.business, "at": now},
    )
    if not new:
        return row
    refresh(ticket=ticket, now=now)
    write_entry(
        ticket=ticket,
        verb="disputed",
        actor=actor,
        payload={"about": about, "note": row.note},
        occurred_at=now,
        now=now,
    )
    return row

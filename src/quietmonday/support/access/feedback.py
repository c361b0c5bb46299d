"""Who is asked whether it is solved."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import Http404

from quietmonday.kit.signing import signed_by_us
from quietmonday.people.access import Viewer
from quietmonday.support.access.tickets import ticket_for
from quietmonday.support.models import FeedbackQuestion, Ticket


def question_asked_of(viewer: Viewer, ref: uuid.UUID) -> tuple[Ticket, FeedbackQuestion]:
    """Return the ticket and the latest question whether it is solved, if it is the viewer who was asked.

    Http404 unseen; PermissionDenied for anybody else and when nothing was asked.
    """
    ticket = ticket_for(viewer, ref)
    question = (
        FeedbackQuestion.objects.filter(ticket=ticket, person__in=list(viewer.persons)).order_by("asked_at").last()
    )
    if question is None:
        raise PermissionDenied
    return ticket, question


def feedback_question(ref: uuid.UUID, mac: str) -> FeedbackQuestion:
    """Return the question that a signed link names; Http404 for any other link. No sign-in: the link is the key."""
    if not signed_by_us(mac, "feedback", str(ref)):
        raise Http404
    question = (
        FeedbackQuestion.objects.select_related("ticket__work_item", "business", "person", "resolution")
        .filter(pk=ref)
        .first()
    )
    if question is None:
        raise Http404
    return question

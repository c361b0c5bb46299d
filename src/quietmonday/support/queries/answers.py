"""What the requester has said so far."""

from quietmonday.support.models import Feedback, FeedbackQuestion


def last_answer(question: FeedbackQuestion) -> str:
    """Return the person's latest answer since the question was asked; "" without one."""
    given = Feedback.objects.filter(ticket=question.ticket_id, person=question.person_id, at__gte=question.asked_at)
    return given.order_by("-at", "-id").values_list("answer", flat=True).first() or ""

"""Checklists: both sides see the shared steps, a supplier its own; who works on the request keeps them."""

import uuid

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from quietmonday.people.access import Viewer
from quietmonday.support.access.tickets import supplier_side, ticket_for
from quietmonday.support.models import Step, Ticket


def steps_visible_to(viewer: Viewer, ticket: Ticket) -> QuerySet[Step]:
    """Return the steps of a visible ticket that the viewer sees, in order."""
    return Step.objects.filter(Q(supplier=None) | Q(supplier__in=viewer.sees.suppliers), ticket=ticket)


def step_kept_by(viewer: Viewer, ref: uuid.UUID) -> Step:
    """Return a step that the viewer may move and remove; Http404 unseen, PermissionDenied seen only."""
    step = _seen(viewer, ref)
    _refuse_unless_kept(viewer, step)
    return step


def step_ticked_by(viewer: Viewer, ref: uuid.UUID) -> Step:
    """Return a step that the viewer may tick: whoever works on the request, and for a shared one who leads the
    business; Http404 unseen, PermissionDenied seen only."""
    step = _seen(viewer, ref)
    if step.supplier_id is None and step.business_id in viewer.leads:
        return step
    _refuse_unless_kept(viewer, step)
    return step


def _seen(viewer: Viewer, ref: uuid.UUID) -> Step:
    step = Step.objects.filter(pk=ref).first()
    if step is None:
        raise Http404
    step.ticket = ticket_for(viewer, step.ticket_id)
    if not steps_visible_to(viewer, step.ticket).filter(pk=ref).exists():
        raise Http404
    return step


def _refuse_unless_kept(viewer: Viewer, step: Step) -> None:
    if supplier_side(viewer, step.ticket) is None or step.supplier_id not in {None, *viewer.suppliers}:
        raise PermissionDenied

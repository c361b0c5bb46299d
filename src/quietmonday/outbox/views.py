"""The administrator's page of what waits and what failed."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from quietmonday.kit import clock
from quietmonday.kit.actors import Actor
from quietmonday.kit.doors import administrator_only
from quietmonday.outbox.actions.beats import alive
from quietmonday.outbox.actions.retrying import retry, retry_all
from quietmonday.outbox.queries import COUNTED, work_page


@require_GET
@administrator_only
def work(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Show what waits and what failed."""
    page = work_page(waiting_after=_id(request, "after"), failed_after=_id(request, "failed_after"))
    context = {"page": page, "now": clock.now(), "counted": COUNTED, "worker_lives": alive("worker")}
    return render(request, "outbox/work.html", context)


@require_POST
@administrator_only
def again(request: HttpRequest, actor: Actor, item_id: uuid.UUID) -> HttpResponse:
    """Try one failed item again."""
    if retry(item_id=item_id, actor=actor, now=clock.now()):
        messages.success(request, _("It is tried again now."))
    else:
        messages.info(request, _("It was not waiting for your word any more."))
    return redirect("outbox:work")


@require_POST
@administrator_only
def all_again(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Try all failed items again."""
    count = retry_all(actor=actor, now=clock.now())
    said = ngettext("%(count)s thing is tried again now.", "%(count)s things are tried again now.", count)
    messages.success(request, said % {"count": count})
    return redirect("outbox:work")


def _id(request: HttpRequest, name: str) -> uuid.UUID | None:
    """Return the id to go on from; anything that is none means: from the start."""
    try:
        return uuid.UUID(request.GET.get(name, ""))
    except ValueError:
        return None

"""Looking around as somebody made up, and back again."""

from __future__ import annotations

import hmac
import uuid
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_adapter
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from quietmonday.demo.access import looking_around
from quietmonday.demo.actions.looking import came_back, looked_in
from quietmonday.demo.queries.visitors import administrator_with, visitors
from quietmonday.people.access import ViewerRequest
from quietmonday.people.models import Account

BACK = "demo.back"
"""Key in the session: the administrator who looks around, and what their sessions were signed with."""


@require_POST
@looking_around
def look(request: ViewerRequest) -> HttpResponse:
    """Become the owner, the technician or somebody of the staff of the made-up firm."""
    chosen = next((each for each in visitors() if each.part == request.POST.get("part")), None)
    if chosen is None:
        raise Http404
    account: Any = request.user
    mine = [str(account.pk), account.get_session_auth_hash()] if request.viewer.administrator else None
    back = mine or request.session.get(BACK)
    looked_in(account=chosen.account, actor=request.viewer.actor(), now=request.moment)
    _become(request, chosen.account)
    request.session[BACK] = back
    return redirect("reports:home")


@require_POST
@looking_around
def back(request: ViewerRequest) -> HttpResponse:
    """Become the administrator again who began to look around, if their sessions still hold."""
    account = _who_began(request)
    if account is None:
        raise Http404
    came_back(account=account, actor=request.viewer.actor(), now=request.moment)
    _become(request, account)
    return redirect("demo:firm")


def _who_began(request: ViewerRequest) -> Account | None:
    kept = request.session.get(BACK)
    if not kept:
        return None
    account = administrator_with(uuid.UUID(kept[0]), request.moment)
    # Of a changed password or ended sessions the kept sum tells, as it does in the session of their own.
    still = account is not None and hmac.compare_digest(account.get_session_auth_hash(), kept[1])
    return account if still else None


def _become(request: ViewerRequest, account: Account) -> None:
    get_adapter(request).login(request, account)
    record_authentication(request, account, method="look")  # not as fresh as a code: sets no password

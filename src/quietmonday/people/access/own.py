"""What belongs to oneself: one's passkeys, whom a provider knows as oneself, and where one is signed in."""

from __future__ import annotations

import uuid

from django.http import Http404

from quietmonday.people.access.viewers import Viewer
from quietmonday.people.models import Identity, Passkey, SignIn


def own_passkey(viewer: Viewer, ref: uuid.UUID) -> Passkey:
    """Return the viewer's passkey; Http404 for anybody else's, as for none."""
    found = Passkey.objects.filter(account=viewer.account_id, pk=ref).first()
    if found is None:
        raise Http404
    return found


def own_identity(viewer: Viewer, ref: uuid.UUID) -> Identity:
    """Return the viewer's identity at a provider; Http404 for anybody else's and for one taken away, as for none."""
    found = Identity.objects.filter(account=viewer.account_id, pk=ref, ended_at=None).first()
    if found is None:
        raise Http404
    return found


def own_sign_in(viewer: Viewer, ref: uuid.UUID) -> SignIn:
    """Return where the viewer is signed in; Http404 for anybody else's, as for none."""
    found = SignIn.objects.filter(account=viewer.account_id, pk=ref).first()
    if found is None:
        raise Http404
    return found

"""Who a program is that shows a token: its account, as far as the token goes, and never an administrator."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from django.http import Http404

from quietmonday.people.access.viewers import Seen, Viewer, viewer_of
from quietmonday.people.logic.tokens import hash_of, is_token
from quietmonday.people.models import Token


@dataclasses.dataclass(frozen=True)
class Caller:
    """A token that opens something, and the viewer that it is."""

    token: Token
    viewer: Viewer

    def may(self, scope: str) -> bool:
        """Return whether the token has this scope."""
        return scope in self.token.scopes

    def reaches(self, firm: uuid.UUID | None) -> bool:
        """Return whether something of this business or supplier is within what the token is for."""
        return self.token.firm is None or firm == self.token.firm or firm in self.viewer.businesses()


def caller_of(text: str, now: dt.datetime) -> Caller | None:
    """Return who shows this token; None for one that is unknown, over, taken back, or of somebody without a role.

    A role that began after the token was made is not the token's: a token of a former member opens nothing, not even
    once they are back.
    """
    if not is_token(text):
        return None
    token = (
        Token.objects.select_related("account")
        .filter(token_hash=hash_of(text), revoked_at=None, expires_at__gt=now, account__is_active=True)
        .first()
    )
    if token is None:
        return None
    viewer = seen_by_token(viewer_of(token.account, now, roles_until=token.made_at), token)
    return None if viewer.home == "nothing" else Caller(token, viewer)


def seen_by_token(viewer: Viewer, token: Token) -> Viewer:
    """Return the viewer as the token may act: never an administrator, within its firm, and signing with its name."""
    viewer = dataclasses.replace(viewer, administrator=False, by_token=token.name)
    return viewer if token.firm is None else within(viewer, token.firm)


def within(viewer: Viewer, firm: uuid.UUID) -> Viewer:
    """Return a viewer to whom only one business, or one supplier with its clients, exists.

    Within a client business a member of its supplier keeps what they see and do there, and nothing of what their firm
    does for all: no unknown senders, no mailboxes.
    """
    supplier_of = viewer.sees.engagement_supplier
    served = {e: b for e, b in viewer.sees.engagements.items() if firm in (b, supplier_of[e])}
    through = {supplier_of[e] for e in served}
    places = {firm} | through | set(served.values())
    only = frozenset({firm})
    here = {person for person, place in viewer.sees.person_place.items() if place in places}
    return dataclasses.replace(
        viewer,
        persons={person: name for person, name in viewer.persons.items() if person in here},
        person_at={place: person for place, person in viewer.person_at.items() if place in places},
        place_names={place: name for place, name in viewer.place_names.items() if place in places},
        zones={place: zone for place, zone in viewer.zones.items() if place in places},
        roles={place: role for place, role in viewer.roles.items() if place in only},
        leads=viewer.leads & only,
        staff_of=viewer.staff_of & only,
        suppliers=viewer.suppliers & only,
        manages=viewer.manages & only,
        engagements={e: b for e, b in viewer.engagements.items() if e in served},
        engagement_supplier={e: s for e, s in viewer.engagement_supplier.items() if e in served},
        sees=Seen(
            businesses=viewer.sees.businesses & only,
            suppliers=frozenset(through) | (viewer.sees.suppliers & only),
            engagements=served,
            engagement_supplier={e: supplier_of[e] for e in served},
            persons={person: name for person, name in viewer.sees.persons.items() if person in here},
            person_place={person: viewer.sees.person_place[person] for person in here},
        ),
    )


def own_token(viewer: Viewer, ref: uuid.UUID) -> Token:
    """Return the viewer's token; Http404 for anybody else's, as for none."""
    found = Token.objects.filter(account=viewer.account_id, pk=ref).first()
    if found is None:
        raise Http404
    return found

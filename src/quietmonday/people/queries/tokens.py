"""The API tokens of an account."""

from __future__ import annotations

import dataclasses
import datetime as dt

from quietmonday.people.access import Viewer
from quietmonday.people.models import Account, Token

MOST_OLD = 20


@dataclasses.dataclass(frozen=True, slots=True)
class TokenLine:
    """A token as its owner sees it. `firm`: the name of the one that it is for; empty: all."""

    token: Token
    works: bool
    firm: str


def tokens_of(account: Account, viewer: Viewer, now: dt.datetime) -> list[TokenLine]:
    """Return the account's tokens, those that work first, then the newest of the others: one query."""
    rows = list(Token.objects.filter(account=account).order_by("-made_at", "-pk")[:200])
    lines = [
        TokenLine(
            token=row,
            works=row.revoked_at is None and row.expires_at > now,
            firm="" if row.firm is None else viewer.place_names.get(row.firm, "…"),
        )
        for row in rows
    ]
    return [line for line in lines if line.works] + [line for line in lines if not line.works][:MOST_OLD]

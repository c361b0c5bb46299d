"""A program that calls the API, for tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.http import HttpResponse
from django.test import Client

from quietmonday.kit.clock import now
from quietmonday.people.actions.tokens import make_token
from quietmonday.people.logic.tokens import SCOPES
from tests.cast import Member

API = "/api/v1"


def token_of(
    member: Member, scopes: Collection[str] = SCOPES, *, firm: Any = None, name: str = "Sync", days: int = 90
) -> str:
    """Return a new token of the member."""
    at = now()
    _row, text = make_token(
        account=member.account,
        name=name,
        scopes=scopes,
        firm=firm.pk if firm is not None else None,
        expires_at=at + dt.timedelta(days=days),
        now=at,
    )
    return text


class Program:
    """Calls the API with a token."""

    def __init__(self, token: str) -> None:
        self.client = Client(raise_request_exception=False, headers={"authorization": f"Bearer {token}"})

    def get(self, path: str, **query: Any) -> HttpResponse:
        answer: HttpResponse = self.client.get(API + path, query)
        return answer

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        return self._send("post", path, body, headers)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self._send("patch", path, body, headers)

    def delete(self, path: str) -> HttpResponse:
        answer: HttpResponse = self.client.delete(API + path)
        return answer

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> HttpResponse:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        answer: HttpResponse = getattr(self.client, method)(
            API + path, body if body is not None else {}, content_type="application/json", headers=names
        )
        return answer


def program_of(member: Member, *args: Any, **kwargs: Any) -> Program:
    """Return a program that acts as the member."""
    return Program(token_of(member, *args, **kwargs))

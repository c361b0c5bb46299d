"""Signing in, as a browser does it."""

import re
from typing import Any

from django.test import Client

from quietmonday.outbox.actions.mails import content_of
from quietmonday.outbox.models import OutgoingMessage
from tests.cast import Member

PASSWORD = "four words that differ"


def with_password(member: Member, password: str = PASSWORD) -> None:
    member.account.set_password(password)
    member.account.save()


def by_password(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in/", {"login": email, "password": password, **more})


def ask(client: Client, email: str, **more: str) -> Any:
    return client.post("/sign-in/code/", {"email": email, **more})


def last_code() -> str:
    text = content_of(OutgoingMessage.objects.order_by("-made_at", "-id")[0]).text
    found = re.search(r"Your code is (\S+)", text)
    assert found
    return found[1]


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def words_of(response: Any) -> str:
    """The page without what differs in every page: the token against forged forms."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())

"""Doors of signing in at somebody else's. The provider is not there: what it says of itself is known (conftest.py)."""

from __future__ import annotations

from typing import Any

from quietmonday.people.actions.providers import About
from tests.boundaries.sweep.core import SIGNED_OUT
from tests.boundaries.sweep.rules import EVERYBODY, MEMBERS, NOBODY, page, ref, verb

SAYS = About(
    authorization_endpoint="https://login.example/authorize",
    token_endpoint="https://login.example/token",
    jwks_uri="https://login.example/keys",
    userinfo_endpoint="",
    secret_in_header=True,
    names_itself=False,
)


def _at(name: str) -> Any:
    return lambda world: {"name": name}


PROVIDERS = [
    verb("people:sign_in_with", SIGNED_OUT - {"tess"}, {}, "contoso", _at("contoso"), public=True, success=(200,),
         also=((302, MEMBERS | {"tess"}),)),
    *(verb(f"people:{name}", NOBODY, {}, "contoso", _at("contoso"), also=((200, MEMBERS),))
      for name in ("show_with", "bind_identity")),
    page("people:provider_back", NOBODY, "guessed", _at("contoso"), public=True, also=((422, EVERYBODY),),
         query=lambda world: "?state=guessed&code=guessed"),
    *(verb("people:end_identity", ok, {}, f"{target}_identity", ref(f"{target}_identity"))
      for target, ok in (("ours", "ruth"), ("theirs", "jo"))),
]  # fmt: skip

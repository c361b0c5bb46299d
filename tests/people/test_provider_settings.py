"""Providers of sign-in as the environment names them, and the command that looks whether they answer."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from quietmonday.people.logic.providers import Provider, providers_of
from tests.people.hostile_provider import hostile

ONE = {
    "QUIETMONDAY_OIDC": "contoso",
    "QUIETMONDAY_OIDC_CONTOSO_ISSUER": "https://login.microsoftonline.com/1f0e/v2.0",
    "QUIETMONDAY_OIDC_CONTOSO_CLIENT_ID": "4711",
    "QUIETMONDAY_OIDC_CONTOSO_SECRET": "very secret",
}


def test_none_is_the_default_and_one_needs_four_settings() -> None:
    assert providers_of({}) == providers_of({"QUIETMONDAY_OIDC": " , "}) == {}
    found = providers_of(ONE)["contoso"]
    assert (found.label, found.host, found.domains, found.mfa) == (
        "Contoso", "login.microsoftonline.com", frozenset(), None
    )  # fmt: skip
    assert "very secret" not in repr(found)


def test_two_with_everything(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(" from a file\n")
    more = ONE | {
        "QUIETMONDAY_OIDC": "contoso, keycloak",
        "QUIETMONDAY_OIDC_CONTOSO_DOMAINS": "Contoso.example, oakhurst.example",
        "QUIETMONDAY_OIDC_CONTOSO_LABEL": "Contoso Ltd",
        "QUIETMONDAY_OIDC_CONTOSO_MFA": "amr:mfa",
        "QUIETMONDAY_OIDC_KEYCLOAK_ISSUER": "http://localhost:8080/realms/firm",
        "QUIETMONDAY_OIDC_KEYCLOAK_CLIENT_ID": "qm",
        "QUIETMONDAY_OIDC_KEYCLOAK_SECRET_FILE": str(tmp_path / "secret"),
    }
    found = providers_of(more)
    assert list(found) == ["contoso", "keycloak"]
    assert found["contoso"].domains == {"contoso.example", "oakhurst.example"}
    assert found["contoso"].mfa == ("amr", "mfa") and found["contoso"].label == "Contoso Ltd"
    assert found["keycloak"].secret_now() == "from a file"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"QUIETMONDAY_OIDC": "Contoso"}, "small letters and digits"),
        ({"QUIETMONDAY_OIDC": "contoso,contoso"}, "twice"),
        ({"QUIETMONDAY_OIDC": "a/b"}, "small letters and digits"),
        ({"QUIETMONDAY_OIDC": ""}, "belongs to no provider"),
        ({"QUIETMONDAY_OIDC_CONTOSO_ISUER": "x"}, "QUIETMONDAY_OIDC_CONTOSO_ISUER belongs to no provider"),
        ({"QUIETMONDAY_OIDC_CONTOSO_ISSUER": ""}, "QUIETMONDAY_OIDC_CONTOSO_ISSUER is missing"),
        ({"QUIETMONDAY_OIDC_CONTOSO_ISSUER": "http://login.example"}, "must begin with https://"),
        ({"QUIETMONDAY_OIDC_CONTOSO_ISSUER": "login.example"}, "no address"),
        ({"QUIETMONDAY_OIDC_CONTOSO_ISSUER": "https://[::1"}, "no address"),
        ({"QUIETMONDAY_OIDC_CONTOSO_ISSUER": "https://login.example/?tenant=x"}, "no ?, no #"),
        ({"QUIETMONDAY_OIDC_CONTOSO_ISSUER": "https://u:p@login.example/"}, "no user in it"),
        ({"QUIETMONDAY_OIDC_CONTOSO_SECRET": ""}, "give either"),
        ({"QUIETMONDAY_OIDC_CONTOSO_SECRET_FILE": "/x"}, "give either"),
        ({"QUIETMONDAY_OIDC_CONTOSO_DOMAINS": "@contoso.example"}, "the part behind the @"),
        ({"QUIETMONDAY_OIDC_CONTOSO_DOMAINS": "*"}, "the part behind the @"),
        ({"QUIETMONDAY_OIDC_CONTOSO_MFA": "yes"}, "amr:VALUE or acr:VALUE"),
    ],
)
def test_a_setting_that_cannot_be_right_is_said_in_words(changed: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("?", r"\?")):
        providers_of(ONE | changed)


def test_two_of_one_issuer_are_refused() -> None:
    twice = {key.replace("CONTOSO", "OTHER"): value for key, value in ONE.items() if key != "QUIETMONDAY_OIDC"}
    with pytest.raises(ValueError, match="same issuer"):
        providers_of({**ONE, **twice, "QUIETMONDAY_OIDC": "contoso,other"})


def said(settings: Any, *providers: Provider) -> tuple[str, str]:
    """What the command prints, and how it ends."""
    settings.SIGN_IN_PROVIDERS = {provider.name: provider for provider in providers}
    settings.ADDRESS = "https://desk.example.com"
    out = io.StringIO()
    try:
        call_command("sign_in_providers", stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error)
    return out.getvalue(), ""


def test_the_command_says_what_to_register_and_whether_it_answers(settings: Any, tmp_path: Path) -> None:
    assert "No provider is set" in said(settings)[0]
    with hostile() as running:
        out, ended = said(settings, running.provider(mfa=("amr", "mfa")))
        assert ended == "" and "it answers, and shows 1 keys" in out
        assert "https://desk.example.com/sign-in/with/contoso/back/" in out
        assert "our second factor is asked for: not where it says amr mfa" in out
        running.says["/jwks"] = {"keys": []}
        assert "WRONG: it shows no keys" in said(settings, running.provider())[0]
        running.says["/.well-known/openid-configuration"] = running.about(issuer="https://login.example/{tenantid}")
        out, ended = said(settings, running.provider())
        assert "WRONG: it calls itself by another issuer: https://login.example/{tenantid}" in out
        assert ended.startswith("Nobody signs in with Contoso until")
        out, _ = said(settings, running.provider(secret="", secret_file=tmp_path / "missing"))
        assert "WRONG: our secret cannot be read: No such file" in out
    assert "WRONG: it cannot be reached" in said(settings, running.provider())[0]

"""A provider of OpenID Connect, in a process of its own: django-oauth-toolkit, as strict as it can be set.

    python -m tests.people.real_provider PORT FOLDER REDIRECT-URI…

It wants PKCE, a registered way back, a secret and each code once, and names itself when it sends somebody back.
FOLDER/people.json says what it tells of whom; it is read for each token. Everybody's password is PASSWORD.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

CLIENT, SECRET, PASSWORD = "quiet-monday", "a secret: with / and +", "nobody guesses this"
PEOPLE = ("ruth", "maria", "bill", "mallory")
LOGIN = (
    "<title>Contoso</title><form method=post>{% csrf_token %}{{ form }}<input type=hidden name=next "
    "value='{{ next }}'><button>Sign in</button></form>"
)


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


def main(port: int, folder: Path, ways_back: list[str]) -> None:
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # this machine only
    _configure(port, folder)
    import django

    django.setup()
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", verbosity=0)
    _register(ways_back)
    with make_server("127.0.0.1", port, get_wsgi_application(), Server, Quiet) as server:
        (folder / "ready").touch()
        server.serve_forever()


def _configure(port: int, folder: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from django.conf import settings

    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    settings.configure(
        SECRET_KEY="of this trial only",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="tests.people.real_provider_urls",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "provider.sqlite3"}},
        INSTALLED_APPS=[
            *(f"django.contrib.{name}" for name in ("auth", "contenttypes", "sessions")),
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [("django.template.loaders.locmem.Loader", {"registration/login.html": LOGIN})],
                    "context_processors": [f"django.{name}" for name in (
                        "template.context_processors.request", "contrib.auth.context_processors.auth",
                    )],
                },
            }
        ],
        LOGIN_URL="/login/",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        USE_TZ=True,
        PEOPLE_FILE=folder / "people.json",
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_ISS_ENDPOINT": f"http://127.0.0.1:{port}",
            "OIDC_RSA_PRIVATE_KEY": pem,
            "PKCE_REQUIRED": True,
            "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
            "OAUTH2_VALIDATOR_CLASS": "tests.people.real_provider_urls.Validator",
            "SCOPES": {"openid": "who you are", "email": "your address"},
        },
    )  # fmt: skip


def _register(ways_back: list[str]) -> None:
    from django.contrib.auth import get_user_model
    from oauth2_provider.models import get_application_model

    application = get_application_model()
    application.objects.create(
        client_id=CLIENT,
        client_secret=SECRET,
        client_type=application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=" ".join(ways_back),
        algorithm=application.RS256_ALGORITHM,
        skip_authorization=True,
    )
    for name in PEOPLE:
        get_user_model().objects.create_user(name, password=PASSWORD)


def told(folder: Path, people: dict[str, dict[str, Any]]) -> None:
    """Let the provider tell this of its people from now on."""
    draft = folder / "people.draft"
    draft.write_text(json.dumps(people))
    draft.rename(folder / "people.json")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])

"""What the libraries alone keep in memory: a Django site of nothing but them, served as the product is.

`serving_skeleton` starts gunicorn with the product's own number of workers and threads on a site that has loaded every
module of others that the product's web server loads, has Django's and allauth's apps and middleware, keeps sessions in
SQLite and shows a table of 25 rows. What the product holds above it is its own.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.server import ROOT, wait_until_it_answers

APPS = (
    *("django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "django.contrib.messages"),
    *("django.contrib.staticfiles", "allauth", "allauth.account", "django_tasks", "django_tasks_db"),
)
MIDDLEWARE = (
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
)

# gunicorn's settings, as config/serving.py has them.
_SERVED = ("--workers=2", "--threads=4", "--worker-class=gthread", "--preload", "--no-control-socket", "--keep-alive=5")


def modules_of_others() -> list[str]:
    """Return the modules of others that the product has loaded once its URLs are (run in a process of its own)."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quietmonday.config.settings")
    django.setup()
    from django.urls import get_resolver

    importlib.import_module("quietmonday.config.wsgi")
    _ = get_resolver().url_patterns
    ours = ("quietmonday", "bench", "__main__", "__mp_main__")
    return sorted(name for name in sys.modules if name.partition(".")[0] not in ours)


@contextlib.contextmanager
def serving_skeleton(environ: Mapping[str, str], port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run the skeleton on `port`, its session table in the folder of `environ`; yield its first process."""
    var = Path(environ["QUIETMONDAY_VAR"])
    listed = var / "modules.json"
    listed.write_bytes(subprocess.check_output([sys.executable, "-m", "bench.skeleton"], env=dict(environ), cwd=ROOT))
    log = var / "skeleton.log"
    mine = dict(environ) | {"BENCH_SKELETON": str(var), "DJANGO_SETTINGS_MODULE": ""}
    command = [sys.executable, "-m", "gunicorn", f"--bind=127.0.0.1:{port}", *_SERVED, "bench.skeleton:application()"]
    with log.open("wb") as errors:
        server = subprocess.Popen(command, env=mine, stdout=errors, stderr=errors, cwd=ROOT)
        try:
            wait_until_it_answers(server, port, log)
            yield server
        finally:
            server.terminate()
            server.wait(timeout=30)


def application() -> Any:
    """Return the WSGI application of the skeleton; gunicorn calls this once, before it forks."""
    import django
    from django.conf import settings

    var = Path(os.environ["BENCH_SKELETON"])
    settings.configure(
        SECRET_KEY=os.urandom(20).hex(),
        ALLOWED_HOSTS=["localhost", "127.0.0.1"],
        INSTALLED_APPS=APPS,
        MIDDLEWARE=MIDDLEWARE,
        ROOT_URLCONF="bench.skeleton_urls",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": var / "skeleton.sqlite3"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        STATIC_URL="/static/",
        USE_TZ=True,
    )
    django.setup()
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", verbosity=0)
    for name in json.loads((var / "modules.json").read_text()):
        with contextlib.suppress(Exception):  # a part that only its own caller can load (settings of ours, C internals)
            importlib.import_module(name)
    return get_wsgi_application()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(modules_of_others()))

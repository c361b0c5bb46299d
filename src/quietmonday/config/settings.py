"""Settings, from the environment; every default is right for one machine and `bin/run`.

QUIETMONDAY_VAR            folder of database, files and keys          (default: var/ beside the checkout)
QUIETMONDAY_DATABASE_URL   postgres://user:password@host:port/name     (default: SQLite in the folder above)
PORT                       port of the web server                       (default: 8000)
QUIETMONDAY_BIND           hosts it listens on, comma between           (default: this machine only)
QUIETMONDAY_ADDRESS        public address, as people type it            (default: http://localhost:<PORT>)
QUIETMONDAY_ALLOWED_HOSTS  further host names it answers to, comma between  (default: none)
QUIETMONDAY_TRUST_PROXY    whose X-Forwarded-Proto and -For we believe: 1 a proxy on this machine, else its addresses
                           or networks, comma between               (default: nobody's)
QUIETMONDAY_INSIDE         addresses or networks inside your house that webhooks may ask, comma between; there also
                           without TLS                              (default: none)
QUIETMONDAY_ROOT_KEY_FILE  root key of the secrets at rest              (default: keys/root.key in the folder)
QUIETMONDAY_ENDED_FILE     list of what has ended, for a restore       (default: keys/ended.list in the folder)
QUIETMONDAY_MAIL_URL       smtp://user:password@host:587?tls=1 (smtps:// for TLS from the start)
                           (default: mails are written into mail/ in the folder)
QUIETMONDAY_MAIL_FROM      sender of our mails                          (default: quietmonday@<host of the address>)
QUIETMONDAY_SMTP           host:port at which mail servers deliver mail for connected mailboxes  (default: nowhere)
QUIETMONDAY_SMTP_CERTIFICATE, QUIETMONDAY_SMTP_KEY   files; then STARTTLS is offered there
QUIETMONDAY_SMTP_TLS       require: nothing is taken there without TLS     (default: offered)
QUIETMONDAY_SMTP_MAX_MB    largest mail that is taken there, 1 to 50      (default: 35)
QUIETMONDAY_OIDC           providers that may say who somebody is: people/logic/providers.py    (default: none)
"""

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from quietmonday.config.logs import LOGGING as LOGGING
from quietmonday.config.public import networks_inside, networks_of
from quietmonday.config.smtp import smtp_bind, smtp_megabytes, smtp_tls_required
from quietmonday.people.logic.providers import providers_of

VAR = Path(os.environ.get("QUIETMONDAY_VAR") or Path(__file__).resolve().parents[3] / "var").resolve()
PORT = int(os.environ.get("PORT") or 8000)
BIND = os.environ.get("QUIETMONDAY_BIND", "")
ADDRESS_AS_SET = os.environ.get("QUIETMONDAY_ADDRESS", "").rstrip("/")
ADDRESS = ADDRESS_AS_SET or f"http://localhost:{PORT}"
_address = urlsplit(ADDRESS)
HOST = _address.hostname or "localhost"
HTTPS = _address.scheme == "https"

ROOT_KEY_FILE = Path(os.environ.get("QUIETMONDAY_ROOT_KEY_FILE", VAR / "keys" / "root.key"))
ENDED_FILE = Path(os.environ.get("QUIETMONDAY_ENDED_FILE", VAR / "keys" / "ended.list"))
FILES_DIR = VAR / "files"
EXPORTS_DIR = VAR / "exports"


def _secret_key() -> str:
    from quietmonday.kit.envelope import ensure_key_file

    ensure_key_file(ROOT_KEY_FILE)
    return ensure_key_file(VAR / "keys" / "session.key").hex()


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = [HOST, "127.0.0.1", "[::1]"] if HOST == "localhost" else [HOST]
if extra := os.environ.get("QUIETMONDAY_ALLOWED_HOSTS"):
    ALLOWED_HOSTS += extra.split(",")
CSRF_TRUSTED_ORIGINS = [ADDRESS]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_tasks",
    "django_tasks_db",
    "quietmonday.kit.apps.KitConfig",
    "quietmonday.journal.apps.JournalConfig",
    "quietmonday.outbox.apps.OutboxConfig",
    "quietmonday.people.apps.PeopleConfig",
    "quietmonday.post.apps.PostConfig",
    "quietmonday.work.apps.WorkConfig",
    "quietmonday.support.apps.SupportConfig",
    "quietmonday.reports.apps.ReportsConfig",
    "quietmonday.integrations.apps.IntegrationsConfig",
    "quietmonday.demo.apps.DemoConfig",
]

MIDDLEWARE = [
    "quietmonday.kit.proxies.forwarded",
    "quietmonday.kit.middleware.headers",
    "quietmonday.kit.middleware.observed",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # with bytes of chance in it, so that lengths tell nothing (BREACH)
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "quietmonday.config.languages.chosen",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "quietmonday.config.urls"
WSGI_APPLICATION = "quietmonday.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).resolve().parents[1] / "kit" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "quietmonday.config.navigation.around_the_page",
            ],
        },
    }
]


def _database(url: str) -> dict[str, object]:
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR / "quietmonday.sqlite3",
            "OPTIONS": {
                # Django's DEFERRED default gives lock errors under concurrent writers; IMMEDIATE gives none.
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                # Each thread keeps a connection: of the usual 2 MB of pages a connection, eight threads make 16 MB. The
                # kernel keeps the same pages once.
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA cache_size=-400;"
                ),
            },
            "CONN_MAX_AGE": None,
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("QUIETMONDAY_DATABASE_URL must start with postgres:// (leave it out for SQLite)")
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database(os.environ.get("QUIETMONDAY_DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"  # third-party tables only; ours carry UUIDv7 keys
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kit_cache",
        # Sign-in limits count here. With Django's default of 300 entries, trying 300 names pushes the counts out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

FORM_RENDERER = "quietmonday.kit.form_renderer.QuickRenderer"

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 14 * 86400
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
TRUSTED_PROXIES = networks_of(os.environ.get("QUIETMONDAY_TRUST_PROXY", ""))
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # the last address in X-Forwarded-For is the one our proxy saw

INSIDE_NETWORKS = networks_inside(os.environ.get("QUIETMONDAY_INSIDE", ""))

ACCOUNT_ADAPTER = "quietmonday.people.actions.sign_in.SignInAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",  # key: address and network
    "login_failed_anywhere": "50/h/key",  # key: address
    "request_login_code": "20/m/ip,3/m/key,10/h/key",  # key: address
    "confirm_login_code": "30/m/ip,3/10m/key",  # key: one mailed code
    "change_password": "5/m/key",  # key: account
    "passkey": "30/m/ip",
    "provider": "30/m/ip",
    "second_factor": "30/m/ip,10/5m/key",  # key: account, whose password or mailed code was right
}
ACCOUNT_SESSION_REMEMBER = True
SIGN_IN_PROVIDERS = providers_of(os.environ)

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [Path(__file__).resolve().parents[1] / "kit" / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if os.environ.get("QUIETMONDAY_PLAIN_STATIC") == "1":  # tests and development: no collectstatic step
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 86400

API_REQUESTS_A_MINUTE = 600  # of one token, in each web process; a quarter of them at once
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
MAX_ATTACHMENT_BYTES = 25 * 1024 * 1024

_mail = urlsplit(os.environ.get("QUIETMONDAY_MAIL_URL", ""))
if _mail.scheme in {"smtp", "smtps"}:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = (
        _mail.hostname or "localhost",
        _mail.port or (465 if _mail.scheme == "smtps" else 587),
    )
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_SSL = _mail.scheme == "smtps"
    EMAIL_USE_TLS = parse_qs(_mail.query).get("tls") == ["1"]
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR / "mail"
DEFAULT_FROM_EMAIL = os.environ.get("QUIETMONDAY_MAIL_FROM", f"quietmonday@{HOST}")
SMTP_BIND = smtp_bind(os.environ.get("QUIETMONDAY_SMTP", ""))
SMTP_CERTIFICATE = os.environ.get("QUIETMONDAY_SMTP_CERTIFICATE", "")
SMTP_KEY = os.environ.get("QUIETMONDAY_SMTP_KEY", "")
SMTP_TLS_REQUIRED = smtp_tls_required(os.environ.get("QUIETMONDAY_SMTP_TLS", ""), bool(SMTP_CERTIFICATE))
SMTP_MAX_BYTES = smtp_megabytes(os.environ.get("QUIETMONDAY_SMTP_MAX_MB", "")) * 1024 * 1024
MAIL_GOES_NOWHERE = _mail.scheme == ""
"""True while no mail server is set: pages say so where somebody relies on a mail."""

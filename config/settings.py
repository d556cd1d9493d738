"""Settings: everything an installation may decide comes from the environment and is listed here.

`docs/settings.md` explains each name; a test compares the two.
"""

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = os.environ

DEMO = ENV.get("DEMO", "") == "1"
"""Demonstration: movable clock, cast accounts, 演示 banner. Off for real work."""

DATA_DIR = Path(ENV.get("DATA_DIR", BASE_DIR / "var" / ("demo" if DEMO else "data")))
KEY_DIR = Path(
    ENV.get("KEY_DIR", DATA_DIR / "keys" if DEMO else Path.home() / ".local/state/mingding/keys")
)
"""Signing and envelope keys; never inside the database, by default not beside it either."""

SECRET_FILE = KEY_DIR / "web.secret"
DEBUG = ENV.get("DEBUG", "") == "1"
ALLOWED_HOSTS = ENV.get("ALLOWED_HOSTS", "127.0.0.1,localhost").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in ENV.get("CSRF_TRUSTED_ORIGINS", "").split(",") if o]


def _secret_key() -> str:
    """The web secret: from the environment, else from KEY_DIR, made at first use (mode 0600)."""
    if value := ENV.get("SECRET_KEY"):
        return value
    if not SECRET_FILE.exists():
        SECRET_FILE.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(SECRET_FILE, "x", opener=lambda p, f: os.open(p, f, 0o600)) as file:
            file.write(os.urandom(48).hex())
    return SECRET_FILE.read_text()


def _database(url: str) -> dict[str, object]:
    """Turn DATABASE_URL (`postgresql://user:password@host:port/name?…` or `sqlite:///path`)."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]),
            "OPTIONS": {
                # select_for_update does nothing on SQLite: the write lock is taken at BEGIN.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


SECRET_KEY = _secret_key()
DATABASE_URL = ENV.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'mingding.sqlite3'}"
DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "audit_log",
    "accounts",
    "rulebook",
    "experts",
    "evaluation",
    "award",
    "desk",
    "config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "desk.web.middleware.actor",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "desk.web.context.site",
            ]
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
# The demonstration and `make serve` speak plain HTTP on the loopback address only.
SECURE_COOKIES = ENV.get("SECURE_COOKIES", "0" if DEMO or DEBUG else "1") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
WHITENOISE_USE_FINDERS = True

FILE_UPLOAD_HANDLERS = ["desk.web.uploads.SealingHandler"]
"""Whatever is uploaded reaches no disk in clear."""

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "desk.api.problems.handler",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "明评明定 API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": True,
    "ENUM_NAME_OVERRIDES": {
        "AppointmentGroundEnum": "experts.acts.appointments.GROUND_CHOICES",
        "ComplaintGroundEnum": "award.acts.complaints.GROUNDS",
        "TradeEnum": "evaluation.serializers.TRADE_CHOICES",
        "ConflictKindEnum": "experts.acts.conflicts.KINDS_OF_EXPERTS",
        "OfficialConflictKindEnum": "experts.acts.conflicts.KINDS_OF_OFFICIALS",
    },
}

TRAIL_ORIGIN = ENV.get("TRAIL_ORIGIN", "demo.mingding/trail" if DEMO else "mingding/trail")
"""Origin line of checkpoints and name of the log key; one key, one origin."""
TRAIL_SECOND_STORE = Path(ENV.get("TRAIL_SECOND_STORE", KEY_DIR / "checkpoint"))
"""A second home of the newest checkpoint, so that a restored backup is not silently re-signed."""
TILES_DIR = Path(ENV.get("TILES_DIR", DATA_DIR / "tiles"))
"""The log as static files (`tlog-tiles`), for any web server to hand out."""
WITNESS_DIR = Path(ENV.get("WITNESS_DIR", DATA_DIR / "witness-exchange"))
"""Folder shared with the commission's tool: `in/` for requests, `out/` for its answers."""
WITNESS_VKEY_FILE = Path(ENV.get("WITNESS_VKEY_FILE", KEY_DIR / "witness.json"))
"""Public keys of the commission (cosignature vkey, draw key), put there by the security admin."""
WITNESS_TIMEOUT = float(ENV.get("WITNESS_TIMEOUT", "3"))
TRAIL_SIGNERS = [name for name in ENV.get("TRAIL_SIGNERS", "").split(",") if name]
"""Functions (`package.module.function`) that make further signers of checkpoints."""
PDF_FONT = ENV.get("PDF_FONT", "")
"""A Chinese font for forms as PDF; empty: one that is installed."""
TSA_URL = ENV.get("TSA_URL", "")
"""Time-stamping authority (RFC 3161) that is asked after each sealing; empty: none."""
TSA_CERT = Path(ENV.get("TSA_CERT", KEY_DIR / "tsa.pem"))
"""Certificates (PEM) under which its answers must verify."""
TSA_TIMEOUT = float(ENV.get("TSA_TIMEOUT", "3"))
MESSAGE_CHANNELS = [name for name in ENV.get("MESSAGE_CHANNELS", "folder").split(",") if name]
"""Ways to reach experts, in the order in which they are tried (accounts.services.channels)."""
SMS_URL = ENV.get("SMS_URL", "")
VOICE_URL = ENV.get("VOICE_URL", "")
GATEWAY_TIMEOUT = float(ENV.get("GATEWAY_TIMEOUT", "10"))
SITE_URL = ENV.get("SITE_URL", "").rstrip("/")
"""Address of the site as experts reach it, for the links in messages; empty: no link."""
PROXIES = int(ENV.get("PROXIES", "0"))
"""How many proxies of our own stand before the site: whose X-Forwarded-For is believed."""
EMAIL_HOST = ENV.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(ENV.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = ENV.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = ENV.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = ENV.get("EMAIL_USE_TLS", "") == "1"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = ENV.get("EMAIL_FROM", "noreply@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": ENV.get("LOG_LEVEL", "WARNING")},
    "loggers": {"fontTools": {"level": "WARNING"}},  # it tells how long each table took
}

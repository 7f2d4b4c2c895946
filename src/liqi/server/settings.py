"""Settings: one file, read from the environment; every name that may be set begins with LIQI_."""

import os
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF

from liqi.server import data

LIQI_DATA = data.folder()
"""Everything that is kept lies below this folder (the database too, unless LIQI_DATABASE_URL names another)."""

LIQI_QUOTA_BYTES = int(os.environ.get("LIQI_QUOTA_BYTES", 50 * 10**9))
LIQI_ORGANISATION_QUOTA_BYTES = int(os.environ.get("LIQI_ORGANISATION_QUOTA_BYTES", 2 * 10**12))
"""How much one person, and the orders of one organisation, may keep in files."""

LIQI_S3_BUCKET = os.environ.get("LIQI_S3_BUCKET", "")
LIQI_S3_PREFIX = os.environ.get("LIQI_S3_PREFIX", "")
LIQI_S3_ENDPOINT = os.environ.get("LIQI_S3_ENDPOINT", "")
LIQI_S3_REGION = os.environ.get("LIQI_S3_REGION", "")
LIQI_S3_CACHE_BYTES = int(os.environ.get("LIQI_S3_CACHE_BYTES", 20 * 10**9))
"""Where a bucket is named, stored files lie in it instead of in the data folder; so many bytes of it are lent here."""

LIQI_PEAKS_CACHE_BYTES = int(os.environ.get("LIQI_PEAKS_CACHE_BYTES", 10 * 10**9))
"""The peaks of runs that were zoomed into are kept mapped, up to so many bytes."""

LIQI_APART = os.environ.get("LIQI_APART", "1") == "1"
LIQI_RUN_MEMORY_MIB = int(os.environ.get("LIQI_RUN_MEMORY_MIB", 6144))
LIQI_RUN_SECONDS = float(os.environ.get("LIQI_RUN_SECONDS", 1800))
"""A run has a process of its own without network; so much memory and time it may have at most."""

LIQI_SITE = os.environ.get("LIQI_SITE", "")
LIQI_REPOSITORY = os.environ.get("LIQI_REPOSITORY", "")
LIQI_NAME = os.environ.get("LIQI_NAME", "")
LIQI_EMAIL = os.environ.get("LIQI_EMAIL", "")
"""What this catalogue is for others: its root address (else the host that is asked), the domain name in identifiers
(set it before anybody harvests, and never change it), its name, and whom to write to."""

SECRET_KEY = data.secret_key()
DEBUG = os.environ.get("LIQI_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("LIQI_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("LIQI_ORIGINS", "").split(",") if origin]
BEHIND_TLS = os.environ.get("LIQI_TLS") == "1"
SESSION_ENGINE = "liqi.accounts.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None

INSTALLED_APPS = [
    "liqi.accounts",
    "liqi.catalogue",
    "liqi.access",
    "liqi.answers",
    "liqi.observatory",
    "liqi.web",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "ninja",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "liqi.web.api.ProblemMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "liqi.web.frame.PersonMiddleware",
    "liqi.web.errors.ErrorMiddleware",
]

ROOT_URLCONF = "liqi.web.urls"
WSGI_APPLICATION = "liqi.server.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "liqi.web.frame.frame",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "liqi.web.templatetags.face",
            ],
        },
    }
]


def database() -> dict[str, Any]:
    """PostgreSQL where LIQI_DATABASE_URL names one, else one SQLite file in the data folder."""
    if url := os.environ.get("LIQI_DATABASE_URL"):
        named: dict[str, Any] = {**dj_database_url.parse(url)}
        # to compile a plan takes longer than what a page asks: 0.9 of 1.9 s for the alternatives among a million
        quick = {"server_side_binding": True, "prepare_threshold": 3, "options": "-c jit=off"}
        options = {**quick, **named.get("OPTIONS", {})}
        return {**named, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
    pragmas = "journal_mode=WAL synchronous=NORMAL cache_size=-65536 mmap_size=134217728 foreign_keys=ON"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": LIQI_DATA / "liqi.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": " ".join(f"PRAGMA {pragma};" for pragma in pragmas.split()),
        },
    }


DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FORM_CLASS = "liqi.web.forms.SignUp"
ACCOUNT_LOGOUT_ON_GET = False
LOGIN_REDIRECT_URL = "/bench/"
LOGIN_URL = "/accounts/login/"
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
if email_url := os.environ.get("LIQI_EMAIL_HOST"):
    EMAIL_BACKEND, EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", email_url
    EMAIL_PORT = int(os.environ.get("LIQI_EMAIL_PORT", 25))
    EMAIL_HOST_USER = os.environ.get("LIQI_EMAIL_USER", "")
    EMAIL_HOST_PASSWORD = os.environ.get("LIQI_EMAIL_PASSWORD", "")
    EMAIL_USE_TLS = os.environ.get("LIQI_EMAIL_TLS") == "1"
    EMAIL_TIMEOUT = 20
LIQI_MAIL = bool(email_url)
"""Whether notices go out by mail; without a mail host they stand on the pages alone."""
DEFAULT_FROM_EMAIL = LIQI_EMAIL or "liqi@localhost"

USE_I18N = True
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django.request": {"level": "ERROR"}},  # a refusal is an answer, not an event
    "root": {"handlers": ["stderr"], "level": os.environ.get("LIQI_LOG", "WARNING")},
}

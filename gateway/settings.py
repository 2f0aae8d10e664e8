"""Django's settings. What an operator may change is in `config.py`, not here."""

from __future__ import annotations

import sys

from gateway import __version__, databases, issuing, keyfiles, live, log, sources
from gateway.setting import ConfigError

BASE_DIR = sources.PROJECT

try:
    POTLUCK = live.view(live.start())
    """The configuration that holds. Stored settings are in it once the gateway runs: they need the
    database (`gateway.stored`)."""
    DATA_DIR = sources.data_dir(POTLUCK)
    _KEYS = keyfiles.ready(DATA_DIR, POTLUCK.potluck_secret_key)
    DATABASES = {"default": databases.configure(POTLUCK.database_url, DATA_DIR)}
except ConfigError as error:
    sources.stop(error)

SECRET_KEY = _KEYS.signing
POTLUCK_PEPPER = _KEYS.pepper
"""Of the digests of API keys, 32 bytes."""
POTLUCK_VAULT_KEYS = list(_KEYS.vault)
"""Fernet keys of the credential vault: the first seals, all open."""
POTLUCK_ISSUERS = issuing.issuers(POTLUCK)
"""Where accounts that are imported get their tokens."""

POTLUCK_VERSION = __version__

DEBUG = False
# The gateway is reached by names that it does not know (localhost, a tunnel, a proxy). No link is
# ever made from the Host header, and cookies belong to the host that set them.
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    "gateway",
    "keys",
    "credentials",
    "panel",
    "rest_framework",
    # Ships the file of htmx, nothing else of it is used.
    "django_htmx",
    "django.contrib.staticfiles",
]
if "runserver" in sys.argv[1:2]:
    # Daphne brings Twisted along, a second and 25 MB that `serve` does without.
    INSTALLED_APPS.insert(0, "daphne")

ASGI_APPLICATION = "gateway.asgi.application"
ROOT_URLCONF = "gateway.urls"
MIDDLEWARE = [
    "gateway.headers.middleware",
    "gateway.scheme.middleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "panel.views.Away",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "panel.pages.layout.context",
            ]
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# With "no-referrer" browsers send `Origin: null` with our own forms, which the CSRF check refuses.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The largest bodies that are let in (`panel.threshold`): files of credentials never touch the disk.
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 2**20
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 2**20
CSRF_FAILURE_VIEW = "panel.pages.entry.refused"

REST_FRAMEWORK = {
    # Deny by default: there are no Django users here, so this admits nobody.
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAdminUser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
}

# What a page says once travels in a signed cookie; it never holds a secret.
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
MESSAGE_TAGS = {20: "", 25: "good", 30: "care", 40: "bad"}

LANGUAGE_CODE = "en"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {"staticfiles": {"BACKEND": "gateway.assets.Storage"}}

LOGGING = log.configuration(POTLUCK.log_level, POTLUCK.log_file)

"""Django's settings."""

from __future__ import annotations

from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = "placeholder"  # noqa: S105 - replaced by the key file of DATA_DIR
USE_TZ = True
INSTALLED_APPS = ["gateway", "keys", "credentials", "panel"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "data" / "potluck.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "gateway.urls"

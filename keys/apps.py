"""Django's entry for the package."""

from __future__ import annotations

from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "keys"
    verbose_name = "API keys and quotas"
    default_auto_field = "django.db.models.BigAutoField"

"""Tells Django that this package is an app."""

from __future__ import annotations

from django.apps import AppConfig


class PanelConfig(AppConfig):
    name = "panel"
    verbose_name = "Pages for people"
    default_auto_field = "django.db.models.BigAutoField"

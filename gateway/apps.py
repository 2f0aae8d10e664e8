"""Tells Django that this package is an app."""

from __future__ import annotations

from django.apps import AppConfig


class GatewayConfig(AppConfig):
    name = "gateway"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gateway import checks  # noqa: F401 - registers them
        from gateway.editor import Editor
        from panel import bridge

        bridge.install_settings(Editor())

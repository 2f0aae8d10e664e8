"""Lists the API keys with what is left of their quotas."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from keys.models import ApiKey


class Command(BaseCommand):
    help = "List API keys: id, key, total, used, reserved, state, description."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(_line("id", "key", "total", "used", "reserved", "state", "description"))
        for key in ApiKey.objects.filter(deleted=False).order_by("id").iterator():
            total = "unlimited" if key.total_quota is None else key.total_quota
            state = "enabled" if key.enabled else "disabled"
            self.stdout.write(
                _line(key.pk, key, total, key.used, key.reserved, state, key.description)
            )


def _line(*cells: object) -> str:
    widths = (6, 15, 10, 10, 10, 8, 0)
    return "  ".join(f"{cell!s:{width}}" for cell, width in zip(cells, widths, strict=True))

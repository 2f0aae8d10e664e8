"""Makes an API key and shows it, once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from keys import services


class Command(BaseCommand):
    help = "Make an API key. It is shown once and cannot be shown again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quota", type=int, help="units it may use; without, any number")
        parser.add_argument("--description", default="", help="what or whom it is for")
        parser.add_argument("--owner", default="", help="how to reach who uses it")
        parser.add_argument("--days", type=int, help="it expires after so many days")
        parser.add_argument("--json", action="store_true", help='print only {"api_key", "id"}')

    def handle(self, *args: Any, **options: Any) -> None:
        quota, days = options["quota"], options["days"]
        if (quota is not None and quota < 0) or (days is not None and days <= 0):
            raise CommandError("--quota is 0 or more, --days is 1 or more.")
        key, secret = services.create(
            settings.POTLUCK_PEPPER,
            total=quota,
            description=options["description"],
            owner=options["owner"],
            expires_at=None if days is None else timezone.now() + timedelta(days=days),
        )
        if options["json"]:
            self.stdout.write(json.dumps({"api_key": secret, "id": key.pk}))
            return
        self.stdout.write(secret)
        units = "any number of units" if quota is None else f"{quota} units"
        self.stdout.write(f"Key {key.pk} may use {units}. Keep it: it is not shown again.")

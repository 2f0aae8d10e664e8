"""Forgets old usage, request records and links."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from keys import handouts, prune


class Command(BaseCommand):
    help = "Delete usage by day, request records and expired links. Balances and entries stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, help="usage of days before so many days ago")
        parser.add_argument("--record-days", type=int, help="requests before so many days ago")
        parser.add_argument(
            "--json", action="store_true", help='print {"days", "records", "links"}'
        )

    def handle(self, *args: Any, **options: Any) -> None:
        days, record_days = options["days"], options["record_days"]
        if (days is not None and days < 1) or (record_days is not None and record_days < 1):
            raise CommandError("--days and --record-days are 1 or more.")
        now = timezone.now()
        gone = {"days": 0, "records": 0, "links": handouts.prune(now)}
        if days is not None:
            gone["days"] = prune.days((now - timedelta(days=days)).date())
        if record_days is not None:
            gone["records"] = prune.prune(now - timedelta(days=record_days))
        if options["json"]:
            self.stdout.write(json.dumps(gone))
        else:
            found = f"{gone['days']} days of usage, {gone['records']} request records"
            self.stdout.write(f"Deleted {found} and {gone['links']} links.")

"""`manage.py revoke`: ends keys for ever."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from keys.models import ApiKey
from panel import keeping


class Command(BaseCommand):
    help = "Revoke keys by their ids. Their history stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("keys", nargs="+", type=int, help="the ids of the keys")
        parser.add_argument("--json", action="store_true", help='print {"revoked", "unknown"}')

    def handle(self, *args: Any, **options: Any) -> None:
        revoked: list[int] = []
        unknown: list[int] = []
        for key_id in options["keys"]:
            try:
                keeping.delete(None, key_id)
            except ApiKey.DoesNotExist:
                unknown.append(key_id)
            else:
                revoked.append(key_id)
        if options["json"]:
            self.stdout.write(json.dumps({"revoked": revoked, "unknown": unknown}))
        elif revoked:
            self.stdout.write(f"Revoked: {', '.join(map(str, revoked))}.")
        if unknown:
            raise CommandError(f"There is no key {', '.join(map(str, unknown))}.")

"""`manage.py grant`: adds units to a key, or takes them off."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from keys import services
from keys.models import ApiKey
from panel import keeping


class Command(BaseCommand):
    help = "Add units to the total quota of a key; a negative number takes them off."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", type=int, help="the id of the key")
        parser.add_argument("units", type=int)
        parser.add_argument("--reason", default="", help="is kept with the ledger entry")
        parser.add_argument("--json", action="store_true", help='print {"id", "total_quota", …}')

    def handle(self, *args: Any, **options: Any) -> None:
        units, verb = options["units"], services.grant
        if units < 0:
            units, verb = -units, services.withdraw
        try:
            keeping.move(None, verb, options["key"], options["reason"], units=units)
            key = ApiKey.objects.get(pk=options["key"])
        except ApiKey.DoesNotExist:
            raise CommandError(f"There is no key {options['key']}.") from None
        except ValueError as error:
            raise CommandError(f"{error}.".capitalize()) from error
        assert key.total_quota is not None  # noqa: S101 - it was granted
        left = key.total_quota - key.used - key.reserved
        if options["json"]:
            found = {"id": key.pk, "total_quota": key.total_quota, "remaining_quota": left}
            self.stdout.write(json.dumps(found))
        else:
            self.stdout.write(f"Key {key.pk} has {key.total_quota} units, {left} of them left.")

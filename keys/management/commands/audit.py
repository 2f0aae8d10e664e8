"""Proves that every balance is the sum of its ledger entries."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from keys import figures
from keys.audit import check, check_days
from keys.models import ApiKey


class Command(BaseCommand):
    help = "Check that the ledger adds up, by key and by day. Exit code 1 when something does not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", default="default", help="alias of the database")
        parser.add_argument("--json", action="store_true", help='print {"keys", "findings"}')

    def handle(self, *args: Any, **options: Any) -> None:
        using = options["database"]
        findings = [str(each) for each in check(figures.keys(using))]
        findings += [str(each) for each in check_days(figures.days(using))]
        findings += [f"key {each} does not exist, but has rows" for each in figures.strays(using)]
        keys = ApiKey.objects.using(using).count()
        if options["json"]:
            self.stdout.write(json.dumps({"keys": keys, "findings": findings}))
        else:
            for finding in findings:
                self.stdout.write(finding)
        if findings:
            raise CommandError(f"{len(findings)} figures do not add up.")
        if not options["json"]:
            self.stdout.write(f"{keys} keys add up.")

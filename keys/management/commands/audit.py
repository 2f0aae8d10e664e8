"""Proves that every balance is the sum of its ledger entries."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from keys import stored
from keys.audit import check
from keys.models import ApiKey


class Command(BaseCommand):
    help = "Check that the ledger adds up. Exit code 1 when something does not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", default="default", help="alias of the database")

    def handle(self, *args: Any, **options: Any) -> None:
        using = options["database"]
        findings = [str(finding) for finding in check(stored.figures(using))]
        findings += [
            f"key {key_id} does not exist, but has rows" for key_id in stored.strays(using)
        ]
        for finding in findings:
            self.stdout.write(finding)
        if findings:
            raise CommandError(f"{len(findings)} figures do not add up.")
        self.stdout.write(f"{ApiKey.objects.using(using).count()} keys add up.")

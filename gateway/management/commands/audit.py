"""Proves that every balance is the sum of its ledger entries, and that the audit trail is whole."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from keys import figures
from keys.audit import check, check_days
from keys.models import ApiKey
from panel.audit import book

_SHOWN = 20


class Command(BaseCommand):
    help = (
        "Check that the ledger adds up, by key and by day, and that the chain of the audit trail "
        "is unbroken. Exit code 1 when something is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database", default="default", help="alias of the database")
        parser.add_argument(
            "--json", action="store_true", help='print {"keys", "findings", "entries", "trail"}'
        )

    def handle(self, *args: Any, **options: Any) -> None:
        using = options["database"]
        keys, entries = ApiKey.objects.using(using).count(), book.count(using=using)
        findings, trail = _ledger(using), list(islice(book.findings(using=using), _SHOWN))
        if options["json"]:
            found = {"keys": keys, "findings": findings, "entries": entries, "trail": trail}
            self.stdout.write(json.dumps(found))
        else:
            for line in (*findings, *(f"audit trail: {each}" for each in trail)):
                self.stdout.write(line)
        if wrong := _wrong(findings, trail):
            raise CommandError(wrong)
        if not options["json"]:
            self.stdout.write("1 key adds up." if keys == 1 else f"{keys} keys add up.")
            self.stdout.write(f"The audit trail is unbroken: {entries} entries.")


def _ledger(using: str) -> list[str]:
    found = [str(each) for each in check(figures.keys(using))]
    found += [str(each) for each in check_days(figures.days(using))]
    return found + [f"key {each} does not exist, but has rows" for each in figures.strays(using)]


def _wrong(findings: list[str], trail: list[str]) -> str:
    parts = [f"{len(findings)} figures do not add up."] if findings else []
    parts += [f"The audit trail is broken, first here: {trail[0]}"] if trail else []
    return " ".join(parts)

"""`manage.py importcredentials FILE…`: upstream credentials from files, a line per file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from credentials import importers, services
from credentials.importers import BadFile, Entry
from credentials.kinds import Kind, Source
from credentials.vault import Vault


class Command(BaseCommand):
    help = "Imports upstream API keys: one per line, .env, or JSON. A running gateway sees them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument(
            "--provider", default=services.GEMINI, help="whose keys they are (default: gemini)"
        )
        parser.add_argument("--base-url", default="", help="instead of the provider's own")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 if no file could be imported; a key that is known already counts."""
        vault = Vault(settings.POTLUCK_VAULT_KEYS)
        results = [
            self._import(vault, path, options["provider"], options["base_url"])
            for path in options["files"]
        ]
        if not any(results):
            raise CommandError("Nothing was imported.")

    def _import(self, vault: Vault, path: Path, provider: str, base_url: str) -> bool:
        try:
            entries = importers.read(path.name, path.read_bytes())
            with transaction.atomic():  # a file comes in whole or not at all
                new = [_add(vault, entry, provider, base_url) for entry in entries]
        except OSError as error:
            self.stderr.write(f"{path}: {error.strerror}")
            return False
        except (BadFile, ValueError) as error:
            self.stderr.write(f"{path}: {error}")
            return False
        self.stdout.write(f"{path}: {sum(new)} added, {len(new) - sum(new)} known already")
        return True


def _add(vault: Vault, entry: Entry, provider: str, base_url: str) -> bool:
    gemini = provider.strip().lower() == services.GEMINI
    kind = entry.kind or (Kind.GEMINI_API if gemini else Kind.OPENAI_COMPATIBLE)
    if (kind is Kind.GEMINI_API) != gemini:
        raise BadFile(f"The file says these are Gemini keys, not of {provider}.")
    _, new = services.add(
        vault,
        provider,
        kind,
        entry.secret,
        label=entry.label,
        base_url=base_url,
        extra=entry.extra,
        source=Source.IMPORT,
    )
    return new

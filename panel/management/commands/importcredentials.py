"""`manage.py importcredentials FILE…`: upstream credentials from files, a line per file."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from credentials import intake
from credentials.importers.described import Service
from credentials.intake import FileResult
from credentials.issuers import Issuers
from credentials.vault import Vault
from panel import cargo


class Command(BaseCommand):
    help = (
        "Imports upstream credentials: keys (one per line, .env, JSON), account files (service "
        "account, gemini-cli, gcloud, other gateways), config.yaml of CLIProxyAPI, creds.toml of "
        "gcli2api, channels of new-api, exports of this gateway, and ZIP files of them. A running "
        "gateway sees them, and the audit trail notes them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument(
            "--provider", default="", help="whose they are (default: gemini, or what a file says)"
        )
        parser.add_argument("--base-url", default="", help="instead of the provider's own")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 if no file could be imported; a credential that is known already counts."""
        vault = Vault(settings.POTLUCK_VAULT_KEYS)
        issuers: Issuers = getattr(settings, "POTLUCK_ISSUERS", None) or Issuers()
        terms = intake.Terms(
            options["provider"].strip().lower(),
            options["base_url"].strip(),
            configured=[each.name for each in _configured()],
        )
        results = [
            result
            for file in self._files(options["files"])
            for result in intake.results(vault, issuers, [file], terms)
            if self._tell(result)
        ]
        self._propose([each for result in results for each in result.services])
        if not results:
            raise CommandError("Nothing was imported.")

    def _files(self, paths: list[Path]) -> Iterator[tuple[str, bytes]]:
        for path in paths:
            try:
                yield str(path), path.read_bytes()
            except OSError as error:
                self.stderr.write(f"{path}: {error.strerror}")

    def _tell(self, result: FileResult) -> bool:
        """Whether something of the file is in the pool now."""
        cargo.noted(None, result)
        if result.error:
            self.stderr.write(f"{result.name}: {result.error}")
        else:
            self.stdout.write(f"{result.name}: {result.added} added, {result.known} known already")
        for note in result.notes:
            self.stderr.write(f"  {note}")
        return not result.error

    def _propose(self, services: list[Service]) -> None:
        known = {each.name for each in _configured()}
        missing = {each.name: each for each in services if each.name not in known and each.base_url}
        if missing:
            self.stdout.write("For the configuration file (POTLUCK_CONFIG):\n")
            self.stdout.write("\n".join(each.toml() for each in missing.values()))


def _configured() -> Any:
    """The `[[providers]]` of the configuration."""
    return getattr(getattr(settings, "POTLUCK", None), "providers", ())

"""`manage.py importcredentials FILE…`: upstream credentials from files, a line per file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from msgspec.structs import replace

from credentials import documents, importers, services
from credentials.documents import Document, OAuthAccount, Secret
from credentials.importers import BadFile, Entry
from credentials.issuers import Issuers
from credentials.kinds import Kind, Source
from credentials.vault import Vault

_KINDS = {home: kind for kind, home in services.HOMES.items()}


class Command(BaseCommand):
    help = (
        "Imports upstream credentials: keys (one per line, .env, JSON) and account files (service "
        "account, gemini-cli, gcloud, other gateways). A running gateway sees them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument(
            "--provider", default="", help="whose they are (default: gemini, or what a file says)"
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
    secret, kind = entry.secret, entry.kind
    provider = provider.strip().lower()
    if not isinstance(secret, str):
        secret = _admitted(secret, provider)
        kind = documents.kind(secret)
    home = provider or _home(secret, kind)
    kind = kind or _KINDS.get(home, Kind.OPENAI_COMPATIBLE)
    if services.HOMES.get(kind, home) != home:
        raise BadFile(f"What the file holds cannot be used as `{home}`.")
    _, new = services.add(
        vault,
        home,
        kind,
        secret,
        label=entry.label,
        base_url=base_url,
        extra=entry.extra,
        source=Source.IMPORT,
    )
    return new


def _admitted(document: Document, provider: str) -> Document:
    """By the configured issuers; an OAuth account may be said to be of a registered provider."""
    issuers: Issuers = getattr(settings, "POTLUCK_ISSUERS", None) or Issuers()
    if isinstance(document, OAuthAccount) and provider in issuers.providers:
        document = replace(document, provider=provider)
    return issuers.admit(document)


def _home(secret: Secret, kind: Kind | None) -> str:
    theirs = secret.provider if isinstance(secret, OAuthAccount) else ""
    return theirs or services.HOMES.get(kind or Kind.GEMINI_API, services.GEMINI)

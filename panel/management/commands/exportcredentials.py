"""`manage.py exportcredentials --out FILE`: a ZIP file of all credentials, secrets in clear."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any, BinaryIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from credentials import export
from credentials.vault import Vault
from panel import audit

STDOUT = "-"


class Command(BaseCommand):
    help = (
        "Writes a ZIP file with the credentials, their secrets in clear: keep it as you keep keys. "
        "importcredentials reads it. The export is noted in the audit trail."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--out", required=True, metavar="FILE", help="a new file, or - for a pipe"
        )
        parser.add_argument(
            "--id", dest="ids", type=int, action="append", metavar="N", help="only this one (again)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 if the file is there already, or nothing is to be exported."""
        ids: list[int] | None = options["ids"]
        number = export.count(ids)
        if not number:
            raise CommandError("There is no such credential." if ids else "There is no credential.")
        vault = Vault(settings.POTLUCK_VAULT_KEYS)
        with _opened(options["out"]) as file:
            # First noted, then done: an export that broke off has left secrets, too.
            audit.note(
                None, "credential.export", "credentials", after={"count": number, "ids": ids}
            )
            _write(export.all(vault, ids), file)
        if options["out"] != STDOUT:
            self.stdout.write(f"{options['out']}: {number} credentials. Whoever has it has them.")


def _opened(out: str) -> BinaryIO:
    """Mode 0600, and new: nothing is overwritten, and no link is followed. Raises CommandError."""
    if out == STDOUT:
        file = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    else:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        try:
            file = os.fdopen(os.open(out, flags, 0o600), "wb")
        except OSError as error:
            raise CommandError(f"{out}: {error.strerror}. Name a new file.") from None
    if file.isatty():
        file.close()
        raise CommandError("Secrets are not written to a terminal: name a file, or use a pipe.")
    return file


def _write(pieces: Iterable[bytes], file: BinaryIO) -> None:
    for piece in pieces:
        file.write(piece)

"""`manage.py serve`: migrate, say what to do next, serve."""

from __future__ import annotations

import os
import shlex
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.utils import timezone

from credentials.kinds import Source
from credentials.models import Credential
from gateway import checks, log, pictures, server, sources, stored
from gateway.config import Config
from gateway.redact import redact
from gateway.setting import ConfigError
from gateway.welcome import Start, greet
from keys.models import ApiKey
from panel import password


class Command(BaseCommand):
    help = "Serves the gateway. Brings the database up to date first."
    requires_system_checks = (Tags.security,)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", help="address to listen on (HOST)")
        parser.add_argument("--port", type=int, help="port to listen on (PORT)")
        parser.add_argument("--workers", type=int, help="server processes (WORKERS)")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            self._serve(settings.POTLUCK, options)
        except ConfigError as error:
            sources.stop(error)

    def _serve(self, config: Config, options: dict[str, Any]) -> None:
        log.writable(config.log_file)
        host, port = options["host"] or config.host, options["port"]
        listener = server.bind(host, config.port if port is None else port)
        self._migrate()
        config = stored.current()
        # What the processes would say of it comes after the greeting, and once from each.
        pictures.gallery(config, settings.POTLUCK_VAULT_KEYS, timezone.now)
        if options["verbosity"]:
            start = self._start(server.url(listener), config)
            # Of HOST a system check has said it.
            plain = bool(options["host"]) and checks.plain(host, config)
            self.stdout.write(greet(start._replace(plain=plain)) + "\n\n")
            self.stdout.flush()
        # Each server process opens its own connections.
        connection.close()
        workers = options["workers"] or config.workers
        # The processes read it for themselves.
        os.environ["WORKERS"] = str(workers)
        if not server.run(listener, workers=workers, grace=config.shutdown_grace):
            raise CommandError("The gateway did not start; the log above says why.", returncode=3)

    def _migrate(self) -> None:
        try:
            call_command("migrate", verbosity=0, interactive=False)
        except OperationalError as error:
            said = redact(str(error)).partition("\n")[0]
            raise ConfigError(f"DATABASE_URL: the database does not answer: {said}") from None

    def _start(self, url: str, config: Config) -> Start:
        return Start(
            url=url,
            manage=f"{_short(sys.executable)} {_short(sys.argv[0])}",
            password=password.ensure(config.panel_password),
            keys=ApiKey.objects.filter(deleted=False).count(),
            credentials=_credentials(config),
        )


def _credentials(config: Config) -> int:
    """Those in the database, and those that the configuration will put there or withdraw."""
    configured = len(config.gemini_api_keys) + sum(len(each.api_keys) for each in config.providers)
    kept = Credential.objects.filter(enabled=True).exclude(source__in=(Source.ENV, Source.CONFIG))
    return configured + kept.count()


def _short(path: str) -> str:
    """As one would type it here."""
    absolute, here = Path(path).absolute(), Path.cwd()
    inside = absolute.is_relative_to(here)
    return shlex.quote(str(absolute.relative_to(here) if inside else absolute))

"""`manage.py demo`: the gateway against the built-in simulator, with a ready key."""

from __future__ import annotations

import contextlib
import os
import signal
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand

from gateway import demo, server, sources
from gateway.setting import ConfigError


class Command(BaseCommand):
    help = "Serves the gateway against the built-in simulator; no account is needed."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.POTLUCK.host, help="address to listen on")
        parser.add_argument("--port", type=int, default=settings.POTLUCK.port, help="port")
        parser.add_argument("--pace", type=float, default=0.03, help="seconds between two chunks")

    def handle(self, *_: Any, **options: Any) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _interrupt)
        try:
            with contextlib.suppress(KeyboardInterrupt):
                self._demo(options["host"], options["port"], options["pace"])
        except ConfigError as error:
            sources.stop(error)

    def _demo(self, host: str, port: int, pace: float) -> None:
        # Bound and let go at once: a free port is then known, and a taken one is one sentence.
        with server.bind(host, port) as listener:
            url = server.url(listener)
        with (
            tempfile.TemporaryDirectory(prefix="potluck-demo-") as folder,
            demo.simulator(pace) as upstream,
        ):
            environment = demo.environment(os.environ, Path(folder), upstream)
            with demo.gateway(host, url, environment) as gateway:
                self.stdout.write(demo.words(url, demo.key(environment)))
                self.stdout.flush()
                gateway.wait()


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt

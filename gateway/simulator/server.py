"""Runs the simulator under uvicorn: in a thread of a test, or as a process."""

from __future__ import annotations

import argparse
import json
import socket
import sys
import threading
import time
from types import TracebackType
from typing import Self

import uvicorn

from gateway.simulator.app import Simulator

_START_LIMIT = 10.0


class Running:
    """A simulator on a port of its own, in a thread, until `stop()` or the end of `with`."""

    def __init__(self, simulator: Simulator, host: str = "127.0.0.1", port: int = 0) -> None:
        self.simulator = simulator
        self._socket = socket.create_server((host, port))
        self.host, self.port = host, self._socket.getsockname()[1]
        self._server = uvicorn.Server(_config(simulator))
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), name="simulator", daemon=True
        )

    @property
    def base(self) -> str:
        return f"http://{self.host}:{self.port}"

    def start(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + _START_LIMIT
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the simulator did not start")
            time.sleep(0.002)
        return self

    def stop(self) -> None:
        """Ends open streams, too."""
        self._server.should_exit = True
        self._thread.join(_START_LIMIT)
        self._socket.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def main(arguments: list[str] | None = None) -> None:
    """Prints one JSON line, `{"host", "port", "base"}`, and serves until it is interrupted."""
    options = _options(arguments)
    simulator = Simulator(
        pace=options.pace,
        demo=options.demo,
        keys=[key for key in options.keys.split(",") if key],
    )
    with socket.create_server((options.host, options.port)) as listener:
        port = listener.getsockname()[1]
        line = {"host": options.host, "port": port, "base": f"http://{options.host}:{port}"}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        uvicorn.Server(_config(simulator)).run([listener])


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m gateway.simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 (default) takes a free one")
    parser.add_argument("--pace", type=float, default=0.0, help="seconds between two chunks")
    parser.add_argument("--keys", default="", help="the only keys accepted, comma-separated")
    parser.add_argument("--demo", action="store_true", help="answers say that they are simulated")
    return parser.parse_args(arguments)


def _config(simulator: Simulator) -> uvicorn.Config:
    return uvicorn.Config(
        simulator,
        # A cut connection is an answer left incomplete on purpose: uvicorn calls that an error.
        log_level="critical",
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=0,
        server_header=False,
    )

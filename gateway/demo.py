"""The demo's processes: a simulator, a gateway that asks it, and a key."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gateway import welcome
from gateway.config import SETTINGS
from gateway.setting import ConfigError
from gateway.sources import PROJECT

Process = subprocess.Popen[str]

_MANAGE = [sys.executable, str(PROJECT / "manage.py")]
_PATIENCE = 60.0
_QUOTA = "1000"


def environment(outer: Mapping[str, str], folder: Path, upstream: str) -> dict[str, str]:
    """`outer` without the operator's own settings: neither their database nor credentials."""
    ours = {name for each in SETTINGS for name in (each.name, *each.aliases)}
    kept = {name: value for name, value in outer.items() if name not in ours}
    return kept | {
        "DATA_DIR": str(folder),
        "GEMINI_BASE_URL": upstream,
        "GEMINI_API_KEYS": "demo-key-1,demo-key-2,demo-key-3",
    }


@contextlib.contextmanager
def simulator(pace: float) -> Iterator[str]:
    """Its base URL."""
    command = [sys.executable, "-m", "gateway.simulator", "--port", "0", "--pace", str(pace)]
    with child([*command, "--demo"], os.environ, piped=True) as process:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise ConfigError("The simulator did not start; the lines above say why.")
        yield str(json.loads(line)["base"])


@contextlib.contextmanager
def gateway(host: str, url: str, settings: Mapping[str, str]) -> Iterator[Process]:
    """Listening on `host`, and answering at `url` when the block begins."""
    port = url.rpartition(":")[2]
    arguments = ["serve", "--verbosity", "0", "--host", host, "--port", port]
    with child([*_MANAGE, *arguments], settings) as process:
        _await(url, process)
        yield process


@contextlib.contextmanager
def child(
    command: Sequence[str], settings: Mapping[str, str], *, piped: bool = False
) -> Iterator[Process]:
    """A process that ends with the block, whatever ends it."""
    process = subprocess.Popen(  # noqa: S603 - our own command line
        command,
        cwd=PROJECT,
        env=dict(settings),
        stdout=subprocess.PIPE if piped else None,
        text=True,
        # Out of the terminal's group: Ctrl-C reaches the demo only, which then ends both in order.
        start_new_session=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def key(settings: Mapping[str, str]) -> str:
    """A new key of the gateway that runs with `settings`."""
    command = [*_MANAGE, "createkey", f"--quota={_QUOTA}", "--description=demo", "--json"]
    done = subprocess.run(  # noqa: S603 - our own command line
        command, cwd=PROJECT, env=dict(settings), stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise ConfigError("No key could be made; the lines above say why.")
    return str(json.loads(done.stdout)["api_key"])


def words(url: str, secret: str) -> str:
    return f"""Potluck's demo · {url} · the model is simulated · Ctrl-C ends it

Key ({_QUOTA} units): {secret}

OpenAI's dialect
  {welcome.chat(url, secret)}
  {welcome.chat(url, secret, stream=True)}

Gemini's dialect
  {welcome.gemini(url, secret)}
  {welcome.gemini(url, secret, stream=True)}
"""


def _await(url: str, process: Process) -> None:
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            # Past any proxy in the environment: this is a neighbour.
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise ConfigError("The gateway did not start; the lines above say why.")

"""The gateway as its users start it: `manage.py serve`, every feature on, and one key."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks import asks, processes, replies
from benchmarks.asks import Ask
from benchmarks.kitchen import Kitchen, Scenario, Subject, serving

RATE = 20
SECONDS = 5
"""Each of the paced streams: chunks a second, and how long it lasts."""

_MANAGE = str(processes.ROOT / "manage.py")
_QUOTA = 10**12


@contextlib.contextmanager
def gateway(
    kitchen: Kitchen, *, interpreter: tuple[str, ...] = (sys.executable,)
) -> Iterator[Subject]:
    """The gateway on a new database. `interpreter` is what runs `manage.py`."""
    port = processes.free_port()
    env = _settings(kitchen, port)
    key = _prepare(env)
    argv = [*interpreter, _MANAGE, "serve"]
    with serving(kitchen, "potluck", argv, port=port, asks=questions(key), env=env) as subject:
        yield subject


def questions(key: str) -> dict[Scenario, Ask]:
    bearer = {"Authorization": f"Bearer {key}"}
    google = {"x-goog-api-key": key}
    return {
        Scenario.JSON: asks.chat(bearer),
        Scenario.NATIVE: asks.gemini(google),
        Scenario.NATIVE_CHAT: asks.chat(bearer, model=f"bench/{replies.CHAT_MODEL}"),
        Scenario.SSE50: asks.chat(bearer, stream=True),
        Scenario.NATIVE_SSE50: asks.gemini(google, stream=True),
        Scenario.LATENCY: asks.chat(bearer),
        Scenario.STREAMS: asks.paced(bearer, chunks=RATE * SECONDS, rate=RATE),
    }


def _settings(kitchen: Kitchen, port: int) -> dict[str, str]:
    data = kitchen.folder / "data"
    data.mkdir(mode=0o700)
    config = kitchen.folder / "potluck.toml"
    config.write_text(_provider(kitchen.mock))
    config.chmod(0o600)
    return {
        "DATA_DIR": str(data),
        "POTLUCK_CONFIG": str(config),
        "GEMINI_API_KEYS": "bench",
        "GEMINI_BASE_URL": f"http://127.0.0.1:{kitchen.mock}",
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }


def _provider(mock: int) -> str:
    lines = ["[[providers]]", 'name = "bench"', f'base_url = "http://127.0.0.1:{mock}/v1"']
    return "\n".join([*lines, 'api_keys = ["bench"]', ""])


def _prepare(env: Mapping[str, str]) -> str:
    """Makes the database and a key. What a start costs is measured on a database that is there."""
    _manage(env, "migrate", "--verbosity", "0")
    made = json.loads(_manage(env, "createkey", "--quota", str(_QUOTA), "--json"))
    key: str = made["api_key"]
    return key


def _manage(env: Mapping[str, str], *arguments: str) -> str:
    surroundings = {"PATH": os.environ["PATH"], "HOME": str(Path.home()), **env}
    done = subprocess.run(
        [sys.executable, _MANAGE, *arguments], env=surroundings, capture_output=True, text=True
    )
    if done.returncode:
        tail = (done.stdout + done.stderr).splitlines()[-8:]
        raise processes.Failed("\n".join([f"manage.py {arguments[0]} failed", *tail]))
    return done.stdout

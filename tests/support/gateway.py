"""The real server as a process, for tests: its settings, its keys, its books, its end."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import httpx

ROOT = Path(__file__).resolve().parents[2]
MANAGE = str(ROOT / "manage.py")
START_TIMEOUT = 30.0
STOP_TIMEOUT = 60.0
COMMAND_TIMEOUT = 60.0

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")
"""What of this process's environment the server sees: its settings must come from the test."""


def free_port() -> int:
    """A port nobody listens on now; another process may still take it first."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Key(NamedTuple):
    secret: str
    id: int


@dataclass(frozen=True)
class Provider:
    """An upstream of a kind. `models`: the name that clients use → the provider's own."""

    name: str
    base_url: str
    keys: Sequence[str] = ()
    models: Mapping[str, str] = field(default_factory=dict)
    kind: str = "openai"

    def toml(self) -> str:
        # JSON's strings, and lists of them, are TOML's too.
        models = ", ".join(
            f"{{ name = {json.dumps(name)}, alias = {json.dumps(alias)} }}"
            for alias, name in self.models.items()
        )
        return (
            f"[[providers]]\nname = {json.dumps(self.name)}\nkind = {json.dumps(self.kind)}\n"
            f"base_url = {json.dumps(self.base_url)}\n"
            f"api_keys = {json.dumps(list(self.keys))}\nmodels = [{models}]\n\n"
        )


def configure(
    folder: Path,
    gemini: str,
    *,
    keys: Sequence[str],
    providers: Sequence[Provider] = (),
    **settings: str,
) -> Gateway:
    """A gateway that is not started. `gemini` is where the Gemini API is, `keys` its API keys."""
    config = folder / "potluck.toml"
    config.touch(mode=0o600)
    config.write_text("".join(provider.toml() for provider in providers), encoding="utf-8")
    base = {
        "GEMINI_BASE_URL": gemini,
        "GEMINI_API_KEYS": ",".join(keys),
        "POTLUCK_CONFIG": str(config),
    }
    return Gateway(folder, base | settings)


@dataclass
class Gateway:
    """One server and its DATA_DIR. `settings` are environment variables of it and its commands."""

    folder: Path
    settings: Mapping[str, str]
    server: Sequence[str] = ()
    """Another server's command line; `{port}` stands for the port. Default: `manage.py serve`."""
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    _token: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> str:
        """URL of the database; SQLite in the DATA_DIR unless the settings name another."""
        return self.settings.get("DATABASE_URL", f"sqlite:///{self.folder / 'potluck.sqlite3'}")

    @property
    def password(self) -> str:
        """Of the console: the setting, or what the first start has printed."""
        printed = re.search(r"password, shown this once: (\S+)", self.output())
        return self.settings.get("PANEL_PASSWORD") or (printed[1] if printed else "")

    @property
    def log(self) -> Path:
        """All that the server has printed, over its restarts."""
        return self.folder / "server.out"

    def __enter__(self) -> Gateway:
        return self.start()

    def __exit__(self, *_: object) -> None:
        """An orderly end, unless the test has ended it already."""
        if self.alive:
            self.stop()

    def start(self) -> Gateway:
        """Returns once it answers. Raises RuntimeError with its log if it does not."""
        command = self.server or (sys.executable, MANAGE, "serve", "--port", "{port}")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [word.format(port=self.port) for word in command],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A group of its own, so that `kill` reaches every worker.
                start_new_session=True,
            )
        self._await_answer()
        return self

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return kept | {"DATA_DIR": str(self.folder), "PYTHONUNBUFFERED": "1"} | dict(self.settings)

    def _await_answer(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline and self.alive:
            try:
                httpx.get(f"{self.url}/v1/models", trust_env=False, timeout=START_TIMEOUT)
            except httpx.TransportError:
                time.sleep(0.02)
            else:
                return
        self.kill()
        raise RuntimeError(f"The server did not start:\n{self.output()}")

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def output(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def terminate(self) -> None:
        """SIGTERM, as a service manager sends it; does not wait."""
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def wait(self, timeout: float = STOP_TIMEOUT) -> int:
        """The exit code."""
        assert self.process is not None
        return self.process.wait(timeout)

    def stop(self) -> None:
        """An orderly end, or after a minute any."""
        self.terminate()
        try:
            self.wait()
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """SIGKILL to the server and all its workers, at once."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a management command with the server's settings; does not judge its exit code."""
        return subprocess.run(
            [sys.executable, MANAGE, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT,
        )

    def key(self, *, quota: int, description: str = "test", options: Sequence[str] = ()) -> Key:
        """Makes a key of `quota` units; `options` are more of the command's."""
        if self.alive and self.password:
            fields = dict(map(_field, options))
            return self._ask_for_key(fields | {"total_quota": quota, "description": description})
        done = self.manage(
            "createkey", f"--quota={quota}", f"--description={description}", "--json", *options
        )
        assert done.returncode == 0, done.stderr
        document: dict[str, Any] = json.loads(done.stdout)
        return Key(document["api_key"], document["id"])

    def _ask_for_key(self, values: dict[str, object]) -> Key:
        """Over HTTP, which takes a hundredth of the time that a command does."""
        with httpx.Client(base_url=self.url, trust_env=False, timeout=START_TIMEOUT) as client:
            if not self._token:
                answer = client.post("/auth/login", json={"password": self.password})
                self._token = answer.raise_for_status().json()["token"]
            bearer = {"authorization": f"Bearer {self._token}"}
            made = client.post("/auth/keys", json=values, headers=bearer).raise_for_status().json()
        return Key(made["api_key"], made["id"])

    def audit(self) -> subprocess.CompletedProcess[str]:
        """The proof that every key's ledger adds up to its balance; exit code 0 if it does."""
        return self.manage("audit")


def _field(option: str) -> tuple[str, object]:
    """An option of `createkey` as the REST API takes it."""
    name, _, value = option.removeprefix("--").partition("=")
    if name in ("models", "networks"):
        return name, value.split(",")
    return name.replace("-", "_"), int(value) if value.isdecimal() else value

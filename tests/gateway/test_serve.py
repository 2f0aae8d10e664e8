"""`manage.py serve` as an operator sees it: what it says, and how it ends."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from gateway import server
from tests.support.gateway import Gateway

Start = Callable[..., Gateway]


@pytest.fixture
def prepare(tmp_path: Path) -> Iterator[Start]:
    """A gateway with the given settings, not started; killed at the end if need be."""
    made: list[Gateway] = []

    def make(**settings: str) -> Gateway:
        made.append(Gateway(tmp_path / "data", {"GEMINI_API_KEYS": "key-a,key-b", **settings}))
        made[-1].folder.mkdir(mode=0o700, exist_ok=True)
        return made[-1]

    yield make
    for gateway in made:
        gateway.kill()


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "abc", "potluck: PORT (environment) must be a whole number"),
        ("POTLUCK_CONFIG", "/nowhere.toml", "potluck: POTLUCK_CONFIG: /nowhere.toml cannot"),
        ("HOST", "192.0.2.1", "potluck: HOST=192.0.2.1 "),
        ("LOG_FILE", "/nowhere/at/all", "potluck: LOG_FILE: /nowhere/at/all cannot be written: "),
        ("IMAGE_STORAGE_TYPE", "s3", "potluck: "),
        ("DATABASE_URL", "postgres://u:hunter2@127.0.0.1:1/d", "potluck: DATABASE_URL: "),
    ],
)
def test_a_bad_value_is_a_sentence_and_not_a_traceback(
    prepare: Start, name: str, value: str, sentence: str
) -> None:
    done = prepare(**{name: value}).manage("serve")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(sentence)
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr


def test_a_taken_port_is_a_sentence(prepare: Start) -> None:
    with server.bind("127.0.0.1", 0) as taken:
        done = prepare().manage("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "cannot be listened on" in done.stderr


def test_the_password_is_shown_at_the_first_start_only(prepare: Start) -> None:
    gateway = prepare().start()
    gateway.stop()
    assert gateway.output().count("Panel password, shown this once: ") == 1
    assert "2. create a key" in gateway.output()
    gateway.start().stop()
    assert gateway.output().count("Panel password") == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(prepare: Start, number: signal.Signals) -> None:
    gateway = prepare(PANEL_PASSWORD="long enough").start()
    assert gateway.process is not None
    gateway.process.send_signal(number)
    assert gateway.wait() == 0
    assert "Traceback" not in gateway.output()
    assert "Panel password" not in gateway.output()


def test_several_processes_share_the_port(prepare: Start) -> None:
    gateway = prepare(WORKERS="2").start()
    codes = [httpx.get(f"{gateway.url}/", trust_env=False).status_code for _ in range(4)]
    gateway.terminate()
    assert codes == [200] * 4
    assert gateway.wait() == 0

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest

from gateway import demo
from gateway.setting import ConfigError


def test_nothing_of_the_real_gateway_gets_into_the_demo(tmp_path: Path) -> None:
    outer = {
        "PATH": "/bin",
        "DATABASE_URL": "postgres://theirs",
        "POSTGRES_DSN": "postgres://theirs",
        "GEMINI_API_KEYS": "theirs",
        "POTLUCK_CONFIG": "/theirs.toml",
    }
    inner = demo.environment(outer, tmp_path, "http://127.0.0.1:1")
    assert "theirs" not in str(inner)
    assert inner["PATH"] == "/bin"
    assert inner["DATA_DIR"] == str(tmp_path)


@pytest.mark.parametrize(
    "program",
    ["import time; time.sleep(60)", "pass", "import sys; sys.exit(3)"],
    ids=["runs", "ended", "failed"],
)
def test_a_child_ends_with_its_block(program: str) -> None:
    with demo.child([sys.executable, "-c", program], os.environ) as process:
        pass
    assert process.poll() is not None


def test_a_gateway_that_does_not_start_is_one_sentence(tmp_path: Path) -> None:
    settings = demo.environment(os.environ, tmp_path, "http://127.0.0.1:1") | {"LOG_LEVEL": "loud"}
    with (
        pytest.raises(ConfigError, match="did not start"),
        demo.gateway("127.0.0.1", "http://127.0.0.1:9", settings),
    ):
        pass


def test_the_words_hold_four_lines_to_paste() -> None:
    said = demo.words("http://127.0.0.1:7861", "sk-1")
    commands = [shlex.split(line) for line in said.splitlines() if "curl" in line]
    assert [command[0] for command in commands] == ["curl"] * 4

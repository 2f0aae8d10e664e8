"""The coding clients: how each is started, told where the gateway is, and made to read a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from tests.clients.install import packages, tool
from tests.clients.launch import Desk


class Access(NamedTuple):
    """What a user is given: where the gateway is, and a key."""

    url: str
    key: str


@dataclass(frozen=True)
class Program:
    """`speaks` is the dialect of the request log; `reads` the name of the tool that reads a file,
    and `told` makes its arguments from the file's path."""

    name: str
    speaks: str
    start: Callable[[], list[str]]
    words: Callable[[Access, str, str], Sequence[str]]
    env: Callable[[Access], Mapping[str, str]]
    reads: str
    told: Callable[[Path], Mapping[str, Any]]
    settle: Callable[[Desk], None] = lambda desk: None

    def command(self, access: Access, model: str, prompt: str, *more: str) -> list[str]:
        return [*self.start(), *more, *self.words(access, model, prompt)]

    def ask_to_read(self, path: Path) -> str:
        """The simulated model calls the tools that a question names, with the JSON after it."""
        return f"[read] {self.reads} {json.dumps(self.told(path))}"


def _script(path: str) -> Callable[[], list[str]]:
    return lambda: [tool("node"), str(packages() / path)]


def _pinned(path: str) -> Callable[[], list[str]]:
    """With the Node.js 22 of the lock, which is there for Linux; else the machine's must do."""

    def command() -> list[str]:
        found = sorted(packages().glob("node-linux-*/bin/node"))
        return [str(found[0]) if found else tool("node"), str(packages() / path)]

    return command


def _file(path: Path) -> Mapping[str, Any]:
    return {"file_path": str(path)}


# --- Gemini CLI

_GEMINI_SETTINGS = {
    # Without a chosen way of authentication a base URL selects one that only works interactively.
    "security": {"auth": {"selectedType": "gemini-api-key"}},
    "privacy": {"usageStatisticsEnabled": False},
    "telemetry": {"enabled": False},
    "general": {"enableAutoUpdate": False, "enableAutoUpdateNotification": False},
}


def _gemini_settings(desk: Desk) -> None:
    folder = desk.home / ".gemini"
    folder.mkdir()
    (folder / "settings.json").write_text(json.dumps(_GEMINI_SETTINGS))


GEMINI = Program(
    "gemini",
    speaks="gemini",
    start=_script("@google/gemini-cli/bundle/gemini.js"),
    words=lambda access, model, prompt: ["-m", model, "--approval-mode=yolo", "-p", prompt],
    env=lambda access: {
        "GEMINI_API_KEY": access.key,
        "GOOGLE_GEMINI_BASE_URL": access.url,
        "GEMINI_CLI_TRUST_WORKSPACE": "true",
    },
    reads="read_file",
    told=_file,
    settle=_gemini_settings,
)

# Signed in with Google, where a token from the environment spares it the browser. The settings of
# the mode above would choose a key instead.
CODE_ASSIST = replace(
    GEMINI,
    name="code-assist",
    speaks="code_assist",
    env=lambda access: {
        "GOOGLE_GENAI_USE_GCA": "true",
        "GOOGLE_CLOUD_ACCESS_TOKEN": access.key,
        "CODE_ASSIST_ENDPOINT": access.url,
        "GEMINI_CLI_TRUST_WORKSPACE": "true",
    },
    settle=lambda desk: None,
)

# --- Claude Code

CLAUDE = Program(
    "claude",
    speaks="anthropic",
    start=_script("@anthropic-ai/claude-code/cli-wrapper.cjs"),
    words=lambda access, model, prompt: ["--model", model, "--allowedTools=Read", "-p", prompt],
    env=lambda access: {
        "ANTHROPIC_BASE_URL": access.url,
        "ANTHROPIC_AUTH_TOKEN": access.key,
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "CLAUDE_CODE_MAX_RETRIES": "1",
    },
    reads="Read",
    told=_file,
)

# --- Codex


def codex_provider(access: Access) -> list[str]:
    entry = f'{{name="gw",base_url="{access.url}/v1",env_key="GATEWAY_KEY",wire_api="responses"}}'
    return ["-c", "model_provider=gw", "-c", f"model_providers.gw={entry}"]


CODEX_WAYS = ("--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox")
"""A sandbox needs what a container often lacks, and here it has nothing to guard."""

CODEX = Program(
    "codex",
    speaks="openai_responses",
    start=lambda: [*_script("@openai/codex/bin/codex.js")(), "exec", *CODEX_WAYS],
    words=lambda access, model, prompt: [*codex_provider(access), "-m", model, prompt],
    env=lambda access: {"GATEWAY_KEY": access.key},
    reads="exec_command",
    told=lambda path: {"cmd": f"cat {path}"},
)

# --- Qwen Code, which speaks all four dialects


def _qwen(way: str, speaks: str, env: Callable[[Access], Mapping[str, str]]) -> Program:
    return Program(
        f"qwen-{way}",
        speaks=speaks,
        start=_pinned("@qwen-code/qwen-code/cli-entry.js"),
        words=lambda access, model, prompt: ["--auth-type", way, "-m", model, "--yolo", prompt],
        env=env,
        reads="read_file",
        told=_file,
        settle=_qwen_settings,
    )


_QWEN_SETTINGS = {
    "privacy": {"usageStatisticsEnabled": False},
    "telemetry": {"enabled": False},
    "general": {"disableAutoUpdate": True},
}


def _qwen_settings(desk: Desk) -> None:
    folder = desk.home / ".qwen"
    folder.mkdir()
    (folder / "settings.json").write_text(json.dumps(_QWEN_SETTINGS))


def _openai(access: Access) -> Mapping[str, str]:
    return {"OPENAI_API_KEY": access.key, "OPENAI_BASE_URL": f"{access.url}/v1"}


QWEN = (
    _qwen("openai", "openai_chat", _openai),
    _qwen("openai-responses", "openai_responses", _openai),
    _qwen(
        "anthropic",
        "anthropic",
        lambda access: {"ANTHROPIC_API_KEY": access.key, "ANTHROPIC_BASE_URL": access.url},
    ),
    _qwen(
        "gemini",
        "gemini",
        lambda access: {"GEMINI_API_KEY": access.key, "GOOGLE_GEMINI_BASE_URL": access.url},
    ),
)

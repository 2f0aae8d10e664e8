"""What other gateways' files hold does not only come in: it serves."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.credentials.fakes import pem
from tests.credentials.importers import FIXTURES
from tests.support.gateway import Gateway, Key, Provider, configure
from tests.support.simulator import Upstream, simulated, upstream

__all__ = ["simulated", "upstream"]

FILES = (
    *("cliproxy.yaml", "cliproxy-gemini.json", "gpt-load.txt", "gemini-balance.env"),
    *("gcli.json", "creds.toml", "new-api.json"),
)
STAND_IN = "https://upstream.example"
BLOB = base64.b64encode(b'{"refresh_token": "planted-env", "client_id": "c"}').decode()
GEMINI = {
    f"planted-{peer}-{number}"
    for peer in ("gemini", "load", "balance", "channel")
    for number in (1, 2)
}
ACCOUNTS = {"planted-gcli", "planted-toml-1", "planted-cpa", "planted-env"}


def brought(folder: Path, base: str) -> list[str]:
    """The fixtures with the simulator in place of their hosts, and a service account."""
    for name in FILES:
        text = (FIXTURES / name).read_text(encoding="utf-8").replace(STAND_IN, base)
        (folder / name).write_text(text, encoding="utf-8")
    robot = {"type": "service_account", "client_email": "r@planted", "private_key": pem()}
    data = {"type": "vertex", "service_account": {**robot, "project_id": "my-project"}}
    (folder / "vertex.json").write_text(json.dumps(data), encoding="utf-8")
    (folder / "accounts.env").write_text(f"GCLI_CREDS_1={BLOB}", encoding="utf-8")
    return [str(folder / name) for name in (*FILES, "vertex.json", "accounts.env")]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory, simulated: Upstream) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("peers")
    kimi = {"kimi-k2": "moonshotai/kimi-k2:free"}
    host = httpx.URL(simulated.base).host.replace(".", "-")
    gateway = configure(
        folder,
        simulated.base,
        keys=[],
        providers=[
            Provider("openrouter", simulated.openai, models=kimi),
            Provider(host, simulated.openai, models={"opus": "gpt-5"}, kind="openai-responses"),
            Provider("relay", simulated.openai, models={"fast": "gpt-5-mini"}),
        ],
        OPENAI_BASE_URL=simulated.openai,
        ANTHROPIC_BASE_URL=simulated.anthropic,
        VERTEX_BASE_URL=simulated.base,
        CODE_ASSIST_ENDPOINT=simulated.base,
        OAUTH_PROXY_URL=f"{simulated.base}/oauth",
        CALLS_PER_ROTATION="1",
        SESSION_AFFINITY_SECONDS="0",
    )
    assert gateway.manage("migrate").returncode == 0
    done = gateway.manage("importcredentials", *brought(folder, simulated.base))
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("planted") == 0
    with gateway:
        yield gateway


@pytest.fixture(scope="module")
def key(gateway: Gateway) -> Key:
    return gateway.key(quota=1_000)


@pytest.mark.parametrize(
    ("model", "keys"),
    [
        ("openrouter/kimi-k2", {"planted-router-1"}),
        ("127-0-0-1/opus", {"planted-codex"}),
        ("relay/fast", {"planted-channel-relay"}),
        ("claude-sonnet-4-5", {"planted-claude"}),
        ("gpt-5", {"planted-official", "planted-channel-openai"}),
        ("gemini/gemini-2.5-flash", GEMINI),
        ("vertex/gemini-2.5-flash", {"planted-vertex", "planted-express", "r@planted"}),
        ("code-assist/gemini-2.5-flash", ACCOUNTS),
    ],
)
def test_a_key_of_another_gateway_serves(
    gateway: Gateway, key: Key, upstream: Upstream, model: str, keys: set[str]
) -> None:
    asked = [ask(gateway, key, model) for _ in range(len(keys) * 2)]
    assert [answer.status_code for answer in asked] == [200] * len(asked), asked[0].text
    # An account shows its access token, which names nobody; who it is, its refresh told.
    assert {seen.key for seen in upstream.requests if "ya29." not in seen.key} == keys


def ask(gateway: Gateway, key: Key, model: str) -> httpx.Response:
    body = {"model": model, "messages": [{"role": "user", "content": "Hello"}]}
    headers = {"authorization": f"Bearer {key.secret}"}
    return httpx.post(
        f"{gateway.url}/v1/chat/completions",
        json=body,
        headers=headers,
        timeout=20,
        trust_env=False,
    )

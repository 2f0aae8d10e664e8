"""One credential is asked the cheapest real question."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest

from credentials.health import NotItsFault, RateLimited, Refused, Succeeded
from credentials.kinds import Kind
from credentials.pool import Access
from credentials.probing import Answer
from proxy.catalog import Catalog
from proxy.ir import Dialect
from proxy.probe import Prober, cheap
from proxy.route import Provider, RouteTable
from proxy.upstreams.anthropic_api import AnthropicApi
from proxy.upstreams.client import Client
from proxy.upstreams.code_assist import CodeAssist
from proxy.upstreams.gemini_api import GeminiApi
from proxy.upstreams.openai_compatible import OpenAICompatible
from tests.support.rooms import NOW, FakePool
from tests.support.simulator import Upstream, simulated, upstream

__all__ = ["simulated", "upstream"]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["gemini-2.0-flash-lite", "gemini-2.5-flash-lite", "a-flash"], "gemini-2.5-flash-lite"),
        (["gemini-2.5-flash-lite", "gemini-3-flash-lite-preview"], "gemini-2.5-flash-lite"),
        (["gemini-2.5-pro", "gemini-2.5-flash", "gemini-2.5-flash-image"], "gemini-2.5-flash"),
        (["claude-opus-4-5", "claude-3-5-haiku-20241022", "claude-haiku-4-5"], "claude-haiku-4-5"),
        (["gpt-5-nano", "gpt-4o-mini", "gpt-4o-mini-tts"], "gpt-4o-mini"),
        (["deepseek-chat", "deepseek-reasoner"], "deepseek-chat"),
        (["gemini-2.5-pro", "phi-mini"], "phi-mini"),
        (["text-embedding-3", "whisper-1", "omni-moderation"], ""),
        ([], ""),
    ],
)  # fmt: skip
def test_it_finds_a_cheap_model(names: Sequence[str], found: str) -> None:
    assert cheap(names) == found


class Bench:
    """A prober whose providers are all the simulator."""

    def __init__(self, upstream: Upstream, client: Client) -> None:
        self.upstream = upstream
        self.models: dict[str, str] = {}
        old = OpenAICompatible(upstream.openai, "test", Dialect.OPENAI_RESPONSES)
        table = RouteTable(
            [
                Provider("gemini", GeminiApi(upstream.base, "test"), catch_all=True),
                Provider("code-assist", CodeAssist(upstream.base, "test"), catch_all=True),
                Provider("anthropic", AnthropicApi(upstream.anthropic, "test")),
                Provider("named", OpenAICompatible(upstream.openai, "test"), {"nick": "gpt-5"}),
                Provider("answers", old),
            ]
        )
        catalog = Catalog(lambda: table, FakePool(), client)
        self.prober = Prober(lambda: table, catalog, client, lambda: NOW, lambda: self.models)

    async def ask(self, provider: str, key: str = "key-a", **more: Any) -> Answer:
        extra: Mapping[str, str] = {"project": "p-1"} if provider == "code-assist" else {}
        kind = Kind.CODE_ASSIST if provider == "code-assist" else Kind.OPENAI_COMPATIBLE
        access = Access(1, provider, "x", key, "", extra, kind, **more)
        return await self.prober(access)

    @property
    def asked(self) -> list[str]:
        return [f"{each.method} {each.path}" for each in self.upstream.requests]


@pytest.fixture
async def bench(upstream: Upstream) -> AsyncIterator[Bench]:
    async with Client(connect=5, idle=5) as client:
        yield Bench(upstream, client)


@pytest.mark.parametrize("provider", ["gemini", "anthropic", "named", "answers", "code-assist"])
async def test_a_good_credential_answers_in_every_dialect(bench: Bench, provider: str) -> None:
    found = await bench.ask(provider)
    assert (type(found.outcome), found.status) == (Succeeded, 200), found
    assert "answers." in found.words
    assert bench.upstream.last.method == "POST"
    assert bench.upstream.last.key == "key-a"


async def test_it_asks_for_one_token_of_a_cheap_model_in_the_list(bench: Bench) -> None:
    await bench.ask("gemini")
    listing, asking = bench.upstream.requests
    assert listing.path == "/v1beta/models"
    assert "flash" in asking.model
    assert asking.json["generationConfig"]["maxOutputTokens"] == 1


async def test_a_configured_model_needs_no_list(bench: Bench) -> None:
    await bench.ask("named")
    assert [each.model for each in bench.upstream.requests] == ["gpt-5"]


async def test_the_operator_says_which_model_is_asked(bench: Bench) -> None:
    bench.models["gemini"] = "gemini-2.5-pro"
    await bench.ask("gemini")
    assert [each.model for each in bench.upstream.requests] == ["gemini-2.5-pro"]


@pytest.mark.parametrize(
    ("behaviour", "outcome", "status"),
    [
        ("401", Refused, 400),
        ("403", Refused, 403),
        ("429-day", RateLimited, 429),
        ("400", NotItsFault, 400),
    ],
)
async def test_what_it_hears_is_read_as_any_answer(
    bench: Bench, behaviour: str, outcome: type[object], status: int
) -> None:
    bench.upstream.fail("key-a", behaviour)
    found = await bench.ask("gemini")
    assert (type(found.outcome), found.status) == (outcome, status), found
    assert found.words


async def test_a_key_that_may_not_list_is_asked_all_the_same(bench: Bench) -> None:
    bench.upstream.fail("key-a", "403", times=1)
    found = await bench.ask("gemini")
    assert isinstance(found.outcome, Succeeded)
    assert bench.upstream.last.model == "gemini-2.5-flash-lite"


async def test_where_no_model_chats_the_list_is_the_proof(bench: Bench) -> None:
    bench.upstream.replay("key-a", b'{"data":[{"id":"text-embedding-3"}]}')
    found = await bench.ask("answers")
    assert isinstance(found.outcome, Succeeded) and "PROBE_MODELS" in found.words
    assert len(bench.asked) == 1


async def test_what_is_no_answer_proves_nothing(bench: Bench) -> None:
    bench.upstream.replay("key-a", b"<html>")
    assert not isinstance((await bench.ask("named")).outcome, Succeeded)


async def test_a_provider_that_is_gone_says_nothing(bench: Bench) -> None:
    found = await bench.ask("nobody")
    assert isinstance(found.outcome, NotItsFault) and bench.asked == []


async def test_it_goes_out_by_the_credentials_own_proxy(bench: Bench) -> None:
    found = await bench.ask("named", proxy="http://127.0.0.1:9")
    assert not isinstance(found.outcome, Succeeded)
    assert bench.asked == []

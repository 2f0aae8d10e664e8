"""The built-in upstreams, and those that the operator configures."""

from __future__ import annotations

from gateway import issuing, upstreams
from gateway.config import Config
from gateway.providers import ProviderKind, parse
from proxy.ir import Dialect
from proxy.route import RouteTable

PROVIDERS = parse(
    [
        {"name": "deep", "base_url": "https://deep.test/v1"},
        {"name": "answers", "kind": "openai-responses", "base_url": "https://answers.test/v1"},
        {
            "name": "lent",
            "kind": "anthropic",
            "base_url": "https://lent.test",
            "oauth": {
                "token_url": "https://login.test/token",
                "client_id": "mine",
                "client_secret": "hidden",
            },
        },
        {"name": "mirror", "kind": "gemini", "base_url": "https://mirror.test"},
        {"name": "old", "kind": "openai-completions", "base_url": "https://old.test/v1"},
    ]
)


def dialect(name: str, spoken: Dialect | None = None) -> Dialect:
    table = RouteTable(upstreams.providers(Config(providers=PROVIDERS)))
    return table.resolve(name, spoken).targets[0].upstream.dialect


def test_every_kind_of_provider_has_its_upstream() -> None:
    assert {each.kind for each in PROVIDERS} == set(ProviderKind) == set(upstreams.KINDS)
    assert dialect("deep/m") is Dialect.OPENAI_CHAT
    assert dialect("answers/m") is Dialect.OPENAI_RESPONSES
    assert dialect("lent/m") is Dialect.ANTHROPIC
    assert dialect("mirror/m") is Dialect.GEMINI
    assert dialect("old/m") is Dialect.OPENAI_COMPLETIONS


def test_openai_is_asked_in_the_callers_own_dialect() -> None:
    assert dialect("gpt-5") is Dialect.OPENAI_CHAT
    assert dialect("gpt-5", Dialect.OPENAI_RESPONSES) is Dialect.OPENAI_RESPONSES
    assert dialect("gpt-5", Dialect.ANTHROPIC) is Dialect.OPENAI_CHAT
    assert dialect("gpt-5", Dialect.OPENAI_COMPLETIONS) is Dialect.OPENAI_CHAT
    assert dialect("gpt-image-1.5", Dialect.OPENAI_IMAGES) is Dialect.OPENAI_IMAGES
    assert dialect("deep/painter", Dialect.OPENAI_IMAGES) is Dialect.OPENAI_IMAGES


def test_googles_pools_take_what_nobody_claims() -> None:
    table = RouteTable(upstreams.providers(Config()))
    found = [target.provider for target in table.resolve("gemini-3-pro-preview").targets]
    assert found == ["gemini", "vertex", "code-assist"]
    assert table.resolve("claude-opus-4").targets[0].provider == "anthropic"


def test_an_account_gets_its_token_where_the_operator_says() -> None:
    found = issuing.issuers(Config(providers=PROVIDERS, oauth_proxy_url="https://proxy.test"))
    assert found.google.token_url == "https://proxy.test/token"
    assert set(found.providers) == {"lent"}
    assert found.providers["lent"].token_url == "https://login.test/token"
    assert "hidden" not in repr(found) + repr(PROVIDERS)

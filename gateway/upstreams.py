"""Which upstreams there are: the built-in ones, and those of `[[providers]]`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from credentials.kinds import Kind
from credentials.services import HOMES
from gateway.config import Config
from gateway.providers import ProviderKind
from proxy.ir import Dialect
from proxy.route import Provider
from proxy.upstreams.anthropic_api import AnthropicApi
from proxy.upstreams.base import Upstream
from proxy.upstreams.code_assist import CodeAssist
from proxy.upstreams.gemini_api import GeminiApi
from proxy.upstreams.openai_compatible import OpenAICompatible
from proxy.upstreams.vertex import Vertex

OPENAI, ANTHROPIC = "openai", "anthropic"
GEMINI, VERTEX, CODE_ASSIST = (
    HOMES[kind] for kind in (Kind.GEMINI_API, Kind.VERTEX, Kind.CODE_ASSIST)
)
GOOGLE = (GEMINI, VERTEX, CODE_ASSIST)
"""The pools behind `/gemini_cli/…`."""

_OPENAI = ("gpt-*", "chatgpt-*", "o[1-9]*", "codex-*", "text-embedding-*", "dall-e-*")

_Responses = partial(OpenAICompatible, dialect=Dialect.OPENAI_RESPONSES)
_Completions = partial(OpenAICompatible, dialect=Dialect.OPENAI_COMPLETIONS)
_Images = partial(OpenAICompatible, dialect=Dialect.OPENAI_IMAGES)
_MAIN: Mapping[ProviderKind, Callable[[str, str], Upstream]] = {
    ProviderKind.OPENAI: OpenAICompatible,
    ProviderKind.OPENAI_RESPONSES: _Responses,
    ProviderKind.OPENAI_COMPLETIONS: _Completions,
    ProviderKind.ANTHROPIC: AnthropicApi,
    ProviderKind.GEMINI: GeminiApi,
}
KINDS: Mapping[ProviderKind, Kind] = {
    ProviderKind.OPENAI: Kind.OPENAI_COMPATIBLE,
    ProviderKind.OPENAI_RESPONSES: Kind.OPENAI_COMPATIBLE,
    ProviderKind.OPENAI_COMPLETIONS: Kind.OPENAI_COMPATIBLE,
    ProviderKind.ANTHROPIC: Kind.ANTHROPIC,
    ProviderKind.GEMINI: Kind.GEMINI_API,
}
"""What the keys of a configured provider are."""


def providers(config: Config) -> list[Provider]:
    """Google's pools take every name that nobody else claims."""
    agent = config.user_agent
    code_assist = CodeAssist(config.code_assist_endpoint, agent)
    return [
        Provider(GEMINI, GeminiApi(config.gemini_base_url, agent), catch_all=True),
        Provider(VERTEX, Vertex(config.vertex_base_url, agent), catch_all=True),
        Provider(CODE_ASSIST, code_assist, catch_all=True),
        _openai(config),
        Provider(ANTHROPIC, AnthropicApi(config.anthropic_base_url, agent), families=("claude-*",)),
        *_configured(config),
    ]


def _openai(config: Config) -> Provider:
    base, agent = config.openai_base_url, config.user_agent
    beside = (_Responses(base, agent), _Images(base, agent))
    return Provider(OPENAI, OpenAICompatible(base, agent), families=_OPENAI, beside=beside)


def _configured(config: Config) -> list[Provider]:
    found = []
    for each in config.providers:
        names: Mapping[str, str] = {model.alias: model.name for model in each.models}
        where = each.base_url, config.user_agent
        # Whether a service draws in Chat or in the images API, only the caller knows.
        beside = (_Images(*where),) if each.kind is ProviderKind.OPENAI else ()
        found.append(Provider(each.name, _MAIN[each.kind](*where), names, beside=beside))
    return found

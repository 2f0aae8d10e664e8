"""Asks one credential the cheapest real question: a few tokens of a cheap model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

import msgspec

from credentials.health import NotItsFault, Succeeded
from credentials.pool import Access
from credentials.probing import Answer
from proxy.catalog import Catalog
from proxy.errors import GatewayError
from proxy.ir import Dialect, Request, Role, Sampling, Text, Turn
from proxy.operation import Action
from proxy.reader import Translated
from proxy.registry import BY_DIALECT
from proxy.route import Provider, RouteTable
from proxy.send import send
from proxy.upstreams.base import AttemptFailed, Task
from proxy.upstreams.client import Client

_encode = msgspec.json.Encoder().encode

_NOWHERE = "Nothing of that provider's name is configured."
_LISTED = "It lists its models; which of them is cheap to ask is not known (PROBE_MODELS)."

_CHEAP = tuple(
    re.compile(rf"(?<![a-z]){word}(?![a-z])")
    for word in (
        *("flash-lite", r"gpt-4\.1-nano", "gpt-4o-mini", "flash", "haiku"),
        *("nano", "mini", "lite", "small"),
    )
)
"""What cheap models are called, the cheapest first. OpenAI's own nano and mini of today think
before they speak, and answer an allowance of one token with an error: so the older ones come
first."""
_OTHER = re.compile(
    "image|veo|tts|audio|live|voice|embed|realtime|transcribe|whisper|dall-e|moderation|rerank"
    "|robotics|computer|search|guard|ocr|codex|babbage|davinci|sora"
)
"""What does not chat, or not cheaply."""
_NUMBER = re.compile(r"\d+")

_USUAL = ("gemini-2.5-flash-lite", "claude-haiku-4-5", "gpt-4.1-nano")
"""Asked of a service that is known by its dialect, or its families, and gives no list."""

_TOKENS: Mapping[Dialect, int] = {Dialect.OPENAI_RESPONSES: 16}
"""How few are allowed, where it is not one."""


def cheap(names: Iterable[str]) -> str:
    """The model to ask among `names`, "" if none of them chats. Of equally cheap ones the newest
    that is no preview; the first one where none is known to be cheap."""
    chatting = [name for name in names if not _OTHER.search(name.lower())]
    for word in _CHEAP:
        if found := [name for name in chatting if word.search(name.lower())]:
            return max(found, key=_standing)
    return next(iter(chatting), "")


def _standing(name: str) -> tuple[bool, list[int], str]:
    numbers = [int(number) for number in _NUMBER.findall(name)]
    return "preview" not in name and "exp" not in name, numbers, name


@dataclass(frozen=True, slots=True)
class Prober:
    """`credentials.probing.Prober`; `models`: provider → the one that the operator wants asked."""

    routes: Callable[[], RouteTable]
    catalog: Catalog
    client: Client
    clock: Callable[[], datetime]
    models: Callable[[], Mapping[str, str]]

    async def __call__(self, access: Access) -> Answer:
        provider = self.routes().providers.get(access.provider)
        if provider is None:
            return Answer(NotItsFault(), words=_NOWHERE)
        try:
            model = self._known(provider) or await self._found(provider, access)
            if not model:
                return Answer(Succeeded(), 200, _LISTED)
            await self._ask(provider, model, access)
        except AttemptFailed as failed:
            return Answer(failed.outcome, failed.status, failed.reason)
        except GatewayError as error:
            return Answer(NotItsFault(), words=error.message)
        return Answer(Succeeded(model), 200, f"`{model}` answers.")

    def _known(self, provider: Provider) -> str:
        """What can be told without asking."""
        if wanted := self.models().get(provider.name):
            return wanted
        return cheap(provider.models.values()) or cheap(self.catalog.of(provider.name))

    async def _found(self, provider: Provider, access: Access) -> str:
        """From the provider's list. Some keys may generate and not list."""
        try:
            return cheap(await self._listed(provider, access))
        except AttemptFailed:
            if usual := _usual(provider):
                return usual
            raise

    async def _listed(self, provider: Provider, access: Access) -> list[str]:
        """The provider's list, as this credential sees it. Raises AttemptFailed, GatewayError."""
        outgoing = provider.upstream.listing(access)
        async with self.client.open(outgoing, access.proxy, access.secret) as reply:
            if reply.status >= 300:
                refusal = await reply.refusal()
                raise provider.upstream.classify(refusal, "", self.clock())
            try:
                return provider.upstream.names(await reply.whole())
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                return []

    async def _ask(self, provider: Provider, model: str, access: Access) -> None:
        """Raises AttemptFailed, GatewayError."""
        target = provider.target(model, None)
        codec = BY_DIALECT[target.upstream.dialect].codec
        body = _encode(codec.render_request(_question(model, target.upstream.dialect)).body)
        asking = send(
            self.client,
            target,
            _Held(access),
            task=lambda _: Task(Action.GENERATE, model, body),
            reader=Translated(codec, stream=False),
            clock=self.clock,
        )
        async with aclosing(asking) as pieces:
            async for _piece in pieces:
                pass


def _usual(provider: Provider) -> str:
    gemini, haiku, nano = _USUAL
    match provider.upstream.dialect:
        case Dialect.GEMINI | Dialect.CODE_ASSIST:
            return gemini
        case Dialect.ANTHROPIC:
            return haiku
        case _:
            return nano if any(fnmatchcase(nano, glob) for glob in provider.families) else ""


@dataclass(frozen=True, slots=True)
class _Held:
    """What is sent with; whoever asked for the probe reports it."""

    access: Access


def _question(model: str, dialect: Dialect) -> Request:
    sampling = Sampling(max_tokens=_TOKENS.get(dialect, 1))
    return Request(model=model, turns=(Turn(Role.USER, (Text("Hi"),)),), sampling=sampling)

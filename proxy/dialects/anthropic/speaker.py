"""Anthropic as the door knows it: `/v1/messages`, counting, and `/v1/models` by its header."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from msgspec.structs import replace

from proxy.dialects import heads
from proxy.dialects.anthropic import CODEC, COUNTING, MODELS
from proxy.dialects.seals import PREFIX
from proxy.ir import Dialect
from proxy.operation import Action, Hints, Operation, Speaker

_ANTHROPIC = Dialect.ANTHROPIC
_LIST = "/v1/models"
_PATHS = {
    "/v1/messages": Operation(Action.GENERATE, _ANTHROPIC),
    "/v1/messages/count_tokens": Operation(Action.COUNT, _ANTHROPIC, stream=False),
}
# `?beta=true` is how Anthropic's SDKs mark requests of their beta clients.
_FORWARDED = ("beta",)
_SEALED = PREFIX.encode()


def _match(path: str, query: Mapping[str, str], hints: Hints) -> Operation | None:
    if operation := _PATHS.get(path):
        forward = urlencode({name: query[name] for name in _FORWARDED if name in query})
        return replace(operation, forward=forward) if forward else operation
    if not hints.anthropic:
        # OpenAI's and Google's clients list under the same path.
        return None
    if path == _LIST:
        return Operation(Action.MODELS, _ANTHROPIC, method="GET")
    if path.startswith(f"{_LIST}/") and ":" not in path.rpartition("/")[2]:
        model = path.removeprefix(f"{_LIST}/")
        return Operation(Action.MODEL, _ANTHROPIC, method="GET", model=model)
    return None


SPEAKER = Speaker(
    codec=CODEC,
    match=_match,
    head=heads.read,
    with_model=heads.readdressed,
    models=MODELS,
    owns=lambda path, hints: path.startswith("/v1/messages") or hints.anthropic,
    forwarded=frozenset({"anthropic-beta"}),
    # Anthropic refuses signatures that other upstreams gave and we sealed for its clients.
    passable=lambda body: _SEALED not in body,
    counting=COUNTING,
)

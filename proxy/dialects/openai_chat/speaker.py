"""OpenAI Chat as the door knows it: paths, and what to read of a body first."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from proxy.bodies import peek
from proxy.dialects import heads
from proxy.dialects.openai_chat import CODEC, EMBEDDINGS, MODELS
from proxy.ir import Dialect
from proxy.operation import Action, Hints, Operation, Speaker

_CHAT = Dialect.OPENAI_CHAT
_PATHS = {
    "/v1/chat/completions": Operation(Action.GENERATE, _CHAT),
    "/v1/embeddings": Operation(Action.EMBED, _CHAT, stream=False),
    "/v1/models": Operation(Action.MODELS, _CHAT, method="GET"),
}


def _match(path: str, query: Mapping[str, str], hints: Hints) -> Operation | None:
    if operation := _PATHS.get(path):
        return operation
    if path.startswith("/v1/models/") and ":" not in path.rsplit("/", 1)[-1]:
        model = path.removeprefix("/v1/models/")
        return Operation(Action.MODEL, _CHAT, method="GET", model=model)
    return None


class _Shape(msgspec.Struct):
    messages: msgspec.Raw = msgspec.Raw()
    contents: msgspec.Raw = msgspec.Raw()


_shape = msgspec.json.Decoder(_Shape)


def _recast(body: bytes, operation: Operation) -> tuple[Operation, bytes] | None:
    """Some clients send Gemini's `contents` here: they are answered as Gemini answers.

    `model` and `stream` are then in the body, where Gemini itself refuses them.
    """
    # The words are looked for first: nearly no body has them, and each is checked again later.
    if operation.action is not Action.GENERATE or b'"contents"' not in body:
        return None
    shape = peek(body, _shape)
    if not shape.contents or shape.messages:
        return None
    head = heads.read(body, operation)
    fields = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    rest = {name: raw for name, raw in fields.items() if name not in ("model", "stream")}
    gemini = Operation(Action.GENERATE, Dialect.GEMINI, model=head.model, stream=head.stream)
    return replace(gemini, within=operation.within), msgspec.json.encode(rest)


SPEAKER = Speaker(
    codec=CODEC,
    match=_match,
    head=heads.read,
    with_model=heads.readdressed,
    models=MODELS,
    # What nobody else owns: most clients expect OpenAI's words.
    owns=lambda path, hints: True,
    embeddings=EMBEDDINGS,
    recast=_recast,
)

"""OpenAI's legacy text completions as the door knows them."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from proxy.bodies import peek, replaced
from proxy.dialects.openai_completions import CODEC, MODELS
from proxy.errors import invalid
from proxy.ir import Dialect
from proxy.operation import Action, Head, Hints, Operation, Speaker

_PATH = "/v1/completions"
_GENERATE = Operation(Action.GENERATE, Dialect.OPENAI_COMPLETIONS)


def _match(path: str, query: Mapping[str, str], hints: Hints) -> Operation | None:
    return _GENERATE if path == _PATH else None


class _Head(msgspec.Struct):
    model: str = ""
    stream: bool | None = None


_head = msgspec.json.Decoder(_Head)


def _read_head(body: bytes, operation: Operation) -> Head:
    head = peek(body, _head)
    if not head.model:
        raise invalid("Say which model to use: the field `model` is missing.", "model")
    return Head(head.model, bool(head.stream))


SPEAKER = Speaker(
    codec=CODEC,
    match=_match,
    head=_read_head,
    with_model=lambda body, model: replaced(body, "model", model),
    models=MODELS,
    owns=lambda path, hints: path.startswith(_PATH),
)

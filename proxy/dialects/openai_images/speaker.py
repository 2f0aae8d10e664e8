"""OpenAI's images API as the door knows it."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from proxy.bodies import peek, replaced
from proxy.dialects.openai_images import CODEC, MODELS, form
from proxy.errors import invalid
from proxy.ir import Dialect
from proxy.operation import Action, Head, Hints, Operation, Speaker

_ROOT = "/v1/images"
_VERBS: Mapping[str, Operation] = {
    f"{_ROOT}/{verb}": Operation(Action.GENERATE, Dialect.OPENAI_IMAGES, verb=verb)
    for verb in ("generations", "edits")
}


def _match(path: str, query: Mapping[str, str], hints: Hints) -> Operation | None:
    return _VERBS.get(path)


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
    owns=lambda path, hints: path.startswith(_ROOT),
    intake=form.read,
)

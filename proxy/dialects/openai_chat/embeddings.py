"""`POST /v1/embeddings`, both sides.

With `encoding_format: "base64"` a vector is its numbers as little-endian 32-bit floats; OpenAI's
own clients ask for it.
"""

from __future__ import annotations

import base64
import struct
from binascii import Error as BadBase64
from typing import Any

from proxy.dialects.base import JSON, Embeddings, EmbedRequest, Loss, Rendered
from proxy.dialects.openai_chat import failures
from proxy.dialects.openai_chat.usage import read as read_usage
from proxy.dialects.reading import get, integer, need, place, text
from proxy.errors import invalid
from proxy.ir import Dialect

_MODELLED = frozenset({"model", "input", "dimensions", "encoding_format"})
_FORMATS = ("float", "base64")

_Input = str | tuple[int, ...]


class ChatEmbeddings:
    name = Dialect.OPENAI_CHAT

    def parse_request(self, body: JSON, *, model: str = "", batch: bool = False) -> EmbedRequest:
        inputs, single = _inputs(body.get("input"))
        format = get(body, "encoding_format", text, "", "float")
        if format not in _FORMATS:
            raise invalid("encoding_format must be float or base64", "encoding_format")
        return EmbedRequest(
            model=get(body, "model", text, "", model) if model else need(body, "model", text, ""),
            inputs=inputs,
            dimensions=get(body, "dimensions", integer, ""),
            base64=format == "base64",
            single=single,
            losses=tuple(Loss(key) for key in body if key not in _MODELLED),
        )

    def render_request(self, request: EmbedRequest) -> Rendered:
        values = [item if isinstance(item, str) else list(item) for item in request.inputs]
        body: JSON = {
            "model": request.model,
            "input": values[0] if request.single and len(values) == 1 else values,
        }
        if request.dimensions is not None:
            body["dimensions"] = request.dimensions
        if request.base64:
            body["encoding_format"] = "base64"
        hints = [Loss(field) for field in ("task", "title") if getattr(request, field)]
        return Rendered(body, [*request.losses, *hints])

    def parse_response(self, body: JSON, request: EmbedRequest) -> Embeddings:
        if error := failures.found(body):
            raise error
        items = body.get("data")
        if not isinstance(items, list) or len(items) != len(request.inputs):
            raise failures.broken("The upstream did not answer with one vector for each input.")
        usage = body.get("usage")
        model = body.get("model")
        return Embeddings(
            tuple(_vector(item) for item in _ordered(items)),
            model if isinstance(model, str) and model else request.model,
            read_usage(usage).input if isinstance(usage, dict) else None,
        )

    def render_response(self, answer: Embeddings, request: EmbedRequest) -> JSON:
        tokens = answer.tokens or 0
        return {
            "object": "list",
            "data": [
                {
                    "object": "embedding",
                    "index": number,
                    "embedding": _packed(vector) if request.base64 else list(vector),
                }
                for number, vector in enumerate(answer.vectors)
            ],
            "model": answer.model,
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
        }


def _inputs(value: Any) -> tuple[tuple[_Input, ...], bool]:
    """The inputs, and whether it was a single one rather than a list."""
    if isinstance(value, str):
        return (value,), True
    if not isinstance(value, list) or not value:
        raise invalid("input must be a string, a list of strings or lists of tokens", "input")
    if not isinstance(value[0], str | list):
        return (_tokens(value, "input"),), True
    return tuple(_input(item, place("input", number)) for number, item in enumerate(value)), False


def _input(item: Any, path: str) -> _Input:
    return _tokens(item, path) if isinstance(item, list) else text(item, path)


def _tokens(items: list[Any], path: str) -> tuple[int, ...]:
    return tuple(integer(item, place(path, number)) for number, item in enumerate(items))


def _ordered(items: list[Any]) -> list[Any]:
    """By `index`, if every item has one; else as they came."""
    indices = [item.get("index") if isinstance(item, dict) else None for item in items]
    if all(type(index) is int for index in indices):
        return [item for _, item in sorted(zip(indices, items, strict=True), key=_first)]
    return items


def _first(pair: tuple[Any, Any]) -> Any:
    return pair[0]


def _vector(item: Any) -> tuple[float, ...]:
    value = item.get("embedding") if isinstance(item, dict) else None
    if isinstance(value, str):
        return _unpacked(value)
    if isinstance(value, list) and all(type(number) in (int, float) for number in value):
        return tuple(value)
    raise failures.broken("The upstream's embedding is no list of numbers.")


def _packed(vector: tuple[float, ...]) -> str:
    try:
        return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
    except (OverflowError, struct.error) as error:
        raise failures.broken("The upstream's embedding is too large for 32-bit floats.") from error


def _unpacked(value: str) -> tuple[float, ...]:
    try:
        raw = base64.b64decode(value, validate=True)
        return struct.unpack(f"<{len(raw) // 4}f", raw)
    except (BadBase64, struct.error, ValueError) as error:
        raise failures.broken("The upstream's embedding is no base64 of floats.") from error


EMBEDDINGS = ChatEmbeddings()

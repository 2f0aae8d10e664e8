"""What the books need of an answer that passes untouched: who answers, the tokens, the failure.

Typed decoding skips what is said, so a chunk costs a fraction of its reading. What the types do
not expect is looked at as plain JSON; what could be a failure is read by `failures.py`, as always.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from proxy.dialects.base import JSON
from proxy.dialects.jsontext import BROKEN
from proxy.dialects.openai_chat import failures, usage
from proxy.dialects.openai_chat.answer import start
from proxy.dialects.openai_chat.framing import Framing
from proxy.errors import GatewayError
from proxy.ir import Batch


class _Choice(Struct, gc=False):
    index: Any = None
    finish_reason: Any = None
    error: Any = None


class _Chunk(Struct, gc=False):
    choices: list[_Choice] | UnsetType | None = UNSET
    usage: Any = None
    x_groq: Any = None
    error: Any = None


class _First(_Chunk, gc=False):
    """A chunk of an answer that has not told its name yet."""

    id: Any = None
    model: Any = None
    created: Any = None


_plain = msgspec.json.Decoder().decode
_chunk = msgspec.json.Decoder(_Chunk).decode
_first = msgspec.json.Decoder(_First).decode


class ChatListener(Framing):
    """`Listener` of the Chat API and its relatives."""

    def __init__(self) -> None:
        super().__init__()
        self._begun = False
        self._ended: dict[int, bool] = {}

    @property
    def started(self) -> bool:
        return self._begun

    @property
    def finished(self) -> bool:
        return bool(self._ended) and all(self._ended.values())

    def read(self, data: bytes, out: Batch) -> None:
        chunk = _understood(data, started=self._begun)
        if chunk is not None:
            self._hear(chunk, data, out)

    def end(self) -> Batch:
        return []

    def whole(self, body: bytes) -> Batch:
        out: Batch = []
        try:
            chunk = _understood(body, started=False)
            if chunk is not None:
                self._hear(chunk, body, out)
        except BROKEN:
            raise failures.broken("The upstream's answer is no JSON.") from None
        if chunk is None or not chunk.choices:
            raise failures.broken("The upstream's answer holds no choices.")
        return out

    def _hear(self, chunk: _Chunk, data: bytes, out: Batch) -> None:
        choices = chunk.choices
        if chunk.error or choices is UNSET:
            _raise(failures.found(_plain(data)))
        counts = chunk.usage
        if not counts and type(chunk.x_groq) is dict:
            counts = chunk.x_groq.get("usage")
        if not self._begun and isinstance(chunk, _First) and (chunk.id or choices or chunk.usage):
            # Azure tells of the prompt's filter before the answer has a name.
            self._begun = True
            out.append(start(chunk.id, chunk.model, chunk.created))
        if choices:
            self._follow(choices, data)
        if counts and type(counts) is dict:
            out.append(usage.read(counts))

    def _follow(self, choices: list[_Choice], data: bytes) -> None:
        for choice in choices:
            raw = choice.finish_reason
            if choice.error or raw == "error":
                _raise(_inside(data))
            index = choice.index if type(choice.index) is int else 0
            if raw or index not in self._ended:
                ended = bool(raw) and isinstance(raw, str)
                self._ended[index] = ended or self._ended.get(index, False)


def _understood(data: bytes, *, started: bool) -> _Chunk | None:
    """The chunk in `data`, None if that is no object. Raises BROKEN for no JSON."""
    try:
        return _chunk(data) if started else _first(data)
    except msgspec.ValidationError:
        body = _plain(data)
    return _loosely(body) if type(body) is dict else None


def _loosely(body: JSON) -> _First:
    """The chunk of a body whose `choices` are not as they should be."""
    choices = body.get("choices", UNSET)
    if isinstance(choices, list):
        fields = _Choice.__struct_fields__
        found = [item for item in choices if isinstance(item, dict)]
        choices = [_Choice(**{name: item.get(name) for name in fields}) for item in found]
    elif choices is not UNSET:
        choices = None
    known = {name: body.get(name) for name in _First.__struct_fields__ if name != "choices"}
    return _First(choices=choices, **known)


def _inside(data: bytes) -> GatewayError | None:
    """The failure of one of the choices."""
    choices = _plain(data)["choices"]
    found = (failures.inside(choice) for choice in choices if isinstance(choice, dict))
    return next((error for error in found if error is not None), None)


def _raise(error: GatewayError | None) -> None:
    if error is not None:
        raise error

"""Output items of an answer, read into events: each told in pieces, whole, or both.

An item is told by its place in `output`; ids are no help, as GitHub's service gives every event
another (as recorded). Its last word is `output_item.done`: what the pieces left out is said
then, and an item that was never told in pieces is said at once. A whole answer is read so.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.openai_responses import calls, sources, thoughts
from proxy.dialects.openai_responses.keeping import ORIGIN
from proxy.dialects.openai_responses.thoughts import BETWEEN
from proxy.ir import (
    Batch,
    Cite,
    Close,
    Code,
    CodeResult,
    Delta,
    Foreign,
    Logprobs,
    Opaque,
    Open,
    Part,
    Refusal,
    Signature,
    Text,
    Thinking,
    ToolCall,
)

_WHOLE = -1
"""The key of an item that is one part."""

_MESSAGE = ("id", "phase")
_TEXTS = {"output_text": "text", "text": "text", "refusal": "refusal"}


class Told:
    """A part that is open, and what was said of it."""

    __slots__ = ("at", "index", "pieces")

    def __init__(self, index: int) -> None:
        self.index = index
        self.pieces: list[str] = []
        self.at: object = None

    def rest(self, full: str) -> str:
        """What `full` has beyond the pieces; "" if they are something else."""
        said = "".join(self.pieces)
        return full[len(said) :] if full.startswith(said) else ""


class Telling:
    """`live` holds the open texts by (place in the output, place in the content)."""

    def __init__(self) -> None:
        self.live: dict[tuple[int, int], Told] = {}
        self.called = False
        self.refused = False
        self._numbers = count()
        self._items: dict[int, JSON] = {}
        self._done: set[int] = set()
        self._closed: set[tuple[int, int]] = set()
        self._rated: set[tuple[int, int]] = set()
        self._shown = 0

    def added(self, place: int, item: JSON, out: Batch) -> None:
        """An item begins."""
        if place in self._items or place in self._done:
            return
        self._items[place] = item
        part = _opening(item)
        if part is not None:
            self._open((place, _WHOLE), part, out)

    def text(self, place: int, content: int, *, refusal: bool, out: Batch) -> Told | None:
        """The text or refusal at this place, opened if it is not; None if it is complete."""
        key = (place, content)
        if key in self._closed or place in self._done:
            return None
        told = self.live.get(key)
        if told is None:
            kept = _kept(self._items.get(place))
            part: Part = Refusal("", kept) if refusal else Text("", opaque=kept)
            told = self._open(key, part, out)
        return told

    def more(self, place: int, text: str, at: object, out: Batch) -> None:
        """More of an item that is one part. `at` tells the pieces of a thought apart."""
        told = self.live.get((place, _WHOLE))
        if told is None or not text:
            return
        if at != told.at and told.pieces:
            text = BETWEEN + text
        told.at = at
        told.pieces.append(text)
        out.append(Delta(told.index, text))

    def rated(self, place: int, content: int, items: Any, out: Batch) -> None:
        """Log probabilities, which the pieces of a text have, or else its end."""
        if tokens := sources.logprobs(items):
            self._rated.add((place, content))
            out.append(Logprobs(tokens))

    def done(self, place: int, item: JSON, out: Batch) -> None:
        """An item is complete, and this is all of it."""
        if place in self._done:
            return
        self._complete(place, item, out)
        self._done.add(place)

    def _complete(self, place: int, item: JSON, out: Batch) -> None:
        kind = _word(item, "type")
        if kind == "message":
            self._message(place, item, out)
        elif kind == "reasoning":
            self._thought(place, item, out)
        elif kind in calls.CALLS and _named(item):
            self._call(place, item, out)
        elif kind == calls.CODE and isinstance(item.get("code"), str):
            self._code(place, item, out)
        else:
            self._shut((place, _WHOLE), out)
            picture = calls.picture(item) if kind == calls.PICTURE else None
            self._say((place, _WHOLE), picture or Foreign(Opaque(ORIGIN, item)), out)

    def settle(self, place: int, content: int, part: JSON, out: Batch) -> None:
        """A content part is complete, and this is all of it."""
        key = (place, content)
        field = _TEXTS.get(str(part.get("type")))
        full = part.get(field) if field else None
        if key in self._closed or field is None or not isinstance(full, str):
            return
        if key not in self.live and not self.text(
            place, content, refusal=field == "refusal", out=out
        ):
            return
        self._finish(key, full, out)
        self._note(part, out)
        if key not in self._rated:
            self.rated(place, content, part.get("logprobs"), out)

    def end(self, out: Batch) -> None:
        """Closes what was never completed."""
        for key in list(self.live):
            self._shut(key, out)

    def _open(self, key: tuple[int, int], part: Part, out: Batch) -> Told:
        told = self.live[key] = Told(next(self._numbers))
        self.called = self.called or isinstance(part, ToolCall)
        self.refused = self.refused or isinstance(part, Refusal)
        out.append(Open(told.index, part))
        return told

    def _finish(
        self, key: tuple[int, int], full: str, out: Batch, signature: Signature | None = None
    ) -> None:
        """Says what is missing of the part and closes it."""
        told = self.live[key]
        rest = told.rest(full)
        if rest:
            told.pieces.append(rest)
            out.append(Delta(told.index, rest))
        self._shut(key, out, signature)

    def _shut(self, key: tuple[int, int], out: Batch, signature: Signature | None = None) -> None:
        told = self.live.pop(key, None)
        if told is not None:
            self._closed.add(key)
            out.append(Close(told.index, signature))

    def _say(self, key: tuple[int, int], part: Part, out: Batch) -> None:
        """A part that comes whole."""
        self._open(key, part, out)
        self._shut(key, out)

    def _message(self, place: int, item: JSON, out: Batch) -> None:
        content = item.get("content")
        self._items.setdefault(place, item)
        for number, part in enumerate(content if isinstance(content, list) else ()):
            if isinstance(part, dict):
                self.settle(place, number, part, out)
        for key in [key for key in self.live if key[0] == place]:
            self._shut(key, out)

    def _note(self, part: JSON, out: Batch) -> None:
        """The sources of a text, told at its end: then its message is still the last."""
        base, text = self._shown, part.get("text")
        self._shown += len(text) if isinstance(text, str) else 0
        notes = part.get("annotations")
        told = notes if isinstance(notes, list) else []
        found = [(sources.citation(note, base), note) for note in told]
        others = [note for source, note in found if source is None]
        known = tuple(source for source, _ in found if source is not None)
        if known or others:
            out.append(Cite(known, opaque=_annotated(others)))

    def _thought(self, place: int, item: JSON, out: Batch) -> None:
        key = (place, _WHOLE)
        if key not in self.live:
            self._open(key, Thinking("", opaque=_named_item(item)), out)
        proof = item.get("encrypted_content")
        signature = Signature(ORIGIN, proof) if isinstance(proof, str) and proof else None
        self._finish(key, thoughts.told(item), out, signature)

    def _call(self, place: int, item: JSON, out: Batch) -> None:
        key = (place, _WHOLE)
        if key not in self.live:
            self._open(key, _call(item), out)
        full = item.get("input" if item["type"] == calls.CUSTOM else "arguments")
        self._finish(key, full if isinstance(full, str) else "", out)

    def _code(self, place: int, item: JSON, out: Batch) -> None:
        key, id = (place, _WHOLE), _word(item, "id")
        if key not in self.live:
            self._open(key, Code("", "python", id), out)
        self._finish(key, item["code"], out)
        said = calls.logs(item.get("outputs"))
        if said is not None:
            self._say(key, CodeResult(said, item.get("status") == "failed", id), out)


def _opening(item: JSON) -> Part | None:
    """The part that an item opens at once; None if its name is not known or it has no pieces."""
    kind = _word(item, "type")
    if kind == "reasoning":
        return Thinking("", opaque=_named_item(item))
    if kind in calls.CALLS and _named(item):
        return _call(item)
    return Code("", "python", _word(item, "id")) if kind == calls.CODE else None


def _call(item: JSON) -> ToolCall:
    rest = {key: item[key] for key in ("namespace",) if item.get(key)}
    opaque = Opaque(ORIGIN, rest, {"item": _ids(item, ("id",))})
    custom = item["type"] == calls.CUSTOM
    return ToolCall(_word(item, "call_id"), _word(item, "name"), custom=custom, opaque=opaque)


def _named(item: JSON) -> bool:
    return bool(_word(item, "name"))


def _named_item(item: JSON) -> Opaque:
    """OpenAI takes a proof of reasoning back only with the id of its item."""
    return Opaque(ORIGIN, {}, {"item": _ids(item, ("id",))})


def _kept(item: JSON | None) -> Opaque | None:
    return Opaque(ORIGIN, {}, {"item": _ids(item, _MESSAGE)}) if item else None


def _ids(item: Mapping[str, Any], names: tuple[str, ...]) -> JSON:
    return {name: item[name] for name in names if isinstance(item.get(name), str)}


def _word(item: JSON, field: str) -> str:
    value = item.get(field)
    return value if isinstance(value, str) else ""


def _annotated(notes: list[Any]) -> Opaque | None:
    """Annotations that are no sources on the web."""
    return Opaque(ORIGIN, {"annotations": notes}) if notes else None

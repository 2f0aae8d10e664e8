"""One candidate (`choices[]` entry) of an answer, read into events.

A whole message and the deltas of a stream go through the same reading, so that both give the same
parts. Only the end of the answer closes a candidate: services repeat the finish, or say things
after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import msgspec

from proxy.dialects.base import JSON
from proxy.dialects.openai_chat import content, failures, finish, media, signatures, sources
from proxy.dialects.openai_chat.keeping import ORIGIN
from proxy.dialects.openai_chat.sound import Sound
from proxy.dialects.openai_chat.toolcalls import Calls
from proxy.errors import GatewayError
from proxy.ir import (
    Batch,
    Citation,
    Cite,
    Close,
    Delta,
    Finish,
    Foreign,
    Logprobs,
    Opaque,
    Open,
    Part,
    Refusal,
    Signature,
    Text,
    Thinking,
)

_CHOICE = frozenset({"index", "delta", "message", "finish_reason", "logprobs", "error"})
_DELTA = frozenset(
    {
        "role",
        "content",
        "refusal",
        "tool_calls",
        "function_call",
        "reasoning",
        "reasoning_content",
        "reasoning_details",
        "annotations",
        "audio",
        "images",
        "extra_content",
        "thought_signature",
        "channel",  # Groq marks reasoning with it, which has a field of its own.
    }
)

_Spoken = type[Text] | type[Thinking] | type[Refusal]


class Candidate:
    def __init__(self, choice: int, numbers: count[int], name: str) -> None:
        self.raw = ""
        self._choice = choice
        self._numbers = numbers
        self._calls = Calls(choice, numbers, name, self._hush)
        self._kind: _Spoken | None = None
        self._open = 0
        self._signature: Signature | None = None
        self._proof: Signature | None = None
        self._refused = False
        self._citations: list[Citation] = []
        self._notes: list[Any] = []
        self._details: list[JSON] = []
        self._sound = Sound()
        self._extras: JSON = {}

    def read(self, choice: JSON, out: Batch, *, whole: bool = False) -> None:
        """Raises GatewayError when the choice reports an error."""
        if error := failures.inside(choice):
            raise error
        # Perplexity sends both: what is whole is in `message`, what is new in `delta`.
        first, second = ("message", "delta") if whole else ("delta", "message")
        said = choice.get(first)
        if not isinstance(said, dict):
            said = choice.get(second)
        if isinstance(said, dict):
            self._said(said, out, whole=whole)
        if choice.get("logprobs") and (tokens := sources.logprobs(choice["logprobs"])):
            out.append(Logprobs(tokens, self._choice))
        raw = choice.get("finish_reason")
        if raw and isinstance(raw, str):
            self.raw = raw
        if not _CHOICE.issuperset(choice):
            self._extras |= {k: v for k, v in choice.items() if k not in _CHOICE and _says(v)}

    def _said(self, said: JSON, out: Batch, *, whole: bool) -> None:
        text = said.get("content")
        if type(text) is str and len(said) == 1:
            if text:
                self._say(Text, text, out)
            return
        self._think(said, out)
        if text is not None and text != "":
            self._content(text, said, out)
        refusal = said.get("refusal")
        if refusal and isinstance(refusal, str):
            self._say(Refusal, refusal, out)
        for image in _items(said, "images"):
            self._image(image, out)
        self._call(said, out, whole=whole)
        self._aside(said)

    def _say(self, kind: _Spoken, text: str, out: Batch) -> None:
        if self._kind is kind:
            out.append(Delta(self._open, text))
            return
        self._hush(out)
        self._calls.settle(out)
        self._kind, self._open = kind, next(self._numbers)
        self._refused = self._refused or kind is Refusal
        out.append(Open(self._open, kind(text), self._choice))

    def _hush(self, out: Batch) -> None:
        """Closes the text, thought or refusal that is open."""
        if self._kind is None:
            return
        thought = self._kind is Thinking
        signature = self._proof if thought else self._signature
        if thought:
            self._proof = None
        elif self._kind is Text:
            self._signature = None
        self._kind = None
        out.append(Close(self._open, signature))

    def _show(self, part: Part, out: Batch) -> None:
        """A part that comes whole."""
        self._hush(out)
        self._calls.settle(out)
        index = next(self._numbers)
        out += [Open(index, part, self._choice), Close(index)]

    def _think(self, said: JSON, out: Batch) -> None:
        text = said.get("reasoning_content") or said.get("reasoning")
        told = isinstance(text, str)
        if told and text:
            self._say(Thinking, text, out)
        for detail in _items(said, "reasoning_details"):
            if not isinstance(detail, dict):
                continue
            own = detail.get("text") or detail.get("summary")
            if not told and own and isinstance(own, str):
                self._say(Thinking, own, out)
            self._proof = signatures.anthropic(detail) or self._proof
            if detail.get("data") or detail.get("signature"):
                self._details.append({k: v for k, v in detail.items() if k != "text"})

    def _content(self, value: Any, said: JSON, out: Batch) -> None:
        if isinstance(value, list):
            for item in value:
                self._piece(item, out)
            return
        # Cloudflare sends an object where JSON was asked for.
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        self._say(Thinking if signatures.shown(said) else Text, text, out)

    def _piece(self, item: Any, out: Batch) -> None:
        """One part of Mistral's content lists."""
        if not isinstance(item, dict):
            return
        text = item.get("text") if item.get("type") == "text" else None
        thought = content.thought(item) if item.get("type") == "thinking" else None
        if isinstance(text, str):
            if text:
                self._say(Text, text, out)
        elif thought is not None:
            if thought:
                self._say(Thinking, thought, out)
        elif item.get("type") == "image_url":
            self._image(item, out)
        elif item:
            self._show(Foreign(Opaque(ORIGIN, item)), out)

    def _image(self, item: Any, out: Batch) -> None:
        if not isinstance(item, dict) or "image_url" not in item:
            return
        try:
            self._show(media.parse(item, "image_url", "images", field="images"), out)
        except GatewayError:
            raise failures.broken("The upstream sent a picture that cannot be read.") from None

    def _call(self, said: JSON, out: Batch, *, whole: bool) -> None:
        """Tool calls, and a message's own Gemini signature: its first call's, else its text's."""
        wire = signatures.find(said)
        signature = signatures.read(wire) if wire is not None else None
        items = _items(said, "tool_calls")
        for item in items:
            if self._calls.read(item, out, whole=whole, signature=signature):
                signature = None
        if isinstance(said.get("function_call"), dict):
            self._calls.legacy(said["function_call"], out, whole=whole)
        if signature is not None and not items:
            self._seal(signature, out)

    def _seal(self, signature: Signature, out: Batch) -> None:
        """The signature goes out with the end of the text, an empty one if none is open."""
        if self._kind is not Text:
            self._hush(out)
            self._kind, self._open = Text, next(self._numbers)
            out.append(Open(self._open, Text(""), self._choice))
        self._signature = signature

    def _aside(self, said: JSON) -> None:
        if (audio := said.get("audio")) is not None:
            self._sound.read(audio)
        for note in _items(said, "annotations"):
            source = sources.citation(note)
            if source is None:
                self._notes.append(note)
            else:
                self._citations.append(source)
        if not _DELTA.issuperset(said):
            for key, value in said.items():
                if key not in _DELTA and _says(value):
                    self._extras[f"message.{key}"] = value

    def end(self, out: Batch, also: list[Citation]) -> None:
        """Everything has been said. `also`: sources that the service names for all candidates."""
        self._hush(out)
        self._calls.end(out)
        if sound := self._sound.part():
            self._show(sound, out)
        if self._citations or self._notes or also:
            notes = Opaque(ORIGIN, {"annotations": self._notes}) if self._notes else None
            out.append(Cite((*self._citations, *also), self._choice, notes))
        if self._details:
            self._extras["message.reasoning_details"] = self._details
        opaque = Opaque(ORIGIN, self._extras) if self._extras else None
        reason = finish.read(self.raw, called=self._calls.any, refused=self._refused)
        out.append(Finish(reason, self.raw, choice=self._choice, opaque=opaque))


def _says(value: Any) -> bool:
    return value is not None and value not in ({}, [])


def _items(box: JSON, key: str) -> Iterator[Any] | list[Any]:
    value = box.get(key)
    return value if isinstance(value, list) else []

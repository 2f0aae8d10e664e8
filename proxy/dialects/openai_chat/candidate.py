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
from proxy.dialects.openai_chat.details import Details
from proxy.dialects.openai_chat.keeping import ORIGIN
from proxy.dialects.openai_chat.sound import Sounds
from proxy.dialects.openai_chat.speech import Speech
from proxy.dialects.openai_chat.toolcalls import Calls
from proxy.errors import GatewayError
from proxy.ir import (
    Batch,
    Citation,
    Cite,
    Finish,
    Foreign,
    Logprobs,
    Opaque,
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
    }
)

_PLAIN = frozenset({"role", "content"})
_KINDS = frozenset({"", "function", "custom"})


class Candidate:
    def __init__(self, choice: int, numbers: count[int], name: str) -> None:
        self.raw = ""
        self._choice = choice
        self._numbers = numbers
        self._name = name
        self._speech = Speech(choice, numbers, self._settle)
        self._made: Calls | None = None
        self._citations: list[Citation] = []
        self._notes: list[Any] = []
        self._details: Details | None = None
        self._sounds: Sounds | None = None
        self._extras: JSON = {}

    @property
    def _calls(self) -> Calls:
        if self._made is None:
            self._made = Calls(self._choice, self._numbers, self._name, self._speech.hush)
        return self._made

    def _settle(self, out: Batch) -> bool:
        return self._made is None or self._made.settle(out)

    def read(self, choice: JSON, out: Batch, whole: bool) -> None:
        """`whole`: it is no delta. Raises GatewayError when the choice reports an error."""
        raw = choice.get("finish_reason")
        if (raw == "error" or choice.get("error")) and (error := failures.inside(choice)):
            raise error
        # Perplexity sends both: what is whole is in `message`, what is new in `delta`.
        said = choice.get("message" if whole else "delta")
        if type(said) is not dict:
            said = choice.get("delta" if whole else "message")
        if type(said) is dict:
            self._said(said, out, whole)
        if choice.get("logprobs") and (tokens := sources.logprobs(choice["logprobs"])):
            out.append(Logprobs(tokens, self._choice))
        if raw and isinstance(raw, str):
            self.raw = raw
        if not _CHOICE.issuperset(choice):
            self._extras |= {k: v for k, v in choice.items() if k not in _CHOICE and _says(v)}

    def _said(self, said: JSON, out: Batch, whole: bool) -> None:
        text = said.get("content")
        if type(text) is str and len(said) == 1:
            if text:
                self._speech.say(Text, text, out)
            return
        more = [key for key, value in said.items() if value and key not in _PLAIN]
        if more:
            self._think(said, out)
        if text is not None and text != "":
            self._content(text, said, out)
        if more:
            self._beside(said, out, whole)
        if not _DELTA.issuperset(said):
            self._extra(said)

    def _think(self, said: JSON, out: Batch) -> None:
        text = said.get("reasoning_content") or said.get("reasoning")
        told = isinstance(text, str)
        if told and text:
            self._speech.say(Thinking, text, out)
        for detail in _items(said, "reasoning_details"):
            if not isinstance(detail, dict):
                continue
            own = detail.get("text") or detail.get("summary")
            if not told and own and isinstance(own, str):
                self._speech.say(Thinking, own, out)
            self._details = self._details or Details(self._calls, self._speech)
            self._details.read(detail)

    def _content(self, value: Any, said: JSON, out: Batch) -> None:
        if isinstance(value, list):
            for item in value:
                self._piece(item, out)
            return
        # Cloudflare sends an object where JSON was asked for.
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        thought = "extra_content" in said and signatures.shown(said)
        self._speech.say(Thinking if thought else Text, text, out)

    def _piece(self, item: Any, out: Batch) -> None:
        """One part of Mistral's content lists."""
        if not isinstance(item, dict):
            return
        text = item.get("text") if item.get("type") == "text" else None
        thought = content.thought(item) if item.get("type") == "thinking" else None
        if isinstance(text, str):
            if text:
                self._speech.say(Text, text, out)
        elif thought is not None:
            if thought:
                self._speech.say(Thinking, thought, out)
        elif item.get("type") == "image_url":
            self._image(item, out)
        elif item:
            self._speech.show(Foreign(Opaque(ORIGIN, item)), out)

    def _beside(self, said: JSON, out: Batch, whole: bool) -> None:
        """What a message says in other fields than its content."""
        refusal = said.get("refusal")
        if refusal and isinstance(refusal, str):
            self._speech.say(Refusal, refusal, out)
        for image in _items(said, "images"):
            self._image(image, out)
        self._call(said, out, whole)
        if (audio := said.get("audio")) is not None:
            self._sounds = self._sounds or Sounds()
            self._sounds.read(audio)
        for note in _items(said, "annotations"):
            source = sources.citation(note)
            if source is None:
                self._notes.append(note)
            else:
                self._citations.append(source)

    def _image(self, item: Any, out: Batch) -> None:
        if not isinstance(item, dict) or "image_url" not in item:
            return
        try:
            self._speech.show(media.parse(item, "image_url", "images", field="images"), out)
        except GatewayError:
            raise failures.broken("The upstream sent a picture that cannot be read.") from None

    def _call(self, said: JSON, out: Batch, whole: bool) -> None:
        """Tool calls, and a message's own Gemini signature: its first call's, else its text's."""
        signature = self._signature(said)
        items = _items(said, "tool_calls")
        for item in items:
            if _unknown(item):
                own = {key: value for key, value in item.items() if key != "index"}
                self._speech.show(Foreign(Opaque(ORIGIN, own, {"call": True})), out)
            elif self._calls.read(item, out, whole=whole, signature=signature):
                signature = None
        if isinstance(said.get("function_call"), dict):
            self._calls.legacy(said["function_call"], out, whole=whole)
        if signature is not None and not items:
            self._speech.seal(signature, out)
        self._speech.catch_up(out)

    def _signature(self, said: JSON) -> Signature | None:
        if "extra_content" not in said and "thought_signature" not in said:
            return None
        wire, bare = signatures.find(said), signatures.bare(said)
        if "extra_content" in said and (rest := signatures.beside(said)):
            self._extras["message.extra_content"] = rest
        if said.get("thought_signature") and (bare is None or wire not in (None, bare)):
            self._extras["message.thought_signature"] = said["thought_signature"]
        wire = wire or bare
        return signatures.read(wire) if wire is not None else None

    def _extra(self, said: JSON) -> None:
        for key, value in said.items():
            if key not in _DELTA and _says(value):
                self._extras[f"message.{key}"] = value

    def end(self, out: Batch, also: list[Citation]) -> None:
        """Everything has been said. `also`: sources that the service names for all candidates."""
        proven = self._details.end() if self._details is not None else None
        self._speech.hush(out)
        if self._made is not None:
            self._made.end(out)
            self._speech.catch_up(out)
            self._speech.hush(out)
        for sound in self._sounds.parts() if self._sounds is not None else ():
            self._speech.show(sound, out)
        if self._citations or self._notes or also:
            notes = Opaque(ORIGIN, {"annotations": self._notes}) if self._notes else None
            out.append(Cite((*self._citations, *also), self._choice, notes))
        called = self._made is not None and self._made.any
        reason = finish.read(self.raw, called=called, refused=self._speech.refused)
        out.append(Finish(reason, self.raw, choice=self._choice, opaque=self._kept(proven)))

    def _kept(self, proven: Opaque | None) -> Opaque | None:
        if self._sounds is not None and (words := self._sounds.unspoken()):
            self._extras["message.audio"] = words
        if not self._extras or proven is None:
            return Opaque(ORIGIN, self._extras) if self._extras else proven
        return Opaque(ORIGIN, {**self._extras, **proven.data}, proven.shape)


def _unknown(call: Any) -> bool:
    """Whether it is a call of a kind that is neither a function's nor a free-text tool's."""
    if not isinstance(call, dict) or not isinstance(call.get("type"), str):
        return False
    return call["type"] not in _KINDS and not isinstance(call.get("function"), dict)


def _says(value: Any) -> bool:
    return value is not None and value not in ({}, [])


def _items(box: JSON, key: str) -> Iterator[Any] | list[Any]:
    value = box.get(key)
    return value if isinstance(value, list) else []

"""Hears who answers, what it costs and whether it failed, in an answer that passes untouched.

What is said is skipped while decoding. Only what is no usual chunk is read as a whole.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from proxy.dialects.base import JSON
from proxy.dialects.gemini import errors, usage
from proxy.dialects.gemini.answer import broken_off
from proxy.dialects.gemini.stream import BROKEN, Stream, decoded
from proxy.ir import Batch, Start

T = TypeVar("T")


class _Candidate(msgspec.Struct, gc=False):
    index: Any = None
    finishReason: Any = None


class _Feedback(msgspec.Struct, gc=False):
    blockReason: Any = None


class _Chunk(msgspec.Struct, gc=False):
    candidates: list[_Candidate] | None = None
    usageMetadata: JSON | None = None
    promptFeedback: _Feedback | None = None
    error: Any = None
    responseId: str | None = None
    modelVersion: str | None = None


_decode = msgspec.json.Decoder(_Chunk).decode


class Listener(Stream):
    """A `Listener`: one Start, at most one Usage for each read."""

    def __init__(self) -> None:
        super().__init__()
        self._begun = False
        self._blocked = False
        self._finished: dict[int, bool] = {}
        self._known = False
        self._news: JSON | None = None

    def whole(self, body: bytes) -> Batch:
        events: Batch = []
        self._take(body, events)
        self._pause(events)
        if not self._finished and not self._blocked:
            raise broken_off()
        return events

    def _take(self, chunk: bytes, events: Batch) -> None:
        try:
            heard: _Chunk | None = _decode(chunk)
        except BROKEN:
            heard = None
        if heard is None or heard.error:
            heard = _lenient(decoded(chunk))
            if heard is None:
                return
        if not self._begun:
            self._begun = True
            model = (heard.modelVersion or "").removeprefix("models/")
            events.append(Start(heard.responseId or "", model))
        ended = self._ended(heard.candidates) if heard.candidates else False
        if heard.promptFeedback is not None and self._refused(heard.promptFeedback):
            ended = self._blocked = True
        counts = heard.usageMetadata
        if counts is None:
            return
        if usage.known(counts):
            self._news, self._known = counts, True
        elif ended and not self._known:
            self._news = counts

    def _pause(self, events: Batch) -> None:
        if self._news is not None:
            events.append(usage.parse(self._news))
            self._news = None

    def _end(self) -> Batch:
        complete = self._finished and all(self._finished.values())
        if not complete and not self._blocked:
            raise broken_off()
        return []

    def _ended(self, candidates: list[_Candidate]) -> bool:
        """Notes who speaks, and says whether somebody finishes now."""
        ended = False
        for place, one in enumerate(candidates):
            choice = _choice(one.index, place)
            if one.finishReason is None:
                if choice not in self._finished:
                    self._finished[choice] = False
            elif not self._finished.get(choice):
                self._finished[choice] = ended = True
        return ended

    def _refused(self, feedback: _Feedback) -> bool:
        """Whether the prompt is blocked now: there are no candidates at all then."""
        said = isinstance(feedback.blockReason, str | int)
        return said and not self._finished and not self._blocked


def _choice(index: Any, place: int) -> int:
    return index if type(index) is int and index >= 0 else place


def _lenient(value: Any) -> _Chunk | None:
    """What the full parser makes of it: an error, nothing, or a chunk with some odd fields."""
    error = errors.reported(value)
    if error is not None:
        raise error
    if not isinstance(value, dict):
        return None
    listed, feedback = value.get("candidates"), value.get("promptFeedback")
    reason = feedback.get("blockReason") if isinstance(feedback, dict) else None
    candidates = [
        _Candidate(_choice(one.get("index"), place), one.get("finishReason"))
        for place, one in enumerate(listed if isinstance(listed, list) else ())
        if isinstance(one, dict)
    ]
    return _Chunk(
        candidates=candidates,
        usageMetadata=_only(dict, value.get("usageMetadata")),
        promptFeedback=_Feedback(reason),
        responseId=_only(str, value.get("responseId")),
        modelVersion=_only(str, value.get("modelVersion")),
    )


def _only(kind: type[T], value: Any) -> T | None:
    return value if isinstance(value, kind) else None

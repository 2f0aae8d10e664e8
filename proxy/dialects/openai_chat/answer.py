"""An answer of the Chat API, read into events: one object if whole, many if streamed."""

from __future__ import annotations

from itertools import count
from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.openai_chat import failures, sources, usage
from proxy.dialects.openai_chat.candidate import Candidate
from proxy.dialects.openai_chat.keeping import ORIGIN
from proxy.ir import Batch, Extra, Opaque, Start

_TOP = frozenset({"id", "object", "created", "model", "choices", "usage", "error"})
_HEAD = ("service_tier", "system_fingerprint")
# Random padding against traffic analysis (OpenAI, Mistral): it says nothing.
_PADDING = frozenset({"obfuscation", "p"})
_KNOWN = _TOP | _PADDING | frozenset(_HEAD)


class Answer:
    """Reads the objects of one answer in order; `end` gives what is left to say."""

    def __init__(self, *, whole: bool = False) -> None:
        self._whole = whole
        self._candidates: dict[int, Candidate] = {}
        self._numbers = count()
        self._name = ""
        self._held: Batch = []
        self._extras: JSON = {}
        self.started = False

    @property
    def chosen(self) -> bool:
        """Whether any candidate has begun."""
        return bool(self._candidates)

    @property
    def finished(self) -> bool:
        """Whether every candidate that began has told why it ended."""
        candidates = self._candidates.values()
        return bool(candidates) and all(candidate.raw for candidate in candidates)

    def read(self, body: JSON, out: Batch) -> None:
        """Adds to `out`. Raises GatewayError when the object reports an error."""
        choices = body.get("choices")
        if (choices is None or body.get("error")) and (error := failures.found(body)):
            raise error
        if not self.started:
            self._start(body, out)
        if not _KNOWN.issuperset(body):
            self._aside(body, out)
        if isinstance(choices, list):
            for place, choice in enumerate(choices):
                if type(choice) is dict:
                    index = choice.get("index")
                    known = self._candidates.get(index) if type(index) is int else None
                    (known or self._candidate(choice, place)).read(choice, out, self._whole)
        counts = body.get("usage")
        if not counts and "x_groq" in body:
            counts = _groq(body)
        if counts and isinstance(counts, dict):
            out.append(usage.read(counts))

    def end(self) -> Batch:
        """The answer is complete: closes what is open and gives the finishes."""
        out: Batch = []
        if not self._candidates:
            self._candidates[0] = Candidate(0, self._numbers, self._name)
        listed = sources.listed(self._extras) if self._extras else []
        for choice in sorted(self._candidates):
            self._candidates[choice].end(out, listed)
        return out

    def _start(self, body: JSON, out: Batch) -> None:
        id, model, created = body.get("id"), body.get("model"), body.get("created")
        if not (id or body.get("choices") or body.get("usage") or self._whole):
            # Azure tells of the prompt's filter before the answer has a name.
            return
        self.started = True
        head = {key: body[key] for key in _HEAD if body.get(key)}
        begun = start(id, model, created, Opaque(ORIGIN, head) if head else None)
        self._name = f"{begun.id}{begun.created}"
        out.append(begun)
        out += self._held

    def _candidate(self, choice: JSON, place: int) -> Candidate:
        index = choice.get("index")
        if type(index) is not int:
            index = place if self._whole else 0
        candidate = self._candidates.get(index)
        if candidate is None:
            candidate = self._candidates[index] = Candidate(index, self._numbers, self._name)
        return candidate

    def _aside(self, body: JSON, out: Batch) -> None:
        """Fields of the service's own. What it repeats in every chunk is told once."""
        for key, value in body.items():
            if key in _KNOWN or value is None:
                continue
            if self._extras.get(key) != value:
                self._extras[key] = value
                (out if self.started else self._held).append(Extra(Opaque(ORIGIN, {key: value})))


def start(id: Any, model: Any, created: Any, opaque: Opaque | None = None) -> Start:
    """The event of an answer that calls itself so, as far as it does."""
    name = id if isinstance(id, str) else ""
    return Start(name, model if isinstance(model, str) else "", _seconds(created), opaque)


def _seconds(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    # NaN and infinity fail the comparison.
    return int(value) if 0 <= value < 2**53 else 0


def _groq(body: JSON) -> Any:
    box = body.get("x_groq")
    return box.get("usage") if isinstance(box, dict) else None

"""An answer of the completions API, read into events: one object if whole, many if streamed."""

from __future__ import annotations

from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.openai_chat import failures, finish, usage
from proxy.dialects.openai_chat.answer import start
from proxy.dialects.openai_completions import logprobs
from proxy.dialects.openai_completions.keeping import ORIGIN
from proxy.ir import Batch, Close, Delta, Extra, Finish, Logprobs, Opaque, Open, Text

_HEAD = ("service_tier", "system_fingerprint")
_TOP = frozenset({"id", "object", "created", "model", "choices", "usage", "error", "obfuscation"})
_KNOWN = _TOP | frozenset(_HEAD)
_CHOICE = frozenset({"index", "text", "logprobs", "finish_reason", "error"})


class _Candidate:
    """A choice; its text is the one part of it."""

    def __init__(self) -> None:
        self.part: int | None = None
        self.raw = ""
        self.aside: JSON = {}


class Answer:
    """Reads the objects of one answer in order; `end` gives what is left to say."""

    def __init__(self) -> None:
        self.started = False
        self._candidates: dict[int, _Candidate] = {}
        self._parts = 0
        self._extras: JSON = {}

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
        if error := failures.found(body):
            raise error
        if not self.started:
            self.started = True
            head = {key: body[key] for key in _HEAD if body.get(key)}
            # Always there: it tells that the answer came in this dialect, and holds any echo.
            opaque = Opaque(ORIGIN, head)
            out.append(start(body.get("id"), body.get("model"), body.get("created"), opaque))
        for key, value in body.items():
            if key not in _KNOWN and value is not None and self._extras.get(key) != value:
                self._extras[key] = value
                out.append(Extra(Opaque(ORIGIN, {key: value})))
        choices = body.get("choices")
        for place, choice in enumerate(choices if isinstance(choices, list) else ()):
            if isinstance(choice, dict):
                self._choice(choice, place, out)
        counts = body.get("usage")
        if counts and isinstance(counts, dict):
            out.append(usage.read(counts))

    def _choice(self, choice: JSON, place: int, out: Batch) -> None:
        if error := failures.inside(choice):
            raise error
        index = choice.get("index")
        index = index if type(index) is int else place
        candidate = self._candidates.setdefault(index, _Candidate())
        said = choice.get("text")
        if isinstance(said, str) and said:
            self._say(candidate, index, said, out)
        if rated := logprobs.read(choice.get("logprobs")):
            out.append(Logprobs(rated, index))
        aside = {key: value for key, value in choice.items() if key not in _CHOICE}
        candidate.aside |= {key: value for key, value in aside.items() if value is not None}
        raw = choice.get("finish_reason")
        candidate.raw = raw if isinstance(raw, str) and raw else candidate.raw

    def _say(self, candidate: _Candidate, index: int, said: str, out: Batch) -> None:
        if candidate.part is None:
            candidate.part = self._parts
            self._parts += 1
            out.append(Open(candidate.part, Text(said), index))
        else:
            out.append(Delta(candidate.part, said))

    def end(self) -> Batch:
        """The answer is complete: closes what is open and gives the finishes."""
        out: Batch = []
        for index, candidate in sorted(self._candidates.items()):
            if candidate.part is not None:
                out.append(Close(candidate.part))
            reason = finish.read(candidate.raw, called=False, refused=False)
            aside = Opaque(ORIGIN, candidate.aside) if candidate.aside else None
            out.append(Finish(reason, candidate.raw, choice=index, opaque=aside))
        return out


def whole(body: Any) -> Batch:
    """Raises GatewayError for an error under HTTP 200, or for what is no answer."""
    answer = Answer()
    out: Batch = []
    if not isinstance(body, dict):
        raise failures.broken("The upstream's answer is no JSON object.")
    answer.read(body, out)
    if not answer.chosen:
        raise failures.broken("The upstream's answer holds no choices.")
    return out + answer.end()

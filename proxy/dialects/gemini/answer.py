"""An answer's chunks, in order → events. A whole answer is one chunk."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.gemini import enums, errors, usage, usual
from proxy.dialects.gemini.candidate import Candidate
from proxy.dialects.gemini.fields import GEMINI, PLAIN
from proxy.dialects.gemini.ids import Ids
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Batch, Extra, Finish, FinishReason, Opaque, Start

_MODELLED = frozenset(
    {"candidates", "usageMetadata", "modelVersion", "responseId", "createTime", "promptFeedback"}
)


class Answer:
    def __init__(self) -> None:
        self._begun = False
        self._blocked = False
        self._number = count().__next__
        self._ids = Ids()
        self._candidates: dict[int, Candidate] = {}
        self._speaker: Candidate | None = None
        self._usage: JSON | None = None
        self._known = False
        self._extra: JSON = {}

    def grow(self, chunk: usual.Chunk, events: Batch) -> bool:
        """Takes the chunk if it only brings more of the open text; else it must be fed whole."""
        said, speaker = chunk.candidates[0], self._speaker
        if speaker is None or speaker.choice != said.index:
            return False
        if not speaker.grow(said.content.parts[0], events):
            return False
        if chunk.usageMetadata is not None:
            self._count(chunk.usageMetadata, events, last=False)
        return True

    def feed(self, chunk: Any) -> Batch:
        """Raises GatewayError for an error under HTTP 200. What is no chunk is skipped."""
        if not isinstance(chunk, dict) or "error" in chunk:
            error = errors.reported(chunk)
            if error is not None:
                raise error
            if not isinstance(chunk, dict):
                return []
        events: Batch = []
        if not self._begun:
            self._begin(chunk, events)
        if not _MODELLED.issuperset(chunk):
            self._keep(chunk, events)
        ended = self._said(chunk.get("candidates"), events)
        feedback = chunk.get("promptFeedback")
        blocked = None if feedback is None else self._feedback(feedback, events)
        counted = chunk.get("usageMetadata")
        if counted is not None:
            self._count(counted, events, last=bool(ended or blocked))
        for candidate, wire in ended:
            candidate.finish(wire, events)
        if blocked is not None:
            events.append(blocked)
        return events

    def end(self, *, whole: bool = False) -> Batch:
        """Nothing more will come. Raises UPSTREAM_BROKEN for a stream without its finish."""
        left = [candidate for candidate in self._candidates.values() if not candidate.finished]
        if not self._blocked and (not self._candidates or (left and not whole)):
            raise broken_off()
        events: Batch = []
        for candidate in left:
            candidate.finish({}, events)
        return events

    def _begin(self, chunk: JSON, events: Batch) -> None:
        self._begun = True
        answer, model = _text(chunk, "responseId"), _text(chunk, "modelVersion")
        self._ids = Ids(answer)
        created, opaque = _text(chunk, "createTime"), PLAIN
        if created:
            opaque = Opaque(GEMINI, shape={"createTime": created})
        events.append(Start(answer, model.removeprefix("models/"), _seconds(created), opaque))

    def _said(self, wire: Any, events: Batch) -> list[tuple[Candidate, JSON]]:
        """Reads all candidates; returns those which this chunk finishes."""
        ended = []
        for place, one in enumerate(wire if isinstance(wire, list) else ()):
            if not isinstance(one, dict):
                continue
            # Vertex never says an index, the Gemini API not always.
            choice = one.get("index", place)
            choice = choice if type(choice) is int and choice >= 0 else place
            candidate = self._candidates.get(choice)
            if candidate is None:
                candidate = Candidate(choice, self._number, self._ids)
                self._candidates[choice] = candidate
            if not candidate.finished:
                self._speaker = candidate
                candidate.feed(one, events)
                if one.get("finishReason") is not None:
                    ended.append((candidate, one))
        return ended

    def _feedback(self, wire: Any, events: Batch) -> Finish | None:
        """A blocked prompt: no candidates at all."""
        if not isinstance(wire, dict) or self._blocked:
            return None
        opaque = Opaque(GEMINI, data={"promptFeedback": wire})
        reason = wire.get("blockReason")
        if not isinstance(reason, str | int) or self._candidates:
            events.append(Extra(opaque))
            return None
        self._blocked = True
        raw = enums.name(reason, enums.BLOCKS)
        message = _text(wire, "blockReasonMessage")
        return Finish(FinishReason.FILTERED, raw, message, opaque=opaque)

    def _count(self, wire: Any, events: Batch, *, last: bool) -> None:
        """What is known is never taken back: a last chunk may hold only `trafficType`."""
        if not isinstance(wire, dict) or wire == self._usage:
            return
        read = usage.parse(wire)
        if read.input is not None or (last and not self._known):
            self._usage, self._known = wire, read.input is not None
            events.append(read)

    def _keep(self, chunk: JSON, events: Batch) -> None:
        extra = {key: value for key, value in chunk.items() if key not in _MODELLED}
        if extra != self._extra:
            self._extra = extra
            events.append(Extra(Opaque(GEMINI, data=extra)))


def broken_off() -> GatewayError:
    return GatewayError(
        ErrorKind.UPSTREAM_BROKEN, "The upstream's answer broke off before its end."
    )


def _text(wire: JSON, field: str) -> str:
    value = wire.get(field)
    return value if isinstance(value, str) else ""


def _seconds(created: str) -> int:
    if not created:
        return 0
    try:
        said = datetime.fromisoformat(created)
        return int((said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return 0

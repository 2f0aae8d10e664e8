"""An answer of the Responses API, read into events: one object if whole, many if streamed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.openai_responses import failures, finish, usage
from proxy.dialects.openai_responses.keeping import ORIGIN
from proxy.dialects.openai_responses.telling import Telling
from proxy.ir import Batch, Delta, Extra, Finish, Opaque, Start

ENDS = frozenset({"response.completed", "response.incomplete"})
FAILURES = frozenset({"response.failed", "response.cancelled"})

# What tells something of the answer that the IR has no place for.
_ASIDE = ("moderation", "content_filters")


class Answer:
    """Reads the events of one answer in order."""

    def __init__(self) -> None:
        self.telling = Telling()
        self.started = False
        self.ended = False

    def read(self, body: JSON, out: Batch) -> None:
        """One event. Those of unknown types say nothing. Raises GatewayError for a failure."""
        kind = body.get("type")
        if kind is not None and not isinstance(kind, str):
            return
        if kind == "error" or kind in FAILURES:
            raise failures.named(_box(body, "response") or body)
        handler = _HANDLERS.get(kind or "")
        if handler is not None:
            # Some services do not say that an answer begins.
            self.start({}, out)
            handler(self, body, out)
        elif kind in ENDS:
            self.end(_box(body, "response"), out)
        elif kind in ("response.created", "response.in_progress", "response.queued"):
            self.start(_box(body, "response"), out)
        elif kind is None and (error := failures.found(body)):
            raise error

    def start(self, response: JSON, out: Batch) -> None:
        if self.started:
            return
        self.started = True
        out.append(start(response.get("id"), response.get("model"), response.get("created_at")))

    def end(self, response: JSON, out: Batch) -> None:
        """The answer is complete; `response` is all of it, or as much as the service repeats."""
        self.start(response, out)
        items = response.get("output")
        for place, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict):
                self.telling.done(place, item, out)
        telling = self.telling
        telling.end(out)
        if counts := _box(response, "usage"):
            out.append(usage.read(counts))
        if aside := {name: response[name] for name in _ASIDE if response.get(name)}:
            out.append(Extra(Opaque(ORIGIN, aside)))
        reason, raw = finish.read(response, called=telling.called, refused=telling.refused)
        out.append(Finish(reason, raw))
        self.ended = True

    def _added(self, body: JSON, out: Batch) -> None:
        if item := _box(body, "item"):
            self.telling.added(place(body), item, out)

    def _done(self, body: JSON, out: Batch) -> None:
        if item := _box(body, "item"):
            self.telling.done(place(body), item, out)

    def _part(self, body: JSON, out: Batch) -> None:
        kind = _box(body, "part").get("type")
        if kind in ("output_text", "text", "refusal"):
            refusal = kind == "refusal"
            self.telling.text(place(body), _number(body, "content_index"), refusal=refusal, out=out)

    def _part_done(self, body: JSON, out: Batch) -> None:
        self.telling.settle(place(body), _number(body, "content_index"), _box(body, "part"), out)

    def _text(self, body: JSON, out: Batch) -> None:
        self._say(body, out, refusal=False)

    def _refusal(self, body: JSON, out: Batch) -> None:
        self._say(body, out, refusal=True)

    def _say(self, body: JSON, out: Batch, *, refusal: bool) -> None:
        text, content = _text(body), _number(body, "content_index")
        told = self.telling.text(place(body), content, refusal=refusal, out=out) if text else None
        if told is not None:
            told.pieces.append(text)
            out.append(Delta(told.index, text))
        if body.get("logprobs"):
            self.telling.rated(place(body), content, body["logprobs"], out)

    def _think(self, body: JSON, out: Batch) -> None:
        at = ("summary", _number(body, "summary_index"))
        self.telling.more(place(body), _text(body), at, out)

    def _reason(self, body: JSON, out: Batch) -> None:
        at = ("content", _number(body, "content_index"))
        self.telling.more(place(body), _text(body), at, out)

    def _argue(self, body: JSON, out: Batch) -> None:
        self.telling.more(place(body), _text(body), None, out)


_Handler = Callable[[Answer, JSON, Batch], None]
_HANDLERS: dict[str, _Handler] = {
    "response.output_item.added": Answer._added,
    "response.output_item.done": Answer._done,
    "response.content_part.added": Answer._part,
    "response.content_part.done": Answer._part_done,
    "response.output_text.delta": Answer._text,
    "response.refusal.delta": Answer._refusal,
    "response.reasoning_summary_text.delta": Answer._think,
    "response.reasoning_text.delta": Answer._reason,
    "response.function_call_arguments.delta": Answer._argue,
    "response.custom_tool_call_input.delta": Answer._argue,
    "response.code_interpreter_call_code.delta": Answer._argue,
}


def start(id: Any, model: Any, created: Any) -> Start:
    """The first event, of fields that may be anything."""
    return Start(
        id if isinstance(id, str) else "",
        model if isinstance(model, str) else "",
        _seconds(created),
    )


def _seconds(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    # NaN and infinity fail the comparison.
    return int(value) if 0 <= value < 2**53 else 0


def place(body: JSON) -> int:
    return _number(body, "output_index")


def _number(body: JSON, key: str) -> int:
    value = body.get(key)
    return value if type(value) is int else 0


def _box(body: JSON, key: str) -> JSON:
    value = body.get(key)
    return value if isinstance(value, dict) else {}


def _text(body: JSON) -> str:
    value = body.get("delta")
    return value if isinstance(value, str) else ""

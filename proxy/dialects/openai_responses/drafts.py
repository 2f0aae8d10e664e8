"""Output items that are being written, each with the events that tell it (as recorded).

A draft begins with `output_item.added` and ends with `output_item.done`, whose item is also an
item of the whole answer: `item` once it has ended.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import NamedTuple

from proxy.dialects.base import JSON
from proxy.dialects.openai_responses import sources
from proxy.dialects.openai_responses.finish import COMPLETED
from proxy.dialects.openai_responses.pen import Pen
from proxy.ir import TokenLogprob

_RUNNING = "in_progress"


class Place(NamedTuple):
    """Where an item goes: `number` is its index in `output`, `stem` what its id ends with."""

    pen: Pen
    number: int
    stem: str


class Draft(ABC):
    def __init__(self, place: Place, prefix: str, id: str = "") -> None:
        self.id = id or f"{prefix}_{place.stem}{place.number:04}"
        self.item: JSON = {}
        self._pen = place.pen
        self._at: JSON = {"item_id": self.id, "output_index": place.number}
        self._number = place.number

    @abstractmethod
    def more(self, text: str) -> None:
        """A piece of what the item says."""

    @abstractmethod
    def end(self, status: str = COMPLETED) -> None:
        """Everything has been said."""

    def _add(self, item: JSON) -> None:
        fields = {"output_index": self._number, "item": item}
        self._pen.say("response.output_item.added", fields)

    def _done(self, item: JSON) -> None:
        self.item = item
        fields = {"output_index": self._number, "item": item}
        self._pen.say("response.output_item.done", fields)

    def _say(self, kind: str, **fields: object) -> None:
        self._pen.say(f"response.{kind}", self._at | fields)


class Message(Draft):
    """A message of one or more texts and refusals."""

    def __init__(self, place: Place, id: str, phase: str) -> None:
        super().__init__(place, "msg", id)
        self._phase: JSON = {"phase": phase} if phase else {}
        self._content: list[JSON] = []
        self._kind = ""
        self._base = 0
        self._said: list[str] = []
        self._notes: list[JSON] = []
        self._tokens: list[JSON] = []
        self._head = b""
        self._add(self._whole(_RUNNING))

    @property
    def base(self) -> int:
        """Where the open part begins in the visible text of the answer."""
        return self._base

    @property
    def quotable(self) -> bool:
        """Whether the open part is a text: a refusal has no sources and no probabilities."""
        return self._kind == "output_text"

    @property
    def length(self) -> int:
        return sum(map(len, self._said))

    def part(self, kind: str, base: int) -> None:
        """A text (`output_text`) or refusal begins."""
        self._close()
        self._kind, self._base = kind, base
        self._at["content_index"] = len(self._content)
        self._say("content_part.added", part=self._part("", [], []))
        fields = self._at if kind == "refusal" else {**self._at, "logprobs": []}
        self._head = self._pen.head(f"response.{kind}.delta", fields, "delta")

    def more(self, text: str) -> None:
        self._said.append(text)
        self._pen.delta(self._head, text)

    def rate(self, tokens: Iterable[TokenLogprob]) -> None:
        """Log probabilities of what was said before them."""
        written = sources.written(tokens)
        self._tokens += written
        self._say("output_text.delta", delta="", logprobs=written)

    def note(self, annotation: JSON) -> None:
        self._notes.append(annotation)
        number = len(self._notes) - 1
        self._say("output_text.annotation.added", annotation_index=number, annotation=annotation)

    def end(self, status: str = COMPLETED) -> None:
        self._close()
        self._done(self._whole(status))

    def _whole(self, status: str) -> JSON:
        head = {"id": self.id, "type": "message", "status": status}
        return {**head, "content": self._content, "role": "assistant", **self._phase}

    def _part(self, text: str, notes: list[JSON], tokens: list[JSON]) -> JSON:
        if self._kind == "refusal":
            return {"type": "refusal", "refusal": text}
        return {"type": "output_text", "annotations": notes, "logprobs": tokens, "text": text}

    def _close(self) -> None:
        if not self._kind:
            return
        text = "".join(self._said)
        part = self._part(text, self._notes, self._tokens)
        if self._kind == "refusal":
            self._say("refusal.done", refusal=text)
        else:
            self._say("output_text.done", text=text, logprobs=self._tokens)
        self._say("content_part.done", part=part)
        self._content.append(part)
        self._kind, self._said, self._notes, self._tokens = "", [], [], []


class Thought(Draft):
    """A reasoning item with at most one piece of summary."""

    def __init__(self, place: Place, id: str) -> None:
        super().__init__(place, "rs", id)
        self.proof: str | None = None
        self._said: list[str] = []
        self._at["summary_index"] = 0
        fields = self._at
        self._head = self._pen.head("response.reasoning_summary_text.delta", fields, "delta")
        self._add({"id": self.id, "type": "reasoning", "summary": []})

    def more(self, text: str) -> None:
        if not text:
            return
        if not self._said:
            self._say("reasoning_summary_part.added", part=_summary(""))
        self._said.append(text)
        self._pen.delta(self._head, text)

    def end(self, status: str = COMPLETED) -> None:
        text = "".join(self._said)
        summary = [_summary(text)] if self._said else []
        if summary:
            self._say("reasoning_summary_text.done", text=text)
            self._say("reasoning_summary_part.done", part=summary[0])
        item: JSON = {"id": self.id, "type": "reasoning", "summary": summary}
        self._done(item if self.proof is None else {**item, "encrypted_content": self.proof})


def _summary(text: str) -> JSON:
    return {"type": "summary_text", "text": text}


class Ran(Draft):
    """Code that the upstream ran, and what it printed."""

    def __init__(self, place: Place, id: str) -> None:
        super().__init__(place, "ci", id if id.startswith("ci_") else "")
        self.logs: list[str] | None = None
        self.failed = False
        self._container = f"cntr_{place.stem}"
        self._said: list[str] = []
        fields = self._at
        self._head = self._pen.head("response.code_interpreter_call_code.delta", fields, "delta")
        self._add(self._whole(_RUNNING))
        self._say("code_interpreter_call.in_progress")

    def more(self, text: str) -> None:
        self._said.append(text)
        self._pen.delta(self._head, text)

    def end(self, status: str = COMPLETED) -> None:
        self._say("code_interpreter_call_code.done", code="".join(self._said))
        self._say("code_interpreter_call.interpreting")
        self._say("code_interpreter_call.completed")
        self._done(self._whole("failed" if self.failed else status))

    def _whole(self, status: str) -> JSON:
        printed = [{"type": "logs", "logs": "".join(self.logs)}] if self.logs is not None else []
        head = {"id": self.id, "type": "code_interpreter_call", "status": status}
        code = "".join(self._said)
        return {**head, "code": code, "container_id": self._container, "outputs": printed}


class Drawn(Draft):
    """A picture, which comes whole."""

    def __init__(self, place: Place, data: str, format: str) -> None:
        super().__init__(place, "ig")
        self._data, self._format = data, format
        head = {"id": self.id, "type": "image_generation_call", "status": _RUNNING}
        self._add({**head, "result": None})
        self._say("image_generation_call.in_progress")
        self._say("image_generation_call.generating")

    def more(self, text: str) -> None:
        """A picture has no pieces."""

    def end(self, status: str = COMPLETED) -> None:
        self._say("image_generation_call.completed")
        head = {"id": self.id, "type": "image_generation_call", "status": COMPLETED}
        self._done({**head, "output_format": self._format, "result": self._data})


class Verbatim(Draft):
    """An item of this dialect that the IR does not model."""

    def __init__(self, place: Place, item: JSON) -> None:
        super().__init__(place, "item")
        self._kept = item
        self._add(item)

    def more(self, text: str) -> None:
        """It is told as a whole."""

    def end(self, status: str = COMPLETED) -> None:
        self._done(self._kept)

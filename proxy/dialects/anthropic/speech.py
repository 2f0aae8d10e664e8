"""An answer of any dialect, as the events of Anthropic's stream (JSON objects, not yet bytes).

One block is open at a time. Parts that arrive interleaved wait for the open one to end. What
Anthropic has no block for is shown as well as it goes:

- code that the upstream ran, and its output: text with a fenced block (`dialects/fences.py`);
- a picture: an `image` block, as Anthropic takes it in a request, so that a client which sends the
  answer back gets it edited. Anthropic itself sends no pictures; audio and video are losses;
- a signature of another maker: beside its block (`dialects/seals.py`). One that comes after the
  last words is a loss: clients such as Claude Code take the last block for the answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import assert_never

from proxy.dialects.anthropic import media
from proxy.dialects.anthropic.fields import ORIGIN, mine
from proxy.dialects.anthropic.shown import Call, Fence, Picture, Shown, Spoken, Thought, Verbatim
from proxy.dialects.base import JSON, Loss
from proxy.dialects.losses import block_name
from proxy.dialects.seals import Place
from proxy.ir import (
    Close,
    Code,
    CodeResult,
    Delta,
    Event,
    Foreign,
    Media,
    Opaque,
    Open,
    Refusal,
    Signature,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)

PartEvent = Open | Delta | Close


class Speech:
    """Writes the blocks. `answer` names the answer, for ids of calls that have none."""

    def __init__(self, losses: list[Loss]) -> None:
        self.called = False
        self.answer = ""
        self.native = False
        self._losses = losses
        self._numbers = count()
        self._calls = count()
        self._block: Shown | None = None
        self._current: int | None = None
        self._waiting: dict[int, list[PartEvent]] = {}
        self._proofs: dict[int, Signature] = {}
        self._owed: tuple[tuple[Place, Signature], ...] = ()

    @property
    def flowing(self) -> tuple[int, str, int] | None:
        """The part whose deltas need no look: its index, their kind, the block's number."""
        block = self._block
        if block is None or self._current is None or not block.kind:
            return None
        return self._current, block.kind, block.number

    def expect(self, events: Iterable[Event]) -> None:
        """Events that `take` will be given: with what signatures their parts will end."""
        for event in events:
            if type(event) is Close and event.signature is not None:
                self._proofs[event.index] = event.signature

    def take(self, event: PartEvent) -> list[JSON]:
        if self._current is not None and event.index != self._current:
            self.expect((event,))
            self._waiting.setdefault(event.index, []).append(event)
            return []
        out: list[JSON] = []
        match event:
            case Open():
                self._open(event, out)
            case Delta():
                if self._block is not None:
                    self._block.more(event.text, out)
            case Close():
                self._close(event, out)
        return out

    def end(self) -> list[JSON]:
        """Closes what is still open."""
        out: list[JSON] = []
        while self._current is not None:
            out += self.take(Close(self._current))
        if self._owed:
            # Google recommends to send the signature of a text back, but does not demand it.
            self._lose("signature")
        return out

    def _open(self, event: Open, out: list[JSON]) -> None:
        if event.choice:
            self._lose("choices")
            return
        self._current = event.index
        block = self._block = self._shown(event)
        if block is None:
            return
        block.owed, self._owed = self._owed, ()
        self._lost(getattr(event.part, "opaque", None))
        proof = None if isinstance(event.part, Refusal | ToolResult) else event.part.signature
        block.open(proof or self._proofs.get(event.index), out)

    def _shown(self, event: Open) -> Shown | None:
        part, number = event.part, self._numbers
        match part:
            case Text() | Refusal():
                return Spoken(number, part.text)
            case Thinking():
                return Thought(number, part.text, native=self.native)
            case ToolCall():
                self.called = True
                return Call(number, part, f"{self.answer}", next(self._calls))
            case Code() | CodeResult():
                return Fence(number, part)
            case Media() if media.says(part) == "image":
                return Picture(number, part)
            case Media():
                self._lose(media.says(part))
            case Foreign() if mine(part.opaque):
                return Verbatim(number, dict(part.opaque.data))
            case Foreign():
                self._lose(block_name(part.opaque))
            case ToolResult():
                self._lose("tool_result")
            case other:
                assert_never(other)
        return None

    def _close(self, event: Close, out: list[JSON]) -> None:
        block, self._block, self._current = self._block, None, None
        self._proofs.pop(event.index, None)
        self._lost(event.opaque)
        if block is not None:
            own = mine(event.opaque)
            block.close(event.signature, own.shape.get("citations", ()) if own else (), out)
            self._owed = block.owed
            self._losses += [loss for loss in block.losses if loss not in self._losses]
        while self._waiting and self._current is None:
            index = next(iter(self._waiting))
            said = self._waiting.pop(index)
            for waited in said:
                out += self.take(waited)

    def _lost(self, opaque: Opaque | None) -> None:
        if opaque is not None and opaque.origin is not ORIGIN:
            for field in opaque.data:
                self._lose(field)

    def _lose(self, field: str) -> None:
        if (loss := Loss(field)) not in self._losses:
            self._losses.append(loss)

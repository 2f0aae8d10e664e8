"""What each event of an answer adds to the text of its choice.

Text is all that a completion has, and a refusal is text like any other. Calls and pictures are
named in the losses; thoughts, too, although hardly a caller of this dialect misses them, so that
the operator sees that there were some. Code that the upstream ran is shown as fenced blocks, as in
Chat.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from proxy.dialects import fences
from proxy.dialects.base import Loss
from proxy.dialects.losses import block_name, explained
from proxy.dialects.openai_chat import finish
from proxy.dialects.openai_completions import keeping, prompt
from proxy.ir import (
    Cite,
    Close,
    Code,
    CodeResult,
    Delta,
    Event,
    Extra,
    Finish,
    Foreign,
    Logprobs,
    Opaque,
    Open,
    Part,
    Refusal,
    Request,
    Start,
    Text,
    Thinking,
    TokenLogprob,
    ToolCall,
)


class Told(NamedTuple):
    """`finish` is the wire's word, "" while the choice goes on; `opaque` is what came with it."""

    choice: int
    text: str = ""
    rated: tuple[TokenLogprob, ...] = ()
    finish: str = ""
    opaque: Opaque | None = None


class Telling:
    def __init__(self, request: Request) -> None:
        self.losses: list[Loss] = []
        echoed = keeping.shape(request.opaque).get("echo")
        self._before = prompt.said(request.turns) if echoed else ""
        self._begun: set[int] = set()
        self._refused: set[int] = set()
        self._shown: dict[int, int] = {}
        self._code: dict[int, tuple[int, Code | CodeResult, list[str]]] = {}

    def take(self, event: Event) -> Iterator[Told]:
        match event:
            case Delta():
                if (choice := self._shown.get(event.index)) is not None:
                    yield Told(choice, event.text)
                elif event.index in self._code:
                    self._code[event.index][2].append(event.text)
            case Open():
                yield from self._begin(event.choice)
                yield from self._open(event)
            case Close():
                yield from self._close(event)
            case Logprobs():
                yield from self._begin(event.choice)
                yield Told(event.choice, rated=event.tokens)
            case Finish():
                yield from self._begin(event.choice)
                yield self._finish(event)
            case _:
                self._aside(event)

    def _begin(self, choice: int) -> Iterator[Told]:
        if choice not in self._begun:
            self._begun.add(choice)
            if self._before:
                yield Told(choice, self._before)

    def _open(self, event: Open) -> Iterator[Told]:
        part = event.part
        if not isinstance(part, Foreign):
            self._lose(part.opaque)
        if getattr(part, "signature", None) is not None:
            self._drop("signature")
        match part:
            case Text() | Refusal():
                self._shown[event.index] = event.choice
                if isinstance(part, Refusal):
                    self._refused.add(event.choice)
                    self._drop("refusal")
                if part.text:
                    yield Told(event.choice, part.text)
            case Code() | CodeResult():
                self._code[event.index] = (event.choice, part, [])
            case _:
                self._drop(_name(part))

    def _close(self, event: Close) -> Iterator[Told]:
        if event.signature is not None:
            self._drop("signature")
        self._lose(event.opaque)
        self._shown.pop(event.index, None)
        if (held := self._code.pop(event.index, None)) is not None:
            choice, part, more = held
            yield Told(choice, fences.block(part, "".join(more)))

    def _finish(self, event: Finish) -> Told:
        self._lose(event.opaque)
        if explained(event):
            self._drop("finish_message")
        refused = event.choice in self._refused
        word = finish.write(event.reason, called=False, refused=refused)
        return Told(event.choice, finish=word, opaque=event.opaque)

    def _aside(self, event: Event) -> None:
        if isinstance(event, Cite) and event.citations:
            self._drop("citations")
        elif isinstance(event, Start | Extra):
            self._lose(event.opaque)
            if keeping.native(event.opaque):
                # The upstream has repeated the prompt itself.
                self._before = ""

    def _lose(self, opaque: Opaque | None) -> None:
        if opaque is not None and not keeping.native(opaque):
            for field in opaque.data:
                self._drop(field)

    def _drop(self, field: str) -> None:
        if (loss := Loss(field)) not in self.losses:
            self.losses.append(loss)


def _name(part: Part) -> str:
    match part:
        case Thinking():
            return "thinking"
        case ToolCall():
            return "tool_call"
        case Foreign():
            return block_name(part.opaque)
        case _:
            return "media"

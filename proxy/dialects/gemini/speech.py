"""What candidates are saying while their chunk is being written, and parts that are still open."""

from __future__ import annotations

from msgspec.structs import replace

from proxy.dialects.base import JSON
from proxy.dialects.gemini.fields import mine
from proxy.ir import Code, CodeResult, Open, Part, Refusal, Text, Thinking, TokenLogprob, ToolCall


class Said:
    """What one candidate says in one chunk; `tail` is the part that its last text belongs to."""

    __slots__ = ("_flow", "more", "parts", "tail", "tokens")

    def __init__(self) -> None:
        self.parts: list[JSON] = []
        self.tail = -1
        self.tokens: list[TokenLogprob] = []
        self.more: JSON = {}
        self._flow: list[str] = []

    def add(self, part: JSON, tail: int = -1) -> None:
        self.settle()
        self.parts.append(part)
        self.tail = tail

    def say(self, text: str) -> None:
        """More of the last part."""
        self._flow.append(text)

    def settle(self) -> None:
        """Writes the text that has flowed: pieces are joined once, not one by one."""
        if self._flow:
            self.parts[-1]["text"] += "".join(self._flow)
            self._flow = []


class Opened:
    """An open part. `flows`: its text is written as it comes."""

    __slots__ = ("choice", "flows", "part", "pieces")

    def __init__(self, opened: Open) -> None:
        self.part = part = opened.part
        self.choice = opened.choice
        own = mine(part.opaque)
        self.flows = type(part) in _FLOWING and (own is None or not own.data)
        self.pieces: list[str] = []

    def told(self) -> Part:
        """The part with everything that its deltas brought."""
        more = "".join(self.pieces)
        match self.part:
            case part if not more:
                return part
            case Text(text=text) | Thinking(text=text) as part:
                return replace(part, text=text + more)
            case ToolCall(arguments=text) as part:
                return replace(part, arguments=text + more)
            case Code(code=text) as part:
                return replace(part, code=text + more)
            case CodeResult(output=text) as part:
                return replace(part, output=text + more)
            case other:
                return other


_FLOWING = frozenset({Text, Thinking, Refusal})

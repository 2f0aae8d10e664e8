"""The blocks that an answer consists of, each writing its own start, deltas and stop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from proxy.dialects import fences, jsontext
from proxy.dialects.anthropic import media
from proxy.dialects.anthropic.fields import ORIGIN, mine
from proxy.dialects.anthropic.ids import minted
from proxy.dialects.base import JSON, Loss
from proxy.dialects.seals import Place, seal
from proxy.ir import Code, CodeResult, Media, Signature, ToolCall

_SPLIT = frozenset({"server_tool_use", "mcp_tool_use"})


class Shown:
    """`kind` names the deltas that go out as they come; "" while there are none."""

    kind = ""
    number = -1
    owed: tuple[tuple[Place, Signature], ...] = ()
    """Signatures of what came before, which need a block behind them: clients such as Claude Code
    take the last block for the answer, so an answer must not end with one of these."""

    def __init__(self, numbers: Iterator[int]) -> None:
        self.losses: tuple[Loss, ...] = ()
        self._numbers = numbers

    def open(self, proof: Signature | None, out: list[JSON]) -> None:
        """`proof` is the part's signature, if it is known by now."""
        raise NotImplementedError

    def more(self, text: str, out: list[JSON]) -> None:
        """More of the part's text."""

    def close(self, proof: Signature | None, cited: Sequence[Any], out: list[JSON]) -> None:
        self._stop(out)

    def _start(self, block: JSON, out: list[JSON]) -> None:
        owed, self.owed = self.owed, ()
        for place, proof in owed:
            self._carry(place, proof, out)
        self.number = next(self._numbers)
        event = {"type": "content_block_start", "index": self.number, "content_block": block}
        out.append(event)

    def _delta(self, kind: str, field: str, value: Any, out: list[JSON]) -> None:
        delta = {"type": kind, field: value}
        out.append({"type": "content_block_delta", "index": self.number, "delta": delta})

    def _stop(self, out: list[JSON]) -> None:
        out.append({"type": "content_block_stop", "index": self.number})

    def _carry(self, place: Place, proof: Signature | None, out: list[JSON]) -> None:
        """An empty thinking block for the signature of the block beside it."""
        if proof is None or proof.origin is ORIGIN:
            return
        kept = self.number
        self._start({"type": "thinking", "thinking": "", "signature": ""}, out)
        self._delta("signature_delta", "signature", seal(place, proof), out)
        self._stop(out)
        self.number = kept


class Spoken(Shown):
    """Text. It begins with its first character: Anthropic refuses empty blocks sent back."""

    def __init__(self, numbers: Iterator[int], text: str) -> None:
        super().__init__(numbers)
        self._text = text
        self._known: Signature | None = None

    def open(self, proof: Signature | None, out: list[JSON]) -> None:
        self._known = proof
        if self._text:
            self.more(self._text, out)

    def more(self, text: str, out: list[JSON]) -> None:
        if not text:
            return
        if not self.kind:
            self._carry(Place.NEXT, self._known, out)
            self._start({"type": "text", "text": ""}, out)
            self.kind = "text_delta"
        self._delta("text_delta", "text", text, out)

    def close(self, proof: Signature | None, cited: Sequence[Any], out: list[JSON]) -> None:
        if not self.kind:
            self._owe(Place.TEXT, proof or self._known)
            return
        for citation in cited:
            self._delta("citations_delta", "citation", citation, out)
        self._stop(out)
        if self._known is None:
            self._owe(Place.LAST, proof)

    def _owe(self, place: Place, proof: Signature | None) -> None:
        if proof is not None and proof.origin is not ORIGIN:
            self.owed = (*self.owed, (place, proof))


class Thought(Shown):
    """Thinking. That of other makers is marked as theirs, since Anthropic would refuse it."""

    def __init__(self, numbers: Iterator[int], text: str, *, native: bool) -> None:
        super().__init__(numbers)
        self._text = text
        self._native = native

    def open(self, proof: Signature | None, out: list[JSON]) -> None:
        if self._text or self._native:
            self._begin(out)
        if self._text:
            self.more(self._text, out)

    def _begin(self, out: list[JSON]) -> None:
        self._start({"type": "thinking", "thinking": "", "signature": ""}, out)
        self.kind = "thinking_delta"

    def more(self, text: str, out: list[JSON]) -> None:
        if not text:
            return
        if not self.kind:
            self._begin(out)
        self._delta("thinking_delta", "thinking", text, out)

    def close(self, proof: Signature | None, cited: Sequence[Any], out: list[JSON]) -> None:
        if not self.kind:
            if proof is None:
                return
            self._begin(out)
        own = proof is not None and proof.origin is ORIGIN
        if own and proof is not None:
            self._delta("signature_delta", "signature", proof.value, out)
        elif not self._native:
            self._delta("signature_delta", "signature", seal(Place.SELF, proof), out)
        self._stop(out)


class Call(Shown):
    """`answer` and `place` make an id for a call that has none."""

    def __init__(self, numbers: Iterator[int], part: ToolCall, answer: str, place: int) -> None:
        super().__init__(numbers)
        self._part = part
        self._id = part.id or minted(answer, place)
        self._known: Signature | None = None
        self._free: list[str] = []

    def open(self, proof: Signature | None, out: list[JSON]) -> None:
        self._known = proof
        self._carry(Place.NEXT, proof, out)
        own = mine(self._part.opaque)
        rest = {**own.data, **own.shape} if own else {}
        block = {"type": "tool_use", "id": self._id, "name": self._part.name, "input": {}}
        self._start({**block, **rest}, out)
        # Anthropic begins with an empty delta, always (as recorded).
        self._delta("input_json_delta", "partial_json", "", out)
        if not self._part.custom:
            self.kind = "input_json_delta"
        if self._part.arguments:
            self.more(self._part.arguments, out)

    def more(self, text: str, out: list[JSON]) -> None:
        if self._part.custom:
            self._free.append(text)
        elif text:
            self._delta("input_json_delta", "partial_json", text, out)

    def close(self, proof: Signature | None, cited: Sequence[Any], out: list[JSON]) -> None:
        if self._part.custom:
            text = jsontext.encoded({"input": "".join(self._free)})
            self._delta("input_json_delta", "partial_json", text, out)
        self._stop(out)
        if self._known is None:
            self._carry(Place.LAST, proof, out)


class Fence(Shown):
    """Code, or what it printed. A fence fits its text, so it is written at the end."""

    def __init__(self, numbers: Iterator[int], part: Code | CodeResult) -> None:
        super().__init__(numbers)
        self._part = part
        self._more: list[str] = []

    def open(self, proof: Signature | None, out: list[JSON]) -> None:
        self._known = proof

    def more(self, text: str, out: list[JSON]) -> None:
        self._more.append(text)

    def close(self, proof: Signature | None, cited: Sequence[Any], out: list[JSON]) -> None:
        self._start({"type": "text", "text": ""}, out)
        block = fences.block(self._part, "".join(self._more))
        self._delta("text_delta", "text", block, out)
        self._stop(out)
        if proof is not None or self._known is not None:
            # Signed code that comes back as text proves nothing.
            self.losses = (Loss("signature"),)


class Picture(Shown):
    def __init__(self, numbers: Iterator[int], part: Media) -> None:
        super().__init__(numbers)
        self._part = part

    def open(self, proof: Signature | None, out: list[JSON]) -> None:
        self._carry(Place.NEXT, proof, out)
        self._known = proof
        self._start(media.shown(self._part), out)

    def close(self, proof: Signature | None, cited: Sequence[Any], out: list[JSON]) -> None:
        self._stop(out)
        if self._known is None:
            self._carry(Place.LAST, proof, out)


class Verbatim(Shown):
    """A block of Anthropic's own; the input of its server tools is streamed, as it is there."""

    def __init__(self, numbers: Iterator[int], block: JSON) -> None:
        super().__init__(numbers)
        self._block = block

    def open(self, proof: Signature | None, out: list[JSON]) -> None:
        block = self._block
        if str(block.get("type")) not in _SPLIT or "input" not in block:
            self._start(block, out)
            return
        self._start({**block, "input": {}}, out)
        self._delta("input_json_delta", "partial_json", "", out)
        if block["input"] != {}:
            text = msgspec.json.encode(block["input"]).decode()
            self._delta("input_json_delta", "partial_json", text, out)

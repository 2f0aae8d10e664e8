"""Turns → `system` and `messages`.

What came from Anthropic is written as it came. Turns of other dialects are fitted to its rules:

- roles alternate, so neighbours of one role are one message;
- system text goes into `system`, wherever it was said;
- the results of a turn's calls come first in the user message after it, in the calls' order;
- a model's own pictures have no place.
"""

from __future__ import annotations

from collections.abc import Sequence

from proxy.dialects.anthropic import media
from proxy.dialects.anthropic.fields import Writer, mine
from proxy.dialects.anthropic.ids import Ids
from proxy.dialects.anthropic.messages import INSIDE, NAMES
from proxy.dialects.anthropic.parts import Render
from proxy.dialects.base import JSON, Loss
from proxy.ir import Media, Part, Role, Turn


class _Message:
    """`turn` is set for one that came in this dialect: it stays as it was."""

    def __init__(
        self, role: Role, blocks: list[JSON], where: str, turn: Turn | None = None
    ) -> None:
        self.role = role
        self.where = where
        self.blocks = blocks
        self.turn = turn


class Dialogue:
    """Writes the turns of one request; collects what it cannot say in `losses`."""

    def __init__(self, turns: Sequence[Turn], losses: list[Loss]) -> None:
        self._turns = turns
        self._losses = losses
        self._render = Render(Ids(turns), losses)
        self._messages: list[_Message] = []
        self._system: list[JSON] | None = None
        self._calls: dict[str, int] = {}

    def render(self) -> tuple[list[JSON] | None, list[JSON]]:
        """The content of `system`, None for none, and the messages.

        Raises INVALID_REQUEST for media that Anthropic cannot read.
        """
        for at, turn in enumerate(self._turns):
            self._turn(turn, f"turns[{at}]")
        messages = [self._write(message) for message in self._messages]
        if messages or not self._system:
            return self._system, messages
        # Anthropic refuses a request without messages.
        self._losses.append(Loss("system role", "turns[0]"))
        return None, [{"role": "user", "content": self._system}]

    def _turn(self, turn: Turn, where: str) -> None:
        own = mine(turn.opaque)
        inside = own is not None and own.shape.get("place") == INSIDE
        if turn.role is Role.SYSTEM and not inside:
            self._hoist(turn, where)
        elif inside:
            blocks = self._render.all(turn.parts, where)
            if blocks or not turn.parts:
                self._messages.append(_Message(turn.role, blocks, where, turn))
        else:
            self._add(turn, where)

    def _hoist(self, turn: Turn, where: str) -> None:
        if self._messages:
            self._losses.append(Loss("system order", where))
        said: list[Part] = []
        for part in turn.parts:
            if isinstance(part, Media):
                self._losses.append(Loss(media.says(part), where))
            else:
                said.append(part)
        blocks = self._render.all(said, where)
        if self._system is not None:
            self._system += blocks
        elif blocks or mine(turn.opaque):
            self._system = blocks

    def _add(self, turn: Turn, where: str) -> None:
        said: list[Part] = []
        for part in turn.parts:
            if isinstance(part, Media) and turn.role is Role.MODEL:
                self._losses.append(Loss(media.says(part), where))
            else:
                said.append(part)
        blocks = self._render.all(said, where)
        last = self._messages[-1] if self._messages else None
        if not blocks:
            return
        if last is not None and last.role is turn.role and last.turn is None:
            last.blocks += blocks
        else:
            self._messages.append(_Message(turn.role, blocks, where))

    def _write(self, message: _Message) -> JSON:
        for block in message.blocks:
            if block.get("type") == "tool_use":
                self._calls[block["id"]] = len(self._calls)
        if message.turn is not None:
            writer = Writer(message.turn.opaque)
            writer.put("role", NAMES[message.role])
            writer.put("content", message.blocks)
            return writer.done()
        blocks = message.blocks
        if message.role is Role.USER:
            blocks = sorted(blocks, key=self._rank)
            if _kinds(blocks) != _kinds(message.blocks):
                self._losses.append(Loss("part_order", message.where))
        return {"role": NAMES[message.role], "content": blocks}

    def _rank(self, block: JSON) -> tuple[int, int]:
        """Results in the order of their calls, then everything else as it was said."""
        if block.get("type") != "tool_result":
            return 1, 0
        return 0, self._calls.get(block["tool_use_id"], len(self._calls))


def _kinds(blocks: Sequence[JSON]) -> list[bool]:
    """Which blocks are results of tools."""
    return [block.get("type") == "tool_result" for block in blocks]

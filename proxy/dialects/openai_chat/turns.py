"""Turns, written as the messages of a request.

A turn that came in this dialect is one message again. A turn of another dialect is unfolded: a
model's turn into one assistant message, a user's into one `tool` message per result and a `user`
message for the rest. Pictures in a tool's result go into that user message, as a `tool` message
of Chat holds text only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from proxy.dialects import fences
from proxy.dialects.base import JSON, Loss
from proxy.dialects.losses import reordered
from proxy.dialects.openai_chat import calls, content, keeping, media, signatures
from proxy.dialects.openai_chat.ids import Ids
from proxy.ir import (
    Code,
    CodeResult,
    Foreign,
    Media,
    Part,
    Refusal,
    Role,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Turn,
)

_ROLES = {Role.SYSTEM: "system", Role.USER: "user", Role.MODEL: "assistant"}
_SILENT = {"role": "assistant", "content": ""}
_WORDS: set[type[Part]] = {Text, Code, CodeResult}
_PLACED = (Text, Refusal, Thinking, Media, Foreign)


def render(turns: Sequence[Turn], losses: list[Loss]) -> list[JSON]:
    """Raises INVALID_REQUEST for media that Chat has no place for."""
    writer = _Writer(turns, losses)
    for number, turn in enumerate(turns):
        if not writer.plain(turn):
            writer.turn(turn, f"turns[{number}]")
    writer.show()
    return writer.messages


class _Writer:
    def __init__(self, turns: Sequence[Turn], losses: list[Loss]) -> None:
        self.messages: list[JSON] = []
        self.losses = losses
        self.ids = Ids(turns)
        self._pictures: list[Part] = []

    def show(self) -> None:
        """Says the pictures that tools answered. Chat wants all results of one assistant message
        right after it, so they wait until something else than a result comes."""
        if self._pictures:
            pictures, self._pictures = self._pictures, []
            self._spoken(Turn(Role.USER, ()), "user", pictures, "tool result")

    def plain(self, turn: Turn) -> bool:
        """Writes a turn that is one text and nothing else, as nearly all are."""
        part = turn.parts[0] if len(turn.parts) == 1 else None
        if type(part) is not Text or part.signature is not None or keeping.told(part.opaque):
            return False
        if keeping.told(turn.opaque):
            return False
        self.show()
        self.messages.append({"role": _ROLES[turn.role], "content": part.text})
        return True

    def turn(self, turn: Turn, where: str) -> None:
        if self._pictures and not any(isinstance(part, ToolResult) for part in turn.parts):
            self.show()
        match turn.role:
            case Role.SYSTEM:
                self._spoken(turn, "system", turn.parts, where)
            case Role.USER:
                self._user(turn, where)
            case Role.MODEL:
                self._model(turn, where)

    def _lose(self, field: str, where: str) -> None:
        self.losses.append(Loss(field, where))

    def _spoken(self, turn: Turn, role: str, parts: Sequence[Part], where: str) -> None:
        shape = keeping.shape(turn.opaque)
        if role == "system":
            role = shape.get("role", role)
        out: JSON = {"role": role}
        said = self._sayable(parts, where)
        if parts and not said and not keeping.native(turn.opaque):
            # All of it is lost, and said to be: an empty message would be words of nobody.
            return
        if parts or shape.get("content") != "absent":
            out["content"] = content.render(said, shape, where)
        self.messages.append(keeping.restore(out, turn.opaque))

    def _user(self, turn: Turn, where: str) -> None:
        results = [part for part in turn.parts if isinstance(part, ToolResult)]
        others: list[Part] = []
        if len(results) < len(turn.parts):
            others = [part for part in turn.parts if not isinstance(part, ToolResult)]
        if others and reordered(turn.parts):
            self._lose("part_order", where)
        for result in results:
            self._pictures += self._result(turn, result, where)
        if not results:
            self._spoken(turn, "user", others, where)
        elif others:
            pictures, self._pictures = self._pictures, []
            self._spoken(Turn(Role.USER, ()), "user", [*pictures, *others], where)

    def _result(self, turn: Turn, result: ToolResult, where: str) -> list[Part]:
        """Writes the tool's message; returns what it cannot hold."""
        shape = keeping.shape(turn.opaque)
        own = "role" in shape
        rest: list[Part] = [] if own else [p for p in result.parts if isinstance(p, Media)]
        parts = result.parts if own else [p for p in result.parts if not isinstance(p, Media)]
        if result.is_error:
            self._lose("is_error", where)
        out: JSON = {"role": shape.get("role", "tool")}
        if out["role"] == "tool":
            out["tool_call_id"] = result.call_id if own else self.ids.answered(result)
        if own and result.name:
            out["name"] = result.name
        if parts or shape.get("content") != "absent":
            out["content"] = content.render(self._sayable(parts, where), shape, where)
        self.messages.append(keeping.restore(out, turn.opaque) if own else out)
        return rest

    def _sayable(self, parts: Sequence[Part], where: str) -> list[Part]:
        """The parts that fit into a `content`; the others are lost, and said to be."""
        fit: list[Part] = []
        for part in parts:
            self._unsigned(part, where)
            if isinstance(part, Code | CodeResult):
                fit.append(Text(fences.block(part)))
            elif isinstance(part, Foreign):
                fit += [part] if keeping.native(part.opaque) else []
            elif isinstance(part, Thinking) and not content.placed(part):
                self._lose("thinking", where)
            elif isinstance(part, _PLACED):
                fit.append(part)
            else:
                self._lose("tool_call", where)
        return fit

    def _unsigned(self, part: Part, where: str) -> None:
        if isinstance(part, Media) and media.vague(part):
            self._lose("detail", where)
        if "slot" in keeping.shape(part.opaque) or isinstance(part, Thinking | ToolCall):
            return
        if getattr(part, "signature", None) is not None:
            self._lose("signature", where)

    def _model(self, turn: Turn, where: str) -> None:
        shape, kinds = keeping.shape(turn.opaque), {type(part) for part in turn.parts}
        out: JSON = {"role": "assistant"}
        if Thinking in kinds:
            self._thoughts(turn, out, where)
        out["content"] = self._content(turn, where)
        if Refusal in kinds:
            self._refuse(turn, out)
        if Media in kinds and keeping.native(turn.opaque):
            self._images(turn, out, where)
        if ToolCall in kinds or Foreign in kinds:
            self._calls(turn, out, where)
        if not out["content"] and ("tool_calls" in out or "function_call" in out):
            out["content"] = out["content"] if keeping.native(turn.opaque) else None
        if out["content"] in ("", None) and shape.get("content") == "absent":
            del out["content"]
        if out == _SILENT and turn.parts and not kinds & _WORDS and not keeping.native(turn.opaque):
            return
        self.messages.append(self._sign(turn, keeping.restore(out, turn.opaque)))

    def _refuse(self, turn: Turn, out: JSON) -> None:
        own = keeping.native(turn.opaque)
        refusals = [
            part.text
            for part in turn.parts
            if isinstance(part, Refusal) and not (own and content.placed(part))
        ]
        if refusals:
            out["refusal"] = "".join(refusals)

    def _images(self, turn: Turn, out: JSON, where: str) -> None:
        images = [p for p in turn.parts if isinstance(p, Media) and not content.placed(p)]
        if images:
            out["images"] = [media.render(image, where) for image in images]

    def _thoughts(self, turn: Turn, out: JSON, where: str) -> None:
        for part in turn.parts:
            if isinstance(part, Thinking) and not content.placed(part):
                if not keeping.native(part.opaque):
                    self._lose("thinking", where)
                    continue
                fields = keeping.shape(part.opaque).get("fields", [])
                out.update(dict.fromkeys(fields, part.text))
                keeping.restore(out, part.opaque)

    def _spoken_by_model(self, turn: Turn, part: Part, where: str) -> bool:
        """Whether the part goes into the message's `content`."""
        if keeping.native(turn.opaque):
            return content.placed(part)
        if isinstance(part, Media):
            # No Chat service takes a picture in an assistant's message.
            self._lose(media.says(part), where)
        return isinstance(part, Text | Code | CodeResult)

    def _content(self, turn: Turn, where: str) -> Any:
        said = [part for part in turn.parts if self._spoken_by_model(turn, part, where)]
        if keeping.native(turn.opaque):
            return content.render(said, keeping.shape(turn.opaque), where)
        if not said:
            return ""
        order = [isinstance(part, ToolCall) for part in turn.parts if _ordered(part)]
        if order != sorted(order):
            self._lose("part_order", where)
        return "".join(getattr(part, "text", "") for part in self._sayable(said, where))

    def _calls(self, turn: Turn, out: JSON, where: str) -> None:
        own = keeping.native(turn.opaque)
        for part in turn.parts:
            shape = keeping.shape(part.opaque)
            if isinstance(part, ToolCall) and shape.get("legacy"):
                out["function_call"] = calls.render_legacy(part)
            elif isinstance(part, ToolCall):
                id = part.id if own else self.ids.asked(part)
                if part.signature is not None and not signatures.carried(part.signature):
                    self._lose("signature", where)
                whole = part if own or part.arguments or part.custom else calls.empty(part)
                out.setdefault("tool_calls", []).append(calls.render(whole, id))
            elif isinstance(part, Foreign) and shape.get("call"):
                out.setdefault("tool_calls", []).append(dict(part.opaque.data))

    def _sign(self, turn: Turn, out: JSON) -> JSON:
        """Puts a message's own signature back where the client had it."""
        for part in turn.parts:
            shape = keeping.shape(part.opaque)
            signature = part.signature if isinstance(part, Text | ToolCall) else None
            slot = shape.get("slot")
            if slot in ("message", "bare") and signature is not None:
                wire = signatures.write(signature, shape)
                if slot == "bare":
                    return {**out, "thought_signature": wire}
                out = keeping.plant(out, signatures.SLOT, wire)
                twice = keeping.shape(turn.opaque).get("twice")
                return {**out, "thought_signature": wire} if twice else out
        return out


def _ordered(part: Part) -> bool:
    return isinstance(part, Text | Code | CodeResult | ToolCall)

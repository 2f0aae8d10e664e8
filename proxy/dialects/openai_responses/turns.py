"""Turns, written as the input of a request.

An item that came in this dialect is the same item again, and so is a message. What came in
another dialect is written item by item in the order in which it was said, which this dialect keeps.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from proxy.dialects import fences
from proxy.dialects.base import JSON, Loss
from proxy.dialects.openai_responses import (
    calls,
    content,
    keeping,
    media,
    signatures,
    thoughts,
)
from proxy.dialects.openai_responses.ids import Ids
from proxy.dialects.openai_responses.items import ROLES
from proxy.ir import (
    Code,
    CodeResult,
    Foreign,
    Media,
    Opaque,
    Part,
    Refusal,
    Role,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Turn,
)

_NAMES = {Role.SYSTEM: "developer", Role.USER: "user", Role.MODEL: "assistant"}


def render(turns: Sequence[Turn], losses: list[Loss]) -> JSON:
    """The fields `instructions` and `input`. Raises INVALID_REQUEST for media without a place."""
    out: JSON = {}
    rest = list(turns)
    if rest and (said := _instructions(rest[0])) is not None:
        out["instructions"] = said
        rest = rest[1:]
    if (said := _input(rest)) is not None:
        return out | {"input": said}
    items = _items(turns, len(turns) - len(rest), losses)
    if not items and out:
        # OpenAI refuses a request without input.
        return {"input": _items(turns, 0, losses)}
    return out | {"input": items}


def _items(turns: Sequence[Turn], first: int, losses: list[Loss]) -> list[JSON]:
    writer = _Writer(turns, losses)
    for number, turn in enumerate(turns[first:], first):
        writer.turn(turn, f"turns[{number}]")
    return writer.items


def _input(turns: Sequence[Turn]) -> str | None:
    """The text of a request that came with one string as its whole input."""
    if len(turns) != 1 or keeping.shape(turns[0].opaque).get("field") != "input":
        return None
    return _only(turns[0])


def _only(turn: Turn) -> str | None:
    """The text of a turn that is nothing else."""
    part = turn.parts[0] if len(turn.parts) == 1 else None
    return part.text if type(part) is Text else None


def _instructions(turn: Turn) -> str | None:
    """What the first turn says under `instructions`: the system's text, unless it was a message."""
    if turn.role is not Role.SYSTEM:
        return None
    if keeping.native(turn.opaque) and "field" not in keeping.shape(turn.opaque):
        return None
    return _only(turn)


class _Message:
    """An assistant's message that is being gathered."""

    def __init__(self, part: Part) -> None:
        self.outside: Opaque | None = keeping.shape(_mark(part)).get("outside")
        self.parts: list[Part] = []


class _Writer:
    def __init__(self, turns: Sequence[Turn], losses: list[Loss]) -> None:
        self.items: list[JSON] = []
        self.losses = losses
        self.ids = Ids(turns)
        self._message: _Message | None = None

    def turn(self, turn: Turn, where: str) -> None:
        if turn.role is Role.MODEL and (turn.parts or not keeping.native(turn.opaque)):
            self._model(turn, where)
        else:
            self._spoken(turn, where)

    def _lose(self, field: str, where: str) -> None:
        self.losses.append(Loss(field, where))

    def _spoken(self, turn: Turn, where: str) -> None:
        """A user's or the system's turn: messages, results and foreign items in order."""
        said: list[Part] = []
        opaque = turn.opaque
        for part in turn.parts:
            item = self._own(part, where)
            if item is None:
                said.append(part)
                continue
            if said:
                self._utter(turn.role, said, opaque, where)
                said, opaque = [], None
            self.items.append(item)
        if said or (not turn.parts and keeping.native(turn.opaque)):
            self._utter(turn.role, said, opaque, where)

    def _own(self, part: Part, where: str) -> JSON | None:
        """The item of a part that is one in a user's turn; None for a part of a message."""
        if isinstance(part, ToolResult):
            return self._result(part, where)
        if isinstance(part, Foreign) and keeping.native(part.opaque):
            return None if keeping.shape(part.opaque).get("part") else dict(part.opaque.data)
        return None

    def _utter(self, role: Role, said: list[Part], opaque: Opaque | None, where: str) -> None:
        shape = keeping.shape(opaque)
        out = dict(shape.get("message", {}))
        if ROLES.get(out.get("role", "")) is not role:
            out["role"] = _NAMES[role]
        fit = self._sayable(said, where)
        if said and not fit:
            return
        usual = content.OUTPUT if role is Role.MODEL else content.INPUT
        listed = bool(shape.get("listed"))
        out["content"] = content.render(fit, where, usual, listed=listed)
        self.items.append(keeping.restore(out, opaque))

    def _sayable(self, parts: Sequence[Part], where: str) -> list[Part]:
        """What a message can say of `parts`; the rest is lost."""
        fit: list[Part] = []
        for part in parts:
            match part:
                case Text() | Refusal() | Media():
                    self._notice(part, where)
                    fit.append(part)
                case Code() | CodeResult():
                    fit.append(Text(fences.block(part)))
                case Foreign():
                    # `losses.foreign` has named those of others.
                    fit += [part] if keeping.native(part.opaque) else []
                case Thinking():
                    self._lose("thinking", where)
                case _:
                    self._lose("tool_call", where)
        return fit

    def _notice(self, part: Part, where: str) -> None:
        if isinstance(part, Media) and media.vague(part):
            self._lose("detail", where)
        signature = getattr(part, "signature", None)
        if signature is not None and signatures.issued(signature) is None:
            self._lose("signature", where)

    def _result(self, result: ToolResult, where: str) -> JSON:
        if result.is_error:
            self._lose("is_error", where)
        id = result.call_id if keeping.native(result.opaque) else self.ids.answered(result)
        fit = tuple(self._sayable(result.parts, where))
        if not keeping.native(result.opaque) and all(type(part) is Text for part in fit):
            fit = (Text("".join(getattr(part, "text", "") for part in fit)),)
        whole = replace(result, parts=fit)
        return calls.render_result(whole, id, where, custom=id in self.ids.custom)

    def _model(self, turn: Turn, where: str) -> None:
        for part in turn.parts:
            if self._worded(part):
                self._word(part, where)
                continue
            self._shut(where)
            item = self._item(part, where)
            if item is not None:
                self.items.append(item)
        self._shut(where)

    def _worded(self, part: Part) -> bool:
        """Whether a model's part is said in a message."""
        shape = keeping.shape(_mark(part))
        match part:
            case Text() | Refusal():
                return True
            case Media():
                # A model's own picture is an item.
                return "outside" in shape or "more" in shape
            case Foreign():
                return bool(shape.get("part"))
            case Code() | CodeResult():
                return "ran" not in shape and "joined" not in shape
            case _:
                return False

    def _word(self, part: Part, where: str) -> None:
        shape = keeping.shape(_mark(part))
        self._notice(part, where)
        if type(part) is Text and not part.text and part.opaque is None:
            return
        if self._message is None or "outside" in shape:
            self._shut(where)
            self._message = _Message(part)
        self._message.parts.append(part)

    def _shut(self, where: str) -> None:
        """Writes the message that is open."""
        message, self._message = self._message, None
        if message is None:
            return
        shape = keeping.shape(message.outside)
        out = dict(shape.get("message", {}))
        if ROLES.get(out.get("role", "")) is not Role.MODEL:
            out["role"] = "assistant"
        shown = [_fenced(part) for part in message.parts]
        listed = bool(shape.get("listed"))
        out["content"] = content.render(shown, where, content.OUTPUT, listed=listed)
        self.items.append(keeping.restore(out, message.outside))

    def _item(self, part: Part, where: str) -> JSON | None:
        match part:
            case Thinking():
                item = thoughts.render(part)
                if item is None:
                    self._lose("thinking", where)
                return item
            case ToolCall():
                self._notice(part, where)
                id = self.ids.asked(part)
                return calls.render(part, part.id if keeping.native(part.opaque) else id)
            case ToolResult():
                return self._result(part, where)
            case Foreign():
                return dict(part.opaque.data) if keeping.native(part.opaque) else None
            case _:
                return self._made(part, where)

    def _made(self, part: Part, where: str) -> JSON | None:
        """Pictures and code of the model's, which only came from this dialect can go back to it."""
        shape = keeping.shape(_mark(part))
        if isinstance(part, Media) and "drawn" in shape:
            return {**shape["drawn"], "result": part.data}
        if isinstance(part, Code) and "ran" in shape:
            return {**shape["ran"], "code": part.code}
        if isinstance(part, Media):
            self._lose(media.says(part), where)
        return None


def _fenced(part: Part) -> Part:
    return Text(fences.block(part)) if isinstance(part, Code | CodeResult) else part


def _mark(part: Part) -> Opaque | None:
    return part.opaque

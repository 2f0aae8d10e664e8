"""Turns → `contents` and `systemInstruction`.

What came from Gemini is written as it came. Turns of other dialects are fitted to Google's rules:

- system text goes into `systemInstruction`, wherever it was said;
- the calls of one model turn are one content, and the content after it holds exactly their
  results, in their order, under the functions' names;
- a call's id is sent to Gemini 3 and later, with its result; older models never gave ids;
- media in a result goes into `functionResponse.parts` for Gemini 3, else right after the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from proxy import signatures
from proxy.dialects.base import JSON, Loss
from proxy.dialects.gemini import parts, results
from proxy.dialects.gemini.families import Family
from proxy.dialects.gemini.fields import GEMINI, Writer, mine
from proxy.dialects.losses import reordered
from proxy.errors import invalid
from proxy.ir import Part, Role, Text, Thinking, ToolCall, ToolResult, Turn

# Twice what Google allows (128).
_LONG = 256

_SYSTEM, _MODEL = Role.SYSTEM, Role.MODEL
_NAMES = {Role.USER: "user", Role.MODEL: "model"}


class Dialogue:
    """Writes the turns of one request; collects what it cannot say in `losses`."""

    def __init__(self, turns: Sequence[Turn], family: Family) -> None:
        self.losses: list[Loss] = []
        self._turns = turns
        self._family = family
        self._parts = parts.Render(self.losses, ids=family.third)
        calls = [part for turn in turns for part in turn.parts if type(part) is ToolCall]
        self._names = {call.id: call.name for call in calls}
        self._order = {call.id: place for place, call in enumerate(calls)}

    def render(self) -> tuple[JSON | str | None, list[JSON]]:
        """The system instruction and the contents."""
        system: list[tuple[int, Turn]] = []
        rest: list[tuple[int, Turn]] = []
        for at, turn in enumerate(self._turns):
            if turn.role is not _SYSTEM:
                rest.append((at, turn))
                continue
            system.append((at, turn))
            if rest:
                self.losses.append(Loss("system order", f"turns[{at}]"))
        written = [self._group(group) for group in _grouped(rest)]
        contents = [content for content in written if content is not None]
        if contents or not system:
            return self._system([turn for _, turn in system]), contents
        if len(system) == 1 and mine(system[0][1].opaque):
            return self._system([system[0][1]]), []
        # Google refuses a request without contents.
        self.losses.append(Loss("system role", "turns[0]"))
        body = self._system([turn for _, turn in system])
        said = body if isinstance(body, dict) else {"parts": [{"text": body or ""}]}
        return None, [{**said, "role": "user"}]

    def _system(self, turns: list[Turn]) -> JSON | str | None:
        if not turns:
            return None
        opaque, said = mine(turns[0].opaque), turns[0].parts
        if len(turns) == 1 and opaque is None and (usual := parts.alone(said)):
            return {"parts": usual}
        string = len(turns) == 1 and opaque is not None and opaque.shape.get("string")
        if string and len(said) == 1 and isinstance(said[0], Text):
            return said[0].text
        writer = Writer(opaque if len(turns) == 1 else None)
        writer.put("role", None)
        writer.put("parts", [part for turn in turns for part in self._plain(turn, 0)])
        return writer.done()

    def _group(self, group: list[tuple[int, Turn]]) -> JSON | None:
        """One content; None when nothing of it can be said."""
        at, first = group[0]
        if mine(first.opaque):
            writer = Writer(first.opaque)
            writer.put("role", _NAMES[first.role])
            writer.put("parts", list(self._plain(first, at)))
            return writer.done()
        said = first.parts
        if len(group) > 1:
            said = tuple(part for _, turn in group for part in turn.parts)
        body = parts.alone(said) or list(self._foreign(said, first.role, at))
        return {"role": _NAMES[first.role], "parts": body} if body else None

    def _plain(self, turn: Turn, at: int) -> Iterator[JSON]:
        """Parts in place, with the signatures that came with them."""
        for number, part in enumerate(turn.parts):
            where = f"turns[{at}].parts[{number}]"
            if isinstance(part, ToolResult):
                yield from self._result(part, where)
            elif (body := self._one(part, signatures.of(part, GEMINI), where)) is not None:
                yield body

    def _foreign(self, said: Sequence[Part], role: Role, at: int) -> Iterator[JSON]:
        answers = [part for part in said if type(part) is ToolResult]
        if answers:
            if reordered(said):
                self.losses.append(Loss("part_order", f"turns[{at}]"))
            answers.sort(key=lambda part: self._order.get(part.call_id, len(self._order)))
            for answer in answers:
                yield from self._result(answer, f"turns[{at}]")
            said = [part for part in said if type(part) is not ToolResult]
        required = self._family.third and role is _MODEL
        slots = signatures.slots(said, required=required)
        for number, (part, signature) in enumerate(zip(said, slots, strict=True)):
            where = f"turns[{at}].parts[{number}]"
            if not self._lost(part, signature, where):
                body = self._one(part, signature, where)
                if body is not None:
                    yield body

    def _lost(self, part: Part, signature: str | None, where: str) -> bool:
        """Thoughts of other models, and empty text, which Google refuses."""
        if isinstance(part, Thinking) and signatures.of(part, GEMINI) is None:
            self.losses.append(Loss("thinking", where))
            return True
        return isinstance(part, Text) and not part.text and signature is None

    def _one(self, part: Part, signature: str | None, where: str) -> JSON | None:
        given = signatures.signature_of(part)
        if given and given.origin is not GEMINI and not isinstance(part, Thinking):
            self.losses.append(Loss("signature", where))
        return self._parts.part(part, signature, where)

    def _result(self, result: ToolResult, where: str) -> Iterator[JSON]:
        own = mine(result.opaque) is not None
        name = result.name if own else self._name(result, where)
        call_id = result.call_id if own or self._family.third else None
        pieces = [
            body
            for part in results.media_of(result)
            if (body := self._one(part, None, where)) is not None
        ]
        inside = own or self._family.third
        named = name if own else name or result.call_id
        yield results.render(result, named, call_id, pieces if inside else None)
        if not inside:
            yield from pieces

    def _name(self, result: ToolResult, where: str) -> str:
        """The called function's name, which a result of another dialect need not repeat."""
        name = self._names.get(result.call_id, result.name)
        if len(name) > _LONG:
            # Written with every result: many results of one call would multiply a long name.
            raise invalid(f"{where}: a function's name has at most {_LONG} characters", where)
        return name


def _grouped(turns: list[tuple[int, Turn]]) -> Iterator[list[tuple[int, Turn]]]:
    """Neighbours that must be one content: model turns, and user turns with tool results."""
    group: list[tuple[int, Turn]] = []
    for at, turn in turns:
        if group and not _joins(group[-1][1], turn):
            yield group
            group = []
        group.append((at, turn))
    if group:
        yield group


def _joins(before: Turn, turn: Turn) -> bool:
    if before.role is not turn.role or mine(before.opaque) or mine(turn.opaque):
        return False
    return turn.role is _MODEL or (_answers(before) and _answers(turn))


def _answers(turn: Turn) -> bool:
    return any(isinstance(part, ToolResult) for part in turn.parts)

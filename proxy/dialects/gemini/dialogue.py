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
from proxy.dialects.gemini.fields import Writer, mine
from proxy.ir import Dialect, Part, Role, Text, Thinking, ToolCall, ToolResult, Turn


class Dialogue:
    """Writes the turns of one request; collects what it cannot say in `losses`."""

    def __init__(self, turns: Sequence[Turn], family: Family, *, recall: signatures.Recall) -> None:
        self.losses: list[Loss] = []
        self._turns = list(enumerate(turns))
        self._family = family
        self._recall = recall
        self._parts = parts.Render(self.losses, ids=family.third)
        calls = [part for turn in turns for part in turn.parts if isinstance(part, ToolCall)]
        self._names = {call.id: call.name for call in calls}
        self._order = {call.id: place for place, call in enumerate(calls)}

    def render(self) -> tuple[JSON | str | None, list[JSON]]:
        """The system instruction and the contents."""
        system = [(at, turn) for at, turn in self._turns if turn.role is Role.SYSTEM]
        rest = [(at, turn) for at, turn in self._turns if turn.role is not Role.SYSTEM]
        if rest:
            first = rest[0][0]
            late = [at for at, _ in system if at > first]
            self.losses += [Loss("system order", f"turns[{at}]") for at in late]
        contents = [content for group in _grouped(rest) for content in self._group(group)]
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
        opaque = mine(turns[0].opaque)
        if len(turns) == 1 and opaque and opaque.shape.get("string"):
            said = turns[0].parts
            if len(said) == 1 and isinstance(said[0], Text):
                return said[0].text
        writer = Writer(opaque if len(turns) == 1 else None)
        writer.put("role", None)
        writer.put("parts", [part for turn in turns for part in self._plain(turn, 0)])
        return writer.done()

    def _group(self, group: list[tuple[int, Turn]]) -> Iterator[JSON]:
        """Usually one content; none when nothing of it can be said."""
        at, first = group[0]
        if mine(first.opaque):
            writer = Writer(first.opaque)
            writer.put("role", first.role.value)
            writer.put("parts", list(self._plain(first, at)))
            yield writer.done()
            return
        said = tuple(part for _, turn in group for part in turn.parts)
        body = list(self._foreign(Turn(first.role, said), at))
        if body:
            yield {"role": first.role.value, "parts": body}

    def _plain(self, turn: Turn, at: int) -> Iterator[JSON]:
        """Parts in place, with the signatures that came with them."""
        for number, part in enumerate(turn.parts):
            where = f"turns[{at}].parts[{number}]"
            if isinstance(part, ToolResult):
                yield from self._result(part, where)
            elif (body := self._one(part, signatures.of(part, Dialect.GEMINI), where)) is not None:
                yield body

    def _foreign(self, turn: Turn, at: int) -> Iterator[JSON]:
        answers = [part for part in turn.parts if isinstance(part, ToolResult)]
        answers.sort(key=lambda part: self._order.get(part.call_id, len(self._order)))
        for answer in answers:
            yield from self._result(answer, f"turns[{at}]")
        said = [part for part in turn.parts if not isinstance(part, ToolResult)]
        required = self._family.third and turn.role is Role.MODEL
        slots = signatures.slots(said, required=required, recall=self._recall)
        for number, (part, signature) in enumerate(zip(said, slots, strict=True)):
            where = f"turns[{at}].parts[{number}]"
            if not self._lost(part, signature, where):
                body = self._one(part, signature, where)
                if body is not None:
                    yield body

    def _lost(self, part: Part, signature: str | None, where: str) -> bool:
        """Thoughts of other models, and empty text, which Google refuses."""
        if isinstance(part, Thinking) and signatures.of(part, Dialect.GEMINI) is None:
            self.losses.append(Loss("thinking", where))
            return True
        return isinstance(part, Text) and not part.text and signature is None

    def _one(self, part: Part, signature: str | None, where: str) -> JSON | None:
        given = signatures.signature_of(part)
        if given and given.origin is not Dialect.GEMINI and not isinstance(part, Thinking):
            self.losses.append(Loss("signature", where))
        return self._parts.part(part, signature, where)

    def _result(self, result: ToolResult, where: str) -> Iterator[JSON]:
        own = mine(result.opaque) is not None
        name = result.name if own else self._names.get(result.call_id, result.name)
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
    if mine(before.opaque) or mine(turn.opaque) or before.role is not turn.role:
        return False
    return turn.role is Role.MODEL or (_answers(before) and _answers(turn))


def _answers(turn: Turn) -> bool:
    return any(isinstance(part, ToolResult) for part in turn.parts)

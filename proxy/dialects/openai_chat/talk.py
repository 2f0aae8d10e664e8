"""One candidate of a streamed answer: what each event adds to its `delta`."""

from __future__ import annotations

from collections.abc import Iterator

from proxy.dialects import fences
from proxy.dialects.base import JSON, Loss
from proxy.dialects.losses import block_name, ending, explained
from proxy.dialects.openai_chat import details, finish, keeping, media, signatures, sound
from proxy.dialects.openai_chat.ids import minted
from proxy.dialects.openai_chat.shown import Shown
from proxy.ir import (
    Close,
    Code,
    CodeResult,
    Delta,
    Finish,
    FinishReason,
    Foreign,
    Media,
    Opaque,
    Open,
    Part,
    Refusal,
    Signature,
    Text,
    Thinking,
    ToolCall,
)

_FIELDS: dict[type[Part], str] = {
    Text: "content",
    Thinking: "reasoning_content",
    Refusal: "refusal",
}


# A call of a kind that only the service knows comes whole: nothing is added at its end.
_WHOLE = ToolCall("", "", "{}")


class _Call:
    """A tool call that is being written; `place` is its index among the candidate's calls."""

    def __init__(self, part: ToolCall, place: int) -> None:
        self.custom = part.custom
        self.place = place
        self.said = bool(part.arguments)


class Talk:
    def __init__(self, choice: int, answer: str, losses: list[Loss], *, legacy: bool) -> None:
        self.choice = choice
        self.shown = Shown()
        self._answer = answer
        self._losses = losses
        self._legacy = legacy
        self._refused = False
        self._calls: dict[int, _Call] = {}
        self._code: dict[int, tuple[Code | CodeResult, list[str]]] = {}
        self._texts: set[int] = set()
        self._images = 0
        self._sounded = False

    @staticmethod
    def field(part: Part) -> str:
        """The field of `delta` that takes the part's text as it comes; "" if there is none."""
        return _FIELDS.get(type(part), "")

    @staticmethod
    def silent(part: Part) -> bool:
        return isinstance(part, ToolCall | Refusal)

    def open(self, event: Open) -> Iterator[JSON]:
        part = event.part
        self._lose(None if isinstance(part, Foreign) else part.opaque)
        match part:
            case Text() | Thinking() | Refusal():
                yield from self._text(event.index, part)
            case ToolCall():
                yield from self._call(event.index, part)
            case Code() | CodeResult():
                self._code[event.index] = (part, [])
                self._unsigned(part.signature)
            case Media():
                self._unsigned(part.signature)
                yield from self._media(part)
            case Foreign() if keeping.shape(part.opaque).get("call"):
                call = self._calls[event.index] = _Call(_WHOLE, len(self._calls))
                yield {"tool_calls": [{"index": call.place, **part.opaque.data}]}
            case Foreign() if keeping.native(part.opaque):
                yield {"content": [dict(part.opaque.data)]}
            case Foreign():
                self._unsigned(part.signature)
                self._losing(block_name(part.opaque))
            case _:
                self._losing("tool_result")

    def _text(self, index: int, part: Text | Thinking | Refusal) -> Iterator[JSON]:
        if isinstance(part, Refusal):
            self._refused = True
        elif isinstance(part, Text):
            self._texts.add(index)
            self.shown.said(len(part.text))
            yield from self._signed(part.signature)
        else:
            self._unsigned(part.signature)
        if part.text:
            yield {_FIELDS[type(part)]: part.text}

    def more(self, event: Delta) -> Iterator[JSON]:
        """Deltas of parts other than text: arguments, or code, which is shown at its end."""
        if event.index in self._code:
            self._code[event.index][1].append(event.text)
        elif (call := self._calls.get(event.index)) is not None:
            call.said = call.said or bool(event.text)
            yield from self._argue(call, event.text)

    def close(self, event: Close) -> Iterator[JSON]:
        self._lose(event.opaque)
        call = self._calls.get(event.index)
        if call is not None:
            if not call.said and not call.custom:
                yield from self._argue(call, "{}")
            yield from self._prove(call, event)
        elif event.index in self._code:
            part, more = self._code.pop(event.index)
            block = fences.block(part, "".join(more))
            self.shown.added(len(block))
            yield {"content": block}
            self._unsigned(event.signature)
        elif event.index in self._texts:
            yield from self._signed(event.signature)
        else:
            self._unsigned(event.signature)

    def finish(self, event: Finish) -> JSON:
        """The choice of the last chunk."""
        self._lose(event.opaque)
        if explained(event):
            self._losing("finish_message")
        for loss in ending(event, FinishReason.PAUSED, FinishReason.OTHER):
            self._losing(loss.field)
        reason = finish.write(event.reason, called=bool(self._calls), refused=self._refused)
        if self._legacy and reason == "tool_calls":
            reason = "function_call"
        delta: JSON = {}
        choice: JSON = {"index": self.choice, "delta": delta, "logprobs": None}
        choice["finish_reason"] = reason
        for name, value in keeping.data(event.opaque).items():
            box, _, key = name.partition(".")
            if box == "message" and key:
                delta[key] = value
            else:
                choice[name] = value
        if proven := keeping.shape(event.opaque).get(details.PROVEN):
            delta["reasoning_details"] = proven
        return choice

    def _call(self, index: int, part: ToolCall) -> Iterator[JSON]:
        call = self._calls[index] = _Call(part, len(self._calls))
        if self._legacy:
            self._unsigned(part.signature)
            if call.place:
                self._losing("tool_calls")
            else:
                yield {"function_call": {"name": part.name, "arguments": part.arguments}}
            return
        id = part.id or minted(f"{self._answer}{self.choice}", call.place)
        item: JSON = {"index": call.place, "id": id}
        if part.custom:
            item |= {"type": "custom", "custom": {"name": part.name, "input": part.arguments}}
        else:
            inner = {"name": part.name, "arguments": part.arguments}
            item |= {"type": "function", "function": inner}
        if part.signature is not None and signatures.carried(part.signature):
            item["extra_content"] = signatures.slot(part.signature)
        else:
            self._unsigned(part.signature)
        yield {"tool_calls": [item]}

    def _argue(self, call: _Call, text: str) -> Iterator[JSON]:
        if self._legacy:
            if not call.place:
                yield {"function_call": {"arguments": text}}
        elif call.custom:
            yield {"tool_calls": [{"index": call.place, "custom": {"input": text}}]}
        else:
            yield {"tool_calls": [{"index": call.place, "function": {"arguments": text}}]}

    def _prove(self, call: _Call, event: Close) -> Iterator[JSON]:
        signature, kept = event.signature, keeping.data(event.opaque)
        if signature is not None and (self._legacy or not signatures.carried(signature)):
            self._unsigned(signature)
            signature = None
        if self._legacy:
            for field in kept:
                self._losing(field)
            return
        if signature is None and not kept:
            return
        # Clients read `function` of every item.
        inner: JSON = {"custom": {"input": ""}} if call.custom else {"function": {"arguments": ""}}
        item = keeping.restore({"index": call.place, **inner}, event.opaque)
        if signature is not None:
            item = keeping.plant(item, signatures.SLOT, signature.value)
        yield {"tool_calls": [item]}

    def _signed(self, signature: Signature | None) -> Iterator[JSON]:
        if signature is not None and signatures.carried(signature):
            yield {"content": "", "extra_content": signatures.slot(signature)}
        else:
            self._unsigned(signature)

    def _media(self, part: Media) -> Iterator[JSON]:
        match media.says(part):
            case "image":
                yield {"images": [media.shown(part, self._images)]}
                self._images += 1
            case "audio" if part.data and not self._sounded:
                self._sounded = True
                yield {"audio": sound.write(part, self._answer)}
            case kind:
                self._losing(kind)

    def _unsigned(self, signature: Signature | None) -> None:
        if signature is not None:
            self._losing("signature")

    def _lose(self, opaque: Opaque | None) -> None:
        if opaque is not None and not keeping.native(opaque):
            for field in opaque.data:
                self._losing(field)

    def _losing(self, field: str) -> None:
        if (loss := Loss(field)) not in self._losses:
            self._losses.append(loss)

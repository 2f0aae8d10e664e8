"""One candidate of a whole answer, gathered from events into a `choices[]` entry."""

from __future__ import annotations

from typing import Any, assert_never

from proxy.dialects import fences
from proxy.dialects.base import JSON, Loss
from proxy.dialects.losses import block_name, ending, explained
from proxy.dialects.openai_chat import (
    calls,
    details,
    finish,
    keeping,
    media,
    signatures,
    sound,
    sources,
)
from proxy.dialects.openai_chat.ids import minted
from proxy.dialects.openai_chat.shown import Shown
from proxy.ir import (
    Cite,
    Code,
    CodeResult,
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
    TokenLogprob,
    ToolCall,
    ToolResult,
)

_BESIDE = frozenset({"tool_calls", "function_call", "images"})


class Told:
    """A part and what its deltas added."""

    __slots__ = ("more", "opaque", "part", "signature")

    def __init__(self, part: Part) -> None:
        self.part = part
        self.more: list[str] = []
        self.signature: Signature | None = None
        self.opaque: Opaque | None = None

    def text(self, start: str) -> str:
        return start + "".join(self.more)


class Message:
    def __init__(self, choice: int, answer: str, losses: list[Loss], *, legacy: bool) -> None:
        self.logprobs: tuple[TokenLogprob, ...] = ()
        self._choice = choice
        self._answer = answer
        self._losses = losses
        self._legacy = legacy
        self._told: dict[int, Told] = {}
        self._shown = Shown()
        self._signature: Signature | None = None
        self._content: list[str] = []
        self._blocks: list[JSON] = []
        self._out: JSON = {"role": "assistant", "content": None, "refusal": None}
        self._cites: list[Cite] = []
        self._finish: Finish | None = None

    def open(self, event: Open) -> Told:
        part = event.part
        told = self._told[event.index] = Told(part)
        if part.opaque is not None and not isinstance(part, Foreign):
            self._lose(part.opaque)
        return told

    def cite(self, event: Cite) -> None:
        self._cites.append(event)
        if event.opaque is not None:
            self._lose(event.opaque)

    def finish(self, event: Finish) -> None:
        self._finish = event
        if event.opaque is not None:
            self._lose(event.opaque)
        if explained(event):
            self._losses.append(Loss("finish_message"))
        self._losses += ending(event, FinishReason.PAUSED, FinishReason.OTHER)

    def _lose(self, opaque: Opaque) -> None:
        if not keeping.native(opaque):
            self._losses += [Loss(field) for field in opaque.data]

    def body(self) -> JSON:
        """The entry of `choices`; asked for once, at the end."""
        for index in sorted(self._told):
            self._say(self._told[index])
        out = self._out
        called = "tool_calls" in out or "function_call" in out
        out["content"] = self._text(called=called)
        if self._cites:
            self._note(out)
        choice: JSON = {
            "index": self._choice,
            "message": out,
            "logprobs": sources.written(self.logprobs) if self.logprobs else None,
            "finish_reason": self._reason(called=called),
        }
        if self._finish is not None and self._finish.opaque is not None:
            keeping.restore(choice, self._finish.opaque)
            self._detail(choice["message"], self._finish.opaque)
        if self._signature is not None:
            wire = self._signature.value
            choice["message"] = keeping.plant(choice["message"], signatures.SLOT, wire)
        return choice

    def _detail(self, out: JSON, opaque: Opaque) -> None:
        if proven := keeping.shape(opaque).get(details.PROVEN):
            out["reasoning_details"] = proven

    def _note(self, out: JSON) -> None:
        notes = [note for cite in self._cites for note in sources.noted(cite, self._shown)]
        if notes:
            out["annotations"] = notes

    def _text(self, *, called: bool) -> Any:
        text = "".join(self._content)
        if self._blocks:
            return [*([{"type": "text", "text": text}] if text else []), *self._blocks]
        return text or (None if called or self._out["refusal"] or "audio" in self._out else "")

    def _reason(self, *, called: bool) -> str:
        if self._finish is None:
            return "tool_calls" if called else "stop"
        refused = self._out["refusal"] is not None
        reason = finish.write(self._finish.reason, called=called, refused=refused)
        return "function_call" if reason == "tool_calls" and self._legacy else reason

    def _say(self, told: Told) -> None:
        part = told.part
        match part:
            case Text():
                text = told.text(part.text)
                self._write(text)
                self._shown.said(len(text))
                if told.signature or part.signature:
                    self._sign(told.signature or part.signature)
            case Thinking():
                self._add("reasoning_content", told.text(part.text))
                self._unsign(told.signature or part.signature)
            case Refusal():
                self._out["refusal"] = (self._out["refusal"] or "") + told.text(part.text)
            case ToolCall():
                self._call(told, part)
            case Code() | CodeResult():
                self._block(told, part)
            case Media():
                self._unsign(told.signature or part.signature)
                self._media(part)
            case Foreign():
                self._unsign(told.signature or part.signature)
                self._foreign(part)
            case ToolResult():
                self._losses.append(Loss("tool_result"))
            case other:
                assert_never(other)

    def _write(self, text: str) -> None:
        """More of the content. Beside it a message has its calls and pictures: what came after
        them comes before them then. A stream still tells in order."""
        if text and not _BESIDE.isdisjoint(self._out):
            self._losses.append(Loss("part_order"))
        self._content.append(text)

    def _add(self, field: str, text: str) -> None:
        self._out[field] = self._out.get(field, "") + text

    def _sign(self, signature: Signature | None) -> None:
        if signature is not None and signatures.carried(signature):
            self._signature = signature
        else:
            self._unsign(signature)

    def _unsign(self, signature: Signature | None) -> None:
        if signature is not None:
            self._losses.append(Loss("signature"))

    def _call(self, told: Told, part: ToolCall) -> None:
        arguments = told.text(part.arguments) or ("" if part.custom else "{}")
        signature = told.signature or part.signature
        if self._legacy or not signatures.carried(signature):
            self._unsign(signature)
        place = len(self._out.get("tool_calls", ()))
        id = part.id or minted(f"{self._answer}{self._choice}", place)
        whole = ToolCall(id, part.name, arguments, part.custom, signature, self._own(told))
        if not self._legacy:
            self._out.setdefault("tool_calls", []).append(calls.render(whole, id))
        elif "function_call" not in self._out:
            self._out["function_call"] = calls.render_legacy(whole)
        else:
            self._losses.append(Loss("tool_calls"))

    def _own(self, told: Told) -> Opaque | None:
        """The service's own fields of a call; the old `function_call` has no place for them."""
        if not self._legacy:
            return told.opaque
        self._losses += [Loss(field) for field in keeping.data(told.opaque)]
        return None

    def _block(self, told: Told, part: Code | CodeResult) -> None:
        self._unsign(told.signature or part.signature)
        block = fences.block(part, "".join(told.more))
        self._write(block)
        self._shown.added(len(block))

    def _media(self, part: Media) -> None:
        match media.says(part):
            case "image":
                images = self._out.setdefault("images", [])
                images.append(media.shown(part, len(images)))
            case "audio" if part.data and "audio" not in self._out:
                self._out["audio"] = sound.write(part, self._answer)
            case kind:
                self._losses.append(Loss(kind))

    def _foreign(self, part: Foreign) -> None:
        if keeping.shape(part.opaque).get("call"):
            self._out.setdefault("tool_calls", []).append(dict(part.opaque.data))
        elif keeping.native(part.opaque):
            self._blocks.append(dict(part.opaque.data))
        else:
            self._losses.append(Loss(block_name(part.opaque)))

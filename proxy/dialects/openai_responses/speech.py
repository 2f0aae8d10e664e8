"""What an answer says, event by event, as output items.

An item ends only when another begins or the answer is over: a text may still get its sources and
a second part, and whether the last item is complete is known at the end.
"""

from __future__ import annotations

from collections.abc import Iterable

from proxy.dialects import seals
from proxy.dialects.base import JSON, Loss
from proxy.dialects.losses import block_name
from proxy.dialects.openai_responses import keeping, media, signatures, sources
from proxy.dialects.openai_responses.calling import Call
from proxy.dialects.openai_responses.drafts import (
    Draft,
    Drawn,
    Message,
    Place,
    Ran,
    Thought,
    Verbatim,
)
from proxy.dialects.openai_responses.finish import COMPLETED, INCOMPLETE
from proxy.dialects.openai_responses.pen import Pen
from proxy.ir import (
    Cite,
    Close,
    Code,
    CodeResult,
    CustomTool,
    Foreign,
    Logprobs,
    Media,
    Opaque,
    Open,
    Part,
    Refusal,
    Signature,
    Text,
    Thinking,
    Tool,
    ToolCall,
)
from proxy.signatures import signature_of


class Speech:
    """`open` holds the drafts by the index of the part that they tell."""

    def __init__(self, pen: Pen, stem: str, tools: Iterable[Tool], losses: list[Loss]) -> None:
        self.open: dict[int, Draft] = {}
        self.refused = False
        self._pen = pen
        self._stem = stem
        self._customs = {tool.name for tool in tools if isinstance(tool, CustomTool)}
        self._losses = losses
        self._drafts: list[Draft] = []
        self._ending: list[Draft] = []
        self._parts: dict[int, Part] = {}
        self._silent: dict[int, Text | Refusal] = {}
        self._message: Message | None = None
        self._results: dict[int, Ran] = {}
        self._shown = 0
        self._proofs: list[tuple[seals.Place, Signature]] = []

    @property
    def items(self) -> list[JSON]:
        """The items that are complete."""
        return [draft.item for draft in self._drafts if draft.item]

    def begin(self, event: Open) -> None:
        part = event.part
        if event.choice:
            self._lose("choices")
            return
        if not isinstance(part, Foreign):
            self._miss(part.opaque)
        self._parts[event.index] = part
        if isinstance(part, Text | Refusal):
            self._silent[event.index] = part
            if part.text:
                self.more(event.index, part.text)
        elif isinstance(part, CodeResult):
            self._result(event.index, part)
        else:
            self._settle()
            self._start(event.index, part)

    def more(self, index: int, text: str) -> None:
        """A piece of a part that is no text yet, or prints."""
        if index in self._silent and text:
            part = self._silent.pop(index)
            self._word(index, part).more(text)
        elif index in self.open:
            self.open[index].more(text)
        elif index in self._results:
            self._results[index].logs = [*(self._results[index].logs or []), text]

    def close(self, event: Close) -> None:
        self._miss(event.opaque)
        part = self._parts.pop(event.index, None)
        if part is None:
            return
        draft = self.open.pop(event.index, None)
        self._results.pop(event.index, None)
        self._silent.pop(event.index, None)
        if isinstance(draft, Message) and isinstance(part, Text):
            self._shown += draft.length
        self._prove(draft, part, event.signature)
        if draft is not None and draft not in self._ending:
            self._ending.append(draft)

    def _prove(self, draft: Draft | None, part: Part, late: Signature | None) -> None:
        """Says the proof of a part that ends: in its own item, or in one that follows it."""
        signature = late or signature_of(part)
        if isinstance(draft, Thought):
            draft.proof = _proof(part, signature)
        elif signature is None or signatures.issued(signature):
            return
        elif isinstance(draft, Call) and signature_of(part) is not None:
            # It came when the call began, and went before it.
            return
        elif draft is None and isinstance(part, Text):
            self._proofs.append((seals.Place.TEXT, signature))
        elif draft is not None and draft is self._drafts[-1]:
            self._proofs.append((seals.Place.LAST, signature))
        else:
            self._lose("signature")

    def cite(self, event: Cite) -> None:
        self._miss(event.opaque)
        message = self._quotable()
        if message is None:
            if event.citations:
                self._lose("citations")
            return
        for source in event.citations:
            inside = source.start is None or source.start >= message.base
            if inside:
                message.note(sources.note(source, message.base))
            else:
                self._lose("citations")
        for note in keeping.data(event.opaque).get("annotations", ()):
            message.note(note)

    def rate(self, event: Logprobs) -> None:
        message = self._quotable()
        if message is None:
            self._lose("logprobs")
        elif not event.choice:
            message.rate(event.tokens)

    def _quotable(self) -> Message | None:
        message = self._message
        return message if message is not None and message.quotable else None

    def end(self, *, cut: bool) -> None:
        """The answer is over. `cut`: its last item is not complete."""
        for index in list(self._parts):
            self.close(Close(index))
        self._settle(INCOMPLETE if cut else COMPLETED)

    def _settle(self, status: str = COMPLETED) -> None:
        """Ends what is complete, then says the proofs that belong to it."""
        ending, self._ending = self._ending, []
        for draft in ending:
            draft.end(status if draft is ending[-1] else COMPLETED)
            if draft is self._message:
                self._message = None
        proofs, self._proofs = self._proofs, []
        for place, signature in proofs:
            self._seal(place, signature)

    def _place(self) -> Place:
        return Place(self._pen, len(self._drafts), self._stem)

    def _start(self, index: int, part: Part) -> None:
        draft = self._draft(part)
        if draft is not None:
            self.open[index] = draft
            self._drafts.append(draft)
            # What a part holds from its start is its first piece.
            if isinstance(part, Thinking | Code) and (text := _first(part)):
                draft.more(text)

    def _draft(self, part: Part) -> Draft | None:
        match part:
            case Thinking():
                return Thought(self._place(), _id(part))
            case ToolCall():
                if part.signature is not None:
                    self._seal(seals.Place.NEXT, part.signature)
                beside = {**keeping.shape(part.opaque).get("item", {}), **keeping.data(part.opaque)}
                custom = part.custom or part.name in self._customs
                return Call(self._place(), part, beside, custom=custom)
            case Code():
                return Ran(self._place(), part.id)
            case Media():
                return self._picture(part)
            case Foreign() if keeping.native(part.opaque):
                return Verbatim(self._place(), dict(part.opaque.data))
            case Foreign():
                self._lose(block_name(part.opaque))
            case _:
                self._lose("tool_result")
        return None

    def _picture(self, part: Media) -> Draft | None:
        family, _, format = part.mime_type.partition("/")
        if family == "image" and part.data:
            return Drawn(self._place(), part.data, format)
        self._lose(media.says(part))
        return None

    def _word(self, index: int, part: Text | Refusal) -> Draft:
        """The message that goes on, or a new one, opened for this part."""
        shape = keeping.shape(part.opaque).get("item", {})
        message, id = self._message, shape.get("id", "")
        same = message is not None and self._ending == [message] and not self._proofs
        if message is None or not same or (id and id != message.id):
            self._settle()
            message = Message(self._place(), id, shape.get("phase", ""))
            self._drafts.append(message)
        else:
            self._ending = []
        refusal = isinstance(part, Refusal)
        self.refused = self.refused or refusal
        message.part("refusal" if refusal else "output_text", self._shown)
        self._message = self.open[index] = message
        return message

    def _result(self, index: int, part: CodeResult) -> None:
        """What code printed belongs to the code's own item."""
        ran = next((draft for draft in reversed(self._drafts) if isinstance(draft, Ran)), None)
        if ran is None or ran.item:
            self._lose("code_result")
            return
        ran.logs = [*(ran.logs or []), part.output]
        ran.failed = ran.failed or part.is_error
        self._results[index] = ran

    def _seal(self, place: seals.Place, signature: Signature) -> None:
        """A reasoning item that only carries another maker's proof."""
        draft = Thought(self._place(), "")
        draft.proof = seals.seal(place, signature)
        self._drafts.append(draft)
        draft.end()

    def _miss(self, opaque: Opaque | None) -> None:
        if opaque is not None and not keeping.native(opaque):
            for field in opaque.data:
                self._lose(field)

    def _lose(self, field: str) -> None:
        if (loss := Loss(field)) not in self._losses:
            self._losses.append(loss)


def _id(part: Thinking) -> str:
    id: str = keeping.shape(part.opaque).get("item", {}).get("id", "")
    return id


def _proof(part: Part, signature: Signature | None) -> str | None:
    """What a reasoning item carries. One that OpenAI did not make is marked as such."""
    if own := signatures.issued(signature):
        return own
    if signature is None and keeping.native(part.opaque):
        return None
    return seals.seal(seals.Place.SELF, signature)


def _first(part: Thinking | Code) -> str:
    return part.text if isinstance(part, Thinking) else part.code

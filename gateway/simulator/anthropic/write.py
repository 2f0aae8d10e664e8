"""A neutral answer as Anthropic Messages says it: whole, or in the events of a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.simulator import seal, tokens
from gateway.simulator.answer import Answer, Candidate, Finish, Invocation, Thought, Usage, Words
from gateway.simulator.media import identity
from gateway.simulator.question import Thinking
from gateway.simulator.reply import JSON, compact

_FINISH = {
    Finish.STOP: "end_turn",
    Finish.TOOLS: "tool_use",
    Finish.SEQUENCE: "stop_sequence",
    Finish.LENGTH: "max_tokens",
    Finish.BLOCKED: "refusal",
    Finish.MALFORMED: "end_turn",
}
_GROUP = 3
"""Tokens in one delta."""


@dataclass(frozen=True, slots=True)
class Writer:
    answer: Answer
    model: str
    seed: str
    thinking: Thinking

    def whole(self) -> JSON:
        message = self._message(_usage(self.answer.usage, self._output))
        return message | {"content": self._blocks(), **self._ending()}

    def events(self) -> Iterator[bytes]:
        """A ping may come anywhere; here it is where it mostly was: after the first block began."""
        # The count at the start is a placeholder, and not 0 (as recorded).
        yield event("message_start", message=self._message(_usage(self.answer.usage, 1)))
        for index, block in enumerate(self._blocks()):
            start, deltas = _opened(block)
            yield event("content_block_start", index=index, content_block=start)
            if index == 0:
                yield event("ping")
            for delta in deltas:
                yield event("content_block_delta", index=index, delta=delta)
            yield event("content_block_stop", index=index)
        counted = _usage(self.answer.usage, self._output)
        for name in ("cache_creation", "service_tier"):
            del counted[name]
        yield event("message_delta", delta=self._ending(), usage=counted)
        yield event("message_stop")

    @property
    def _candidate(self) -> Candidate:
        """A blocked prompt is a refusal here."""
        return next(iter(self.answer.candidates), Candidate(parts=(), finish=Finish.BLOCKED))

    @property
    def _output(self) -> int:
        """Thinking is part of it (as recorded)."""
        return self.answer.usage.output + self.answer.usage.thinking

    def _message(self, counted: JSON) -> JSON:
        return {
            "model": self.model,
            "id": f"msg_01{identity(self.seed, 22)}",
            "type": "message",
            "role": "assistant",
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "stop_details": None,
            "usage": counted,
        }

    def _ending(self) -> JSON:
        candidate = self._candidate
        details = None
        if candidate.finish is Finish.BLOCKED:
            details = {"type": "refusal", "category": "cyber", "explanation": "Simulated refusal"}
        return {
            "stop_reason": _FINISH[candidate.finish],
            "stop_sequence": candidate.sequence,
            "stop_details": details,
        }

    def _blocks(self) -> list[JSON]:
        found: list[JSON] = []
        if self.thinking is Thinking.HIDDEN:
            # Empty and signed: it must be sent back all the same (as recorded).
            found.append(self._thought(""))
        for number, part in enumerate(self._candidate.parts):
            match part:
                case Thought(text):
                    found.append(self._thought(text))
                case Words(text) if text:
                    found.append({"type": "text", "text": text})
                case Invocation(name, arguments):
                    call = {
                        "type": "tool_use",
                        "id": f"toolu_01{identity(f'{self.seed}/{number}', 22)}",
                    }
                    found.append(call | {"name": name, "input": dict(arguments)})
                case _:
                    continue
        return found

    def _thought(self, text: str) -> JSON:
        return {"type": "thinking", "thinking": text, "signature": seal.sign(self.seed)}


def event(kind: str, **fields: object) -> bytes:
    """The event's name and the `type` of its data are always the same."""
    return f"event: {kind}\ndata: ".encode() + compact({"type": kind, **fields}) + b"\n\n"


def _opened(block: JSON) -> tuple[JSON, list[JSON]]:
    """The block as it starts, still empty, and the deltas that fill it."""
    match block["type"]:
        case "thinking":
            deltas = [
                {"type": "thinking_delta", "thinking": piece}
                for piece in _pieces(block["thinking"])
            ]
            deltas.append({"type": "signature_delta", "signature": block["signature"]})
            return block | {"thinking": "", "signature": ""}, deltas
        case "tool_use":
            # The first piece is always empty, and without arguments it is the only one.
            written = json.dumps(block["input"], ensure_ascii=False) if block["input"] else ""
            pieces = ["", *_pieces(written)]
            deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
            return block | {"input": {}}, deltas
        case _:
            deltas = [{"type": "text_delta", "text": piece} for piece in _pieces(block["text"])]
            return block | {"text": ""}, deltas


def _pieces(text: str) -> list[str]:
    found = tokens.split(text)
    return ["".join(found[n : n + _GROUP]) for n in range(0, len(found), _GROUP)]


def _usage(counted: Usage, output: int) -> JSON:
    return {
        "input_tokens": counted.prompt,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens": output,
        "service_tier": "standard",
    }

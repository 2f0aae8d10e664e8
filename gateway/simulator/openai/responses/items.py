"""The items of an answer: reasoning, the service's own tools, calls, and what is said."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

from gateway.simulator import seal, tokens
from gateway.simulator.answer import (
    Candidate,
    Finish,
    Grounding,
    Invocation,
    Picture,
    Program,
    Thought,
)
from gateway.simulator.media import identity
from gateway.simulator.reply import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """`thinks`: there is a reasoning item, with its proof if `proven`. `outputs`: what code has
    printed is shown. `logprobs` is the number of alternatives, None if none were asked for."""

    candidate: Candidate
    seed: str
    thinks: bool = False
    proven: bool = False
    outputs: bool = False
    logprobs: int | None = None

    def all(self) -> list[JSON]:
        found = [self._reasoning()] if self.thinks else []
        if self.candidate.grounding is not None:
            found.append(self._searched(self.candidate.grounding))
        for number, part in enumerate(self.candidate.parts):
            if isinstance(part, Program):
                found.append(self._ran(part, number))
            elif isinstance(part, Picture):
                found.append(self._drew(part, number))
            elif isinstance(part, Invocation):
                found.append(self._call(part, number))
        silent = self.candidate.finish in {Finish.TOOLS, Finish.BLOCKED}
        cut = self.candidate.finish is Finish.LENGTH and not self.candidate.text
        return found if silent or cut else [*found, self._message()]

    @property
    def status(self) -> str:
        return "incomplete" if self.candidate.finish is Finish.LENGTH else "completed"

    def _id(self, prefix: str, number: int = 0) -> str:
        return f"{prefix}_{identity(f'{self.seed}/{prefix}/{number}', 43)}"

    def _reasoning(self) -> JSON:
        thoughts = [part.text for part in self.candidate.parts if isinstance(part, Thought)]
        summary = [{"type": "summary_text", "text": text} for text in thoughts]
        item: JSON = {"id": self._id("rs"), "type": "reasoning", "summary": summary}
        return item | ({"encrypted_content": seal.sign(item["id"])} if self.proven else {})

    def _searched(self, grounding: Grounding) -> JSON:
        action = {"type": "search", "query": grounding.query}
        item = {"id": self._id("ws"), "type": "web_search_call", "status": "completed"}
        return item | {"action": action}

    def _ran(self, part: Program, number: int) -> JSON:
        shown = [{"type": "logs", "logs": part.output}] if self.outputs else None
        return {
            "id": self._id("ci", number),
            "type": "code_interpreter_call",
            "status": "completed",
            "code": part.code,
            "container_id": self._id("cntr"),
            "outputs": shown,
        }

    def _drew(self, part: Picture, number: int) -> JSON:
        return {
            "id": self._id("ig", number),
            "type": "image_generation_call",
            "status": "completed",
            "output_format": part.mime_type.partition("/")[2],
            "result": base64.b64encode(part.data).decode(),
        }

    def _call(self, call: Invocation, number: int) -> JSON:
        named = {"call_id": f"call_{identity(f'{self.seed}/call/{number}', 24)}", "name": call.name}
        if call.text is not None:
            head = {"id": self._id("ctc", number), "type": "custom_tool_call"}
            return {**head, "status": "completed", "input": call.text, **named}
        head = {"id": self._id("fc", number), "type": "function_call", "status": "completed"}
        return {**head, "arguments": json.dumps(call.arguments, ensure_ascii=False), **named}

    def _message(self) -> JSON:
        text = self.candidate.text
        said = tokens.split(text)
        part: JSON = {
            "type": "output_text",
            "annotations": _notes(self.candidate.grounding, text),
            "logprobs": [] if self.logprobs is None else [_likely(t, self.logprobs) for t in said],
            "text": text,
        }
        return {
            "id": self._id("msg"),
            "type": "message",
            "status": self.status,
            "content": [part],
            "role": "assistant",
        }


def _notes(grounding: Grounding | None, text: str) -> list[JSON]:
    """Offsets count characters, unlike Gemini's."""
    found: list[JSON] = []
    for said, number in grounding.supports if grounding is not None else ():
        title, url = grounding.sources[number] if grounding is not None else ("", "")
        start = text.index(said)
        place = {"start_index": start, "end_index": start + len(said)}
        found.append({"type": "url_citation", **place, "url": url, "title": title})
    return found


def _likely(token: str, alternatives: int) -> JSON:
    first = tokens.logprob(token)
    others = [_probable(f"{token}{n}", first - n) for n in range(1, alternatives)]
    top = [_probable(token, first), *others][:alternatives]
    return _probable(token, first) | {"top_logprobs": top}


def _probable(token: str, logprob: float) -> JSON:
    return {"token": token, "logprob": logprob, "bytes": list(token.encode())}

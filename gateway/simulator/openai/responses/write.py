"""A neutral answer as the Responses API says it: whole, or in the events of a stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from gateway.simulator import seal, tokens
from gateway.simulator.answer import Answer, Candidate, Finish, Usage
from gateway.simulator.media import identity
from gateway.simulator.openai.responses.items import Items
from gateway.simulator.openai.responses.read import LOGPROBS
from gateway.simulator.openai.responses.rules import PROOFS
from gateway.simulator.question import Question, Thinking
from gateway.simulator.reply import JSON, compact

_ECHOED: JSON = {
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "prompt_cache_key": None,
    "safety_identifier": None,
    "store": True,
    "temperature": 1.0,
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
}
_STEPS = {
    "web_search_call": ("in_progress", "searching", "completed"),
    "image_generation_call": ("in_progress", "generating", "completed"),
    "code_interpreter_call": ("in_progress", "interpreting", "completed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """`body` is the request, which the answer repeats."""

    answer: Answer
    question: Question
    body: JSON
    seed: str
    created: int

    def whole(self) -> JSON:
        candidate = self._candidate
        items = self._items.all()
        response = self._response(self._items.status, items, usage(self.answer.usage))
        if candidate.finish in {Finish.LENGTH, Finish.BLOCKED}:
            reason = "max_output_tokens" if candidate.finish is Finish.LENGTH else "content_filter"
            response |= {"status": "incomplete", "incomplete_details": {"reason": reason}}
        return response

    def events(self) -> Iterator[bytes]:
        """Each item begins and ends; then the whole response once more, and no `[DONE]`."""
        numbers = count()
        for kind, fields in self._told():
            event = {"type": kind, **fields, "sequence_number": next(numbers)}
            yield b"event: " + kind.encode() + b"\ndata: " + compact(event) + b"\n\n"

    def _told(self) -> Iterator[tuple[str, JSON]]:
        begun = self._response("in_progress", [], None)
        yield "response.created", {"response": begun}
        yield "response.in_progress", {"response": begun}
        for place, item in enumerate(self._items.all()):
            yield from self._item(item, place)
        ended = self.whole()
        yield f"response.{ended['status']}", {"response": ended}

    def _item(self, item: JSON, place: int) -> Iterator[tuple[str, JSON]]:
        at = {"item_id": item["id"], "output_index": place}
        yield "response.output_item.added", {"output_index": place, "item": _empty(item)}
        match item["type"]:
            case "message":
                yield from _said(item["content"][0], at, rated=self.question.logprobs is not None)
            case "reasoning":
                for number, part in enumerate(item["summary"]):
                    yield from _thought(part, at | {"summary_index": number})
            case "function_call":
                yield from _spelt("function_call_arguments", "arguments", item, at)
            case "custom_tool_call":
                yield from _spelt("custom_tool_call_input", "input", item, at)
            case kind:
                for step in _STEPS[kind]:
                    yield f"response.{kind}.{step}", at
                    if kind == "code_interpreter_call" and step == "in_progress":
                        yield from _spelt("code_interpreter_call_code", "code", item, at)
        yield "response.output_item.done", {"output_index": place, "item": item}

    @property
    def _candidate(self) -> Candidate:
        return self.answer.candidates[0]

    @property
    def _items(self) -> Items:
        include = self.body.get("include") or []
        return Items(
            candidate=self._candidate,
            seed=self.seed,
            thinks=self.question.thinking is not Thinking.OFF,
            proven=PROOFS in include,
            outputs="code_interpreter_call.outputs" in include,
            logprobs=self.question.logprobs if LOGPROBS in include else None,
        )

    def _response(self, status: str, output: list[JSON], counted: JSON | None) -> JSON:
        echoed = {key: self._echo(key, usual) for key, usual in _ECHOED.items()}
        text = {"format": {"type": "text"}, "verbosity": "medium"} | (self.body.get("text") or {})
        thinking = {"effort": None, "summary": None} | (self.body.get("reasoning") or {})
        return {
            "id": f"resp_{identity(self.seed, 43)}",
            "object": "response",
            "created_at": self.created,
            "status": status,
            "background": False,
            "error": None,
            "incomplete_details": None,
            "model": self.question.model,
            "output": output,
            "previous_response_id": None,
            "service_tier": "default",
            "usage": counted,
            **echoed,
            "text": text,
            "reasoning": thinking,
        }

    def _echo(self, key: str, usual: Any) -> Any:
        value = self.body.get(key)
        return usual if value is None else value


def _empty(item: JSON) -> JSON:
    """The item as it begins."""
    begun = {key: value for key, value in item.items() if key not in {"action", "result"}}
    begun |= {"status": "in_progress"} if "status" in item else {}
    if "encrypted_content" in item:
        # Another than that of the complete item (as recorded); it proves nothing.
        begun["encrypted_content"] = seal.sign(item["id"] + "/begun")
    for field, nothing in (("content", []), ("summary", []), ("arguments", ""), ("input", "")):
        if field in item:
            begun[field] = nothing
    return begun | ({"code": ""} if "code" in item else {})


def _said(part: JSON, at: JSON, *, rated: bool) -> Iterator[tuple[str, JSON]]:
    where = at | {"content_index": 0}
    nothing = part | {"text": "", "annotations": [], "logprobs": []}
    yield "response.content_part.added", where | {"part": nothing}
    for number, token in enumerate(tokens.split(part["text"])):
        likely = [part["logprobs"][number]] if rated else []
        padding = identity(f"{at}{number}", 3 + number % 13)
        delta = {"delta": token, "logprobs": likely, "obfuscation": padding}
        yield "response.output_text.delta", where | delta
    for number, note in enumerate(part["annotations"]):
        noted = {"annotation_index": number, "annotation": note}
        yield "response.output_text.annotation.added", where | noted
    done = {"text": part["text"], "logprobs": part["logprobs"]}
    yield "response.output_text.done", where | done
    yield "response.content_part.done", where | {"part": part}


def _thought(part: JSON, where: JSON) -> Iterator[tuple[str, JSON]]:
    yield "response.reasoning_summary_part.added", where | {"part": part | {"text": ""}}
    for token in tokens.split(part["text"]):
        yield "response.reasoning_summary_text.delta", where | {"delta": token}
    yield "response.reasoning_summary_text.done", where | {"text": part["text"]}
    yield "response.reasoning_summary_part.done", where | {"part": part}


def _spelt(name: str, field: str, item: JSON, at: JSON) -> Iterator[tuple[str, JSON]]:
    for token in tokens.split(item[field]):
        yield f"response.{name}.delta", at | {"delta": token}
    yield f"response.{name}.done", at | {field: item[field]}


def usage(counted: Usage) -> JSON:
    """Reasoning is part of the output here (as recorded)."""
    output = counted.output + counted.thinking
    asked = counted.prompt + counted.tool
    return {
        "input_tokens": asked,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": output,
        "output_tokens_details": {"reasoning_tokens": counted.thinking},
        "total_tokens": asked + output,
    }

"""A neutral answer as Chat Completions says it: whole, or in the chunks of a stream."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from gateway.simulator import tokens
from gateway.simulator.answer import Answer, Candidate, Finish, Invocation, Picture, Thought, Usage
from gateway.simulator.media import identity
from gateway.simulator.reply import JSON, compact

FINISH = {
    Finish.STOP: "stop",
    Finish.TOOLS: "tool_calls",
    Finish.SEQUENCE: "stop",
    Finish.LENGTH: "length",
    Finish.BLOCKED: "content_filter",
    Finish.MALFORMED: "stop",
}
_FINGERPRINT = "fp_simulated00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """`usage` is None in a stream that was not asked for it; `named`: a tool was forced by name;
    `legacy`: `functions` instead of `tools`."""

    answer: Answer
    model: str
    seed: str
    created: int
    logprobs: int | None = None
    include_usage: bool = False
    named: bool = False
    legacy: bool = False

    def whole(self) -> JSON:
        choices = [self._choice(n, each) for n, each in enumerate(self._candidates)]
        return self._head("chat.completion") | {
            "choices": choices,
            "usage": usage(self.answer.usage),
            "service_tier": "default",
            "system_fingerprint": _FINGERPRINT,
        }

    def events(self) -> Iterator[bytes]:
        """Choices take turns, a chunk holds one; then the usage, then `[DONE]`."""
        streams = [self._deltas(n, each) for n, each in enumerate(self._candidates)]
        for turn in zip_longest(*streams):
            for choice in turn:
                if choice is not None:
                    yield self._event([choice], None)
        if self.include_usage:
            yield self._event([], usage(self.answer.usage))
        yield b"data: [DONE]\n\n"

    @property
    def _candidates(self) -> tuple[Candidate, ...]:
        return self.answer.candidates or (Candidate(parts=(), finish=Finish.BLOCKED),)

    def _head(self, kind: str) -> JSON:
        return {
            "id": f"chatcmpl-{identity(self.seed, 29)}",
            "object": kind,
            "created": self.created,
            "model": self.model,
        }

    def _event(self, choices: list[JSON], counted: JSON | None) -> bytes:
        chunk = self._head("chat.completion.chunk")
        chunk |= {"service_tier": "default", "system_fingerprint": _FINGERPRINT}
        chunk["choices"] = choices
        if self.include_usage:
            chunk["usage"] = counted
        # Random padding on the wire, so that lengths tell an eavesdropper nothing.
        chunk["obfuscation"] = identity(self.seed + str(choices), 3 + len(str(choices)) % 13)
        return b"data: " + compact(chunk) + b"\n\n"

    def _choice(self, index: int, candidate: Candidate) -> JSON:
        message: JSON = {"role": "assistant", "content": candidate.text, "refusal": None}
        message["annotations"] = []
        if candidate.calls:
            message["content"] = None
            message |= self._calls(index, candidate)
        message |= _extras(candidate)
        return {
            "index": index,
            "message": message,
            "logprobs": self._logprobs(tokens.split(candidate.text)),
            "finish_reason": self._finish(candidate),
        }

    def _calls(self, index: int, candidate: Candidate) -> JSON:
        calls = [self._call(index, n, call) for n, call in enumerate(candidate.calls)]
        return {"function_call": calls[0]["function"]} if self.legacy else {"tool_calls": calls}

    def _call(self, index: int, number: int, call: Invocation) -> JSON:
        identifier = f"call_{identity(f'{self.seed}/{index}/{number}', 24)}"
        if call.text is not None:
            custom = {"name": call.name, "input": call.text}
            return {"id": identifier, "type": "custom", "custom": custom}
        function = {"name": call.name, "arguments": json.dumps(call.arguments, ensure_ascii=False)}
        return {"id": identifier, "type": "function", "function": function}

    def _deltas(self, index: int, candidate: Candidate) -> Iterator[JSON]:
        first: JSON = {"role": "assistant", "content": None if candidate.calls else ""}
        yield self._delta(index, first if candidate.calls else first | {"refusal": None}, ())
        for key, text in _thoughts(candidate):
            yield self._delta(index, {key: text}, None)
        for token in tokens.split(candidate.text):
            yield self._delta(index, {"content": token}, (token,))
        if candidate.calls and self.legacy:
            yield from self._legacy(index, candidate.calls[0])
        elif candidate.calls:
            for number, call in enumerate(candidate.calls):
                yield from self._streamed(index, number, call)
        if images := _images(candidate):
            yield self._delta(index, {"images": images}, None)
        yield self._delta(index, {}, None, self._finish(candidate))

    def _streamed(self, index: int, number: int, call: Invocation) -> Iterator[JSON]:
        """The head with no arguments yet, then the arguments in pieces."""
        head = self._call(index, number, call)
        kind, field = ("custom", "input") if call.text is not None else ("function", "arguments")
        payload, head[kind] = head[kind][field], {**head[kind], field: ""}
        yield self._delta(index, {"tool_calls": [{"index": number, **head}]}, None)
        for piece in tokens.split(payload):
            delta = {"index": number, kind: {field: piece}}
            yield self._delta(index, {"tool_calls": [delta]}, None)

    def _legacy(self, index: int, call: Invocation) -> Iterator[JSON]:
        yield self._delta(index, {"function_call": {"name": call.name, "arguments": ""}}, None)
        for piece in tokens.split(json.dumps(call.arguments)):
            yield self._delta(index, {"function_call": {"arguments": piece}}, None)

    def _delta(
        self, index: int, delta: JSON, said: tuple[str, ...] | None, finish: str | None = None
    ) -> JSON:
        logprobs = None if said is None else self._logprobs(list(said))
        return {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish}

    def _logprobs(self, said: list[str]) -> JSON | None:
        if self.logprobs is None:
            return None
        return {"content": [_likely(token, self.logprobs) for token in said], "refusal": None}

    def _finish(self, candidate: Candidate) -> str:
        if candidate.finish is Finish.TOOLS and self.legacy:
            return "function_call"
        # Forced by name, the model did what it was told: `stop`, mostly (as recorded).
        named = candidate.finish is Finish.TOOLS and self.named
        return "stop" if named else FINISH[candidate.finish]


def usage(counted: Usage) -> JSON:
    """Reasoning is part of the completion here (as recorded)."""
    completion = counted.output + counted.thinking
    audio = sum(count for kind, count in counted.media if kind == "AUDIO")
    return {
        "prompt_tokens": counted.prompt,
        "completion_tokens": completion,
        "total_tokens": counted.prompt + completion,
        "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": audio},
        "completion_tokens_details": {
            "reasoning_tokens": counted.thinking,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _thoughts(candidate: Candidate) -> Iterator[tuple[str, str]]:
    for part in candidate.parts:
        if isinstance(part, Thought):
            for token in tokens.split(part.text):
                yield "reasoning_content", token


def _extras(candidate: Candidate) -> JSON:
    """DeepSeek's `reasoning_content` and OpenRouter's `images`; OpenAI has neither."""
    extras: JSON = {}
    thoughts = "".join(text for _, text in _thoughts(candidate))
    if thoughts:
        extras["reasoning_content"] = thoughts
    if images := _images(candidate):
        extras["images"] = images
    return extras


def _images(candidate: Candidate) -> list[JSON]:
    return [
        {
            "type": "image_url",
            "image_url": {
                "url": f"data:{part.mime_type};base64,{base64.b64encode(part.data).decode()}"
            },
        }
        for part in candidate.parts
        if isinstance(part, Picture)
    ]


def _likely(token: str, alternatives: int) -> JSON:
    first = tokens.logprob(token)
    others = [_probable(f"{token}{n}", first - n) for n in range(1, alternatives)]
    top = [_probable(token, first), *others][:alternatives]
    return _probable(token, first) | {"top_logprobs": top}


def _probable(token: str, logprob: float) -> JSON:
    return {"token": token, "logprob": logprob, "bytes": list(token.encode())}

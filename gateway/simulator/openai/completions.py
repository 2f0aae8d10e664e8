"""OpenAI's legacy completions: `/openai/v1/completions`, or any other prefix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gateway.simulator import script, tokens
from gateway.simulator.answer import Candidate
from gateway.simulator.faults import Order
from gateway.simulator.media import identity
from gateway.simulator.openai.rules import amount
from gateway.simulator.openai.service import OpenAI
from gateway.simulator.openai.write import FINISH, usage
from gateway.simulator.question import Question
from gateway.simulator.reply import JSON, Reply, compact, stream, whole
from gateway.simulator.service import Call, Rejected

_SSE = "text/event-stream; charset=utf-8"
_KNOWN = frozenset(
    {"best_of", "echo", "frequency_penalty", "logit_bias", "logprobs", "max_tokens", "model", "n"}
    | {"presence_penalty", "prompt", "seed", "stop", "stream", "stream_options", "suffix"}
    | {"temperature", "top_p", "user"}
)


class Completions(OpenAI):
    """Keys, models and errors are those of Chat."""

    def answer(self, call: Call, order: Order | None) -> Reply:
        if call.method != "POST":
            raise Rejected(f"Invalid URL ({call.method} {call.path})", status=404)
        body = call.json()
        prompts = _prompts(body)
        answered = [script.decide(_question(body, each), order, demo=call.demo) for each in prompts]
        found = [
            (prompt, candidate)
            for prompt, answer in zip(prompts, answered, strict=True)
            for candidate in answer.candidates
        ]
        choices = [_choice(n, prompt, each, body) for n, (prompt, each) in enumerate(found)]
        head = _head(call, body)
        counted = usage(answered[0].usage)
        if not body.get("stream"):
            return whole(head | {"choices": choices, "usage": counted})
        options = body.get("stream_options") or {}
        told = counted if options.get("include_usage") else None
        return stream(_events(head, choices, told), _SSE)


def _prompts(body: JSON) -> list[str]:
    """Tokens are shown as text. Raises Rejected for whatever the service would refuse."""
    for field in body:
        if field not in _KNOWN:
            raise Rejected(f"Unrecognized request argument supplied: {field}")
    value = body.get("prompt")
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and value:
        if all(isinstance(each, int) for each in value):
            return [str(value)]
        return [each if isinstance(each, str) else str(each) for each in value]
    raise Rejected("you must provide a prompt parameter")


def _question(body: JSON, prompt: str) -> Question:
    amount(body)
    stop = body.get("stop") or ()
    suffix = body.get("suffix")
    return Question(
        model=str(body.get("model")),
        text=f"{prompt} … {suffix}" if suffix else prompt,
        n=body.get("n") or 1,
        max_tokens=body.get("max_tokens"),
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
        prompt=tokens.count(prompt),
    )


def _choice(index: int, prompt: str, candidate: Candidate, body: JSON) -> JSON:
    text = (prompt if body.get("echo") else "") + candidate.text
    return {
        "text": text,
        "index": index,
        "logprobs": _rated(text, body["logprobs"]) if body.get("logprobs") is not None else None,
        "finish_reason": FINISH[candidate.finish],
    }


def _rated(text: str, alternatives: int) -> JSON:
    said = tokens.split(text)
    places = [sum(len(each) for each in said[:number]) for number in range(len(said))]
    rated = [tokens.logprob(token) for token in said]
    tops = [{token: value} for token, value in zip(said, rated, strict=True)]
    return {
        "tokens": said,
        "token_logprobs": rated,
        "top_logprobs": tops if alternatives else None,
        "text_offset": places,
    }


def _head(call: Call, body: JSON) -> JSON:
    return {
        "id": f"cmpl-{identity(f'completions/{call.number}', 29)}",
        "object": "text_completion",
        "created": call.created,
        "model": body["model"],
    }


def _events(head: JSON, choices: list[JSON], counted: JSON | None) -> Iterator[bytes]:
    for choice in choices:
        for token in tokens.split(choice["text"]):
            yield _event(head, [choice | {"text": token, "logprobs": None, "finish_reason": None}])
        yield _event(head, [choice | {"text": ""}])
    if counted is not None:
        yield _event(head | {"usage": counted}, [])
    yield b"data: [DONE]\n\n"


def _event(head: JSON, choices: list[Any]) -> bytes:
    return b"data: " + compact(head | {"choices": choices}) + b"\n\n"

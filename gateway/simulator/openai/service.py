"""OpenAI: `/openai/v1/…`, or any other prefix before `chat/completions`, `embeddings`, `models`."""

from __future__ import annotations

import base64
import struct

from gateway.simulator import media, script, tokens
from gateway.simulator.faults import Order, Refusal
from gateway.simulator.openai import errors, read
from gateway.simulator.openai.write import Writer
from gateway.simulator.reply import JSON, Reply, compact, stream, whole
from gateway.simulator.service import Call, Rejected, parse

_SSE = "text/event-stream; charset=utf-8"
_DIMENSIONS = {"text-embedding-3-large": 3072}
_MODELS = ("gpt-5.5", "gpt-5", "gpt-5-mini", "gpt-4o", "gpt-4o-mini", "text-embedding-3-small")
_CREATED = 1715367049


class OpenAI:
    def key(self, call: Call) -> str:
        return call.bearer()

    def model(self, call: Call) -> str:
        if call.method != "POST":
            return ""
        body = parse(call.body)
        return str(body.get("model", "")) if isinstance(body, dict) else ""

    def answer(self, call: Call, order: Order | None) -> Reply:
        path = call.path.rstrip("/")
        if call.method == "GET" and "/models" in path:
            return _models(path.rpartition("/models")[2].strip("/"))
        if call.method == "POST" and path.endswith("/chat/completions"):
            return _chat(call, order)
        if call.method == "POST" and path.endswith("/embeddings"):
            return whole(_embeddings(call.json()))
        raise Rejected(f"Invalid URL ({call.method} {call.path})", status=404)

    def refuse(self, refusal: Refusal, call: Call) -> Reply:
        try:
            model = self.model(call)
        except Rejected:
            model = ""
        return errors.refusal(refusal, model, self.key(call))

    def reject(self, problem: Rejected, call: Call) -> Reply:
        body = errors.body(problem.message, param=problem.param, code=problem.code)
        return whole(body, problem.status)

    def interrupt(self) -> bytes:
        """An event that is an error, and no `[DONE]` after it."""
        message = "The server had an error while processing your request. Sorry about that!"
        return b"data: " + compact(errors.body(message, "server_error")) + b"\n\n"


def _chat(call: Call, order: Order | None) -> Reply:
    body = call.json()
    question = read.question(body)
    named = isinstance(body.get("tool_choice"), dict) and len(question.only) == 1
    options = body.get("stream_options") or {}
    writer = Writer(
        answer=script.decide(question, order, demo=call.demo),
        model=question.model,
        seed=f"openai/{call.number}",
        created=call.created,
        logprobs=question.logprobs,
        include_usage=bool(options.get("include_usage")),
        named=named,
        legacy="functions" in body and "tools" not in body,
    )
    return stream(writer.events(), _SSE) if body.get("stream") else whole(writer.whole())


def _models(name: str) -> Reply:
    if not name:
        return whole({"object": "list", "data": [_model(each) for each in _MODELS]})
    return whole(_model(name)) if name in _MODELS else whole(errors.missing(name), 404)


def _model(name: str) -> JSON:
    return {"id": name, "object": "model", "created": _CREATED, "owned_by": "system"}


def _embeddings(body: JSON) -> JSON:
    """`input` is a text, a list of texts, a list of tokens or a list of such lists."""
    if not body.get("model"):
        raise Rejected("you must provide a model parameter")
    inputs = _inputs(body.get("input"))
    size = body.get("dimensions") or _DIMENSIONS.get(body["model"], 1536)
    encode = _base64 if body.get("encoding_format") == "base64" else list
    count = sum(tokens.count(text) for text in inputs)
    return {
        "object": "list",
        "data": [
            {"object": "embedding", "index": n, "embedding": encode(media.vector(text, size))}
            for n, text in enumerate(inputs)
        ],
        "model": body["model"],
        "usage": {"prompt_tokens": count, "total_tokens": count},
    }


def _inputs(value: object) -> list[str]:
    if isinstance(value, str) and value:
        return [value]
    if isinstance(value, list) and value:
        if all(isinstance(each, int) for each in value):
            return [str(value)]
        return [each if isinstance(each, str) else str(each) for each in value]
    raise Rejected("'$.input' is invalid. Please check the API reference: "
                   "https://platform.openai.com/docs/api-reference.", "input")  # fmt: skip


def _base64(vector: list[float]) -> str:
    """Little-endian 32-bit floats."""
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()

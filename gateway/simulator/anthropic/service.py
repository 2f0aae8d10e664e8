"""Anthropic: `/anthropic/v1/messages`, `…/count_tokens` and `…/models`, or without the prefix."""

from __future__ import annotations

from gateway.simulator import media, script
from gateway.simulator.answer import Usage
from gateway.simulator.anthropic import errors, read, rules
from gateway.simulator.anthropic.write import Writer, event
from gateway.simulator.faults import Order, Refusal
from gateway.simulator.reply import JSON, Reply, stream, whole
from gateway.simulator.service import Call, Rejected, parse

_SSE = "text/event-stream; charset=utf-8"
_MODELS = {
    "claude-opus-5-5": "Claude Opus 5.5",
    "claude-sonnet-5": "Claude Sonnet 5",
    "claude-sonnet-4-5-20250929": "Claude Sonnet 4.5",
    "claude-haiku-4-5-20251001": "Claude Haiku 4.5",
}


class Anthropic:
    def key(self, call: Call) -> str:
        return call.headers.get("x-api-key") or call.bearer()

    def model(self, call: Call) -> str:
        if call.method != "POST":
            return ""
        body = parse(call.body)
        return str(body.get("model", "")) if isinstance(body, dict) else ""

    def answer(self, call: Call, order: Order | None) -> Reply:
        if not call.headers.get("anthropic-version"):
            raise Rejected("anthropic-version: header is required")
        path = call.path.rstrip("/")
        if call.method == "GET" and "/models" in path:
            return whole(_models(path.rpartition("/models")[2].strip("/")))
        if call.method == "POST" and path.endswith("/messages/count_tokens"):
            return whole(_count(call.json()))
        if call.method == "POST" and path.endswith("/messages"):
            return _message(call, order)
        raise Rejected("Not found", status=404)

    def refuse(self, refusal: Refusal, call: Call) -> Reply:
        try:
            model = self.model(call)
        except Rejected:
            model = ""
        return errors.refusal(refusal, model, _request_id(call))

    def reject(self, problem: Rejected, call: Call) -> Reply:
        return errors.failure(problem.status, problem.message, _request_id(call))

    def interrupt(self) -> bytes:
        return event("error", error={"type": "overloaded_error", "message": "Overloaded"})


def _request_id(call: Call) -> str:
    return f"req_01{media.identity(f'request/{call.number}', 22)}"


def _message(call: Call, order: Order | None) -> Reply:
    body = call.json()
    question = read.question(body)
    answer = script.decide(question, order, demo=call.demo)
    writer = Writer(answer, question.model, f"anthropic/{call.number}", question.thinking)
    return stream(writer.events(), _SSE) if body.get("stream") else whole(writer.whole())


def _count(body: JSON) -> JSON:
    rules.check(body, counting=True)
    counted = Usage(text=read.prompt(body), media=script.modalities(read.media(body)))
    return {"input_tokens": counted.prompt}


def _models(name: str) -> JSON:
    if name:
        if name not in _MODELS:
            raise Rejected(f"model: {name}", status=404)
        return _model(name)
    names = list(_MODELS)
    return {
        "data": [_model(each) for each in names],
        "has_more": False,
        "first_id": names[0],
        "last_id": names[-1],
    }


def _model(name: str) -> JSON:
    created = "2025-09-29T00:00:00Z"
    return {"type": "model", "id": name, "display_name": _MODELS[name], "created_at": created}

"""OpenAI's Responses: `/openai/v1/responses`, or any other prefix. It remembers no answers."""

from __future__ import annotations

from gateway.simulator import script
from gateway.simulator.faults import Order, Refusal
from gateway.simulator.openai import errors
from gateway.simulator.openai.responses import read
from gateway.simulator.openai.responses.write import Writer
from gateway.simulator.openai.service import OpenAI
from gateway.simulator.reply import JSON, Reply, compact, stream, whole
from gateway.simulator.service import Call, Rejected

_SSE = "text/event-stream; charset=utf-8"
_FLAGGED = (
    "Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try "
    "again with a different prompt: "
    "https://platform.openai.com/docs/guides/reasoning#advice-on-prompting"
)


class Responses(OpenAI):
    """Keys, models and most errors are those of Chat."""

    def answer(self, call: Call, order: Order | None) -> Reply:
        if call.method != "POST":
            raise Rejected(f"Invalid URL ({call.method} {call.path})", status=404)
        body = call.json()
        question = read.question(body)
        decided = script.decide(question, order, demo=call.demo)
        if not decided.candidates:
            raise Rejected(_FLAGGED, code="invalid_prompt")
        writer = Writer(
            answer=decided,
            question=question,
            body=body,
            seed=f"responses/{call.number}",
            created=call.created,
        )
        return stream(writer.events(), _SSE) if body.get("stream") else whole(writer.whole())

    def refuse(self, refusal: Refusal, call: Call) -> Reply:
        """A model that is not there is a 400 here, and a 404 in Chat (as recorded)."""
        if refusal is not Refusal.NOT_FOUND:
            return super().refuse(refusal, call)
        message = f"The requested model '{self.model(call)}' does not exist."
        return whole(errors.body(message, param="model", code="model_not_found"), 400)

    def interrupt(self) -> bytes:
        """The error as an event, then the response that has failed."""
        message = "The server had an error while processing your request. Sorry about that!"
        error = {"type": "server_error", "code": "server_error", "message": message, "param": None}
        failed: JSON = {"id": "resp_failed", "object": "response", "status": "failed", "output": []}
        failed["error"] = {"code": "server_error", "message": message}
        return b"".join(
            b"event: " + kind.encode() + b"\ndata: " + compact({"type": kind, **fields}) + b"\n\n"
            for kind, fields in (
                ("error", {"sequence_number": 998, "error": error}),
                ("response.failed", {"sequence_number": 999, "response": failed}),
            )
        )

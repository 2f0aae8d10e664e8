"""The Gemini API: `/v1beta/models/{model}:{method}`, the same under `/v1`, and the model list."""

from __future__ import annotations

import re
from collections.abc import Callable

from gateway.simulator import media, script
from gateway.simulator.answer import Usage
from gateway.simulator.faults import Order, Refusal
from gateway.simulator.gemini import errors, fields, models, read, usage
from gateway.simulator.gemini.write import Writer, line, pretty
from gateway.simulator.reply import JSON, Reply, stream
from gateway.simulator.service import Call, Rejected

_JSON = "application/json; charset=UTF-8"
_SSE = "text/event-stream"
_PATH = re.compile(r"(?:/(?P<version>v\w+))?(?:/.*)?/models/(?P<model>[^/]+):(?P<method>\w+)$")
_DIMENSIONS = 3072

Wrap = Callable[[JSON], JSON]
"""What Code Assist puts around each answer."""


class Gemini:
    def key(self, call: Call) -> str:
        return call.headers.get("x-goog-api-key") or call.query.get("key") or call.bearer()

    def model(self, call: Call) -> str:
        found = _PATH.search(call.path)
        return found["model"] if found else ""

    def answer(self, call: Call, order: Order | None) -> Reply:
        found = _PATH.search(call.path)
        if found is None:
            return _listing(call)
        if call.method != "POST":
            raise Rejected("Method not allowed.", status=404)
        model, body = found["model"], call.json()
        match found["method"]:
            case "generateContent" | "streamGenerateContent" as method:
                writer = _writer(call, body, model, order)
                return framed(call, writer) if method[0] == "s" else _whole(writer.whole())
            case "countTokens":
                return _whole(count(body, model))
            case "embedContent":
                request = fields.check(body, "EmbedRequest")
                return _whole({"embedding": _embedding(request)})
            case "batchEmbedContents":
                requests = fields.check(body, "BatchEmbedRequest").get("requests") or []
                return _whole({"embeddings": _embeddings(requests, model)})
            case method:
                raise Rejected(errors.missing(model, _version(call), method)["error"]["message"],
                               status=404)  # fmt: skip

    def refuse(self, refusal: Refusal, call: Call) -> Reply:
        found = _PATH.search(call.path)
        model, method = (found["model"], found["method"]) if found else ("", "")
        # The real 404 names generateContent also when its streaming twin was called.
        method = "generateContent" if method == "streamGenerateContent" else method
        body = errors.refusal(refusal, model, _version(call), method)
        return failed(call, body)

    def reject(self, problem: Rejected, call: Call) -> Reply:
        return failed(call, rejection(problem))

    def interrupt(self) -> bytes:
        """Bare JSON over several lines, without `data:` (as recorded)."""
        return pretty(errors.body(499, "The operation was cancelled.")).encode() + b"\r\n"


def rejection(problem: Rejected) -> JSON:
    details = None
    if problem.param is not None:
        violation = {"field": problem.param, "description": problem.message}
        details = [errors.detail("BadRequest", fieldViolations=[violation])]
    return errors.body(problem.status, problem.message, details)


def failed(call: Call, body: JSON) -> Reply:
    """An error answer to `alt=sse` claims to be an event stream and is plain JSON (as recorded)."""
    kind = _SSE if call.query.get("alt") == "sse" else _JSON
    return Reply(status=body["error"]["code"], content_type=kind, pieces=(pretty(body).encode(),))


def framed(call: Call, writer: Writer, wrap: Wrap | None = None) -> Reply:
    """A stream: events that end in CRLF CRLF, or without `alt=sse` the pieces of a JSON array."""
    chunks = [wrap(chunk) if wrap else chunk for chunk in writer.chunks()]
    if call.query.get("alt") == "sse":
        return stream(f"data: {line(chunk)}\r\n\r\n".encode() for chunk in chunks)
    heads = ["[", *[",\r\n"] * (len(chunks) - 1)]
    pieces = [f"{head}{pretty(chunk)}\n" for head, chunk in zip(heads, chunks, strict=True)]
    return stream((piece.encode() for piece in [*pieces, "]"]), _JSON)


def count(body: JSON, model: str) -> JSON:
    """A CountTokensRequest: `contents`, or a whole `generateContentRequest`."""
    checked = fields.check(body, "CountRequest")
    request = checked.get("generateContentRequest") or checked
    if not request.get("contents"):
        raise Rejected("* CountTokensRequest.contents: contents is not specified\n")
    counted = Usage(
        text=read.prompt(request), media=script.modalities(read.media(request["contents"]))
    )
    return {"totalTokens": counted.prompt, "promptTokensDetails": usage.details(counted)}


def _writer(call: Call, body: JSON, model: str, order: Order | None) -> Writer:
    question = read.question(body, model)
    answer = script.decide(question, order, demo=call.demo)
    return Writer(answer, model, f"gemini/{call.number}", question.logprobs)


def _whole(body: JSON) -> Reply:
    return Reply(content_type=_JSON, pieces=(pretty(body).encode(),))


def _version(call: Call) -> str:
    found = _PATH.search(call.path)
    return (found["version"] if found else None) or "v1beta"


def _listing(call: Call) -> Reply:
    name = call.path.rpartition("/models")[2].strip("/")
    if call.method != "GET" or "/models" not in call.path:
        raise Rejected("Requested entity was not found.", status=404)
    if not name:
        return _whole(models.listing(call.query))
    if not models.known(name):
        raise Rejected(
            errors.missing(name, "v1beta", "generateContent")["error"]["message"], status=404
        )
    return _whole(models.entry(name))


def _embeddings(requests: list[JSON], model: str) -> list[JSON]:
    for number, request in enumerate(requests):
        if str(request.get("model", "")).removeprefix("models/") != model:
            where = f"BatchEmbedContentsRequest.requests[{number}].model"
            raise Rejected(f"* {where}: model must be the same as the model in the path.\n")
    return [_embedding(request) for request in requests]


def _embedding(request: JSON) -> JSON:
    parts = (request.get("content") or {}).get("parts") or []
    if not parts:
        raise Rejected("* EmbedContentRequest.content: contents is not specified\n")
    text = "".join(part.get("text", "") for part in parts)
    return {"values": media.vector(text, request.get("outputDimensionality") or _DIMENSIONS)}

"""embedContent (one text) and batchEmbedContents (many)."""

from __future__ import annotations

from typing import Any

from proxy.dialects import reading
from proxy.dialects.base import (
    JSON,
    EmbedCodec,
    Embeddings,
    EmbedRequest,
    Loss,
    Rendered,
)
from proxy.dialects.gemini import errors
from proxy.dialects.gemini.fields import Reader
from proxy.errors import ErrorKind, GatewayError, invalid
from proxy.ir import Dialect, Value


class _One(Value, frozen=True):
    text: str
    task: str = ""
    title: str = ""
    dimensions: int | None = None
    losses: tuple[Loss, ...] = ()


class GeminiEmbeddings:
    name = Dialect.GEMINI

    def parse_request(self, body: JSON, *, model: str = "", batch: bool = False) -> EmbedRequest:
        """Raises INVALID_REQUEST for what is no text, and for requests that differ in a batch."""
        reader = Reader(body, "")
        if not batch:
            return _asked([_one(reader)], model or _model(reader), single=True)
        items = reader.items("requests")
        if not items:
            raise invalid("requests must hold at least one request", "requests")
        readers = [Reader(value, path) for value, path in items]
        return _asked([_one(one) for one in readers], model or _model(readers[0]), single=False)

    def render_request(self, request: EmbedRequest) -> Rendered:
        """Always a batch body: every Gemini embedding model takes it.

        Raises INVALID_REQUEST for token lists, which only OpenAI can read.
        """
        shared: JSON = {"model": f"models/{request.model.removeprefix('models/')}"}
        more: JSON = {}
        if request.dimensions is not None:
            more["outputDimensionality"] = request.dimensions
        if request.task:
            more["taskType"] = request.task
        if request.title:
            more["title"] = request.title
        bodies = []
        for number, text in enumerate(request.inputs):
            if not isinstance(text, str):
                raise invalid(f"input[{number}]: Gemini embeds text, not token ids", "input")
            bodies.append({**shared, "content": {"parts": [{"text": text}]}, **more})
        return Rendered({"requests": bodies}, list(request.losses))

    def parse_response(self, body: JSON, request: EmbedRequest) -> Embeddings:
        """Raises GatewayError for an error, and when a vector is missing."""
        error = errors.reported(body)
        if error is not None:
            raise error
        listed = body.get("embeddings", [body.get("embedding")])
        vectors = [_vector(one) for one in listed] if isinstance(listed, list) else []
        good = tuple(vector for vector in vectors if vector is not None)
        if len(good) != len(request.inputs):
            raise GatewayError(
                ErrorKind.UPSTREAM_BROKEN,
                f"The upstream gave {len(good)} embeddings for {len(request.inputs)} inputs.",
            )
        counted = body.get("usageMetadata")
        tokens = counted.get("promptTokenCount") if isinstance(counted, dict) else None
        return Embeddings(good, request.model, tokens if type(tokens) is int else None)

    def render_response(self, answer: Embeddings, request: EmbedRequest) -> JSON:
        vectors = [{"values": list(vector)} for vector in answer.vectors]
        single = request.single and len(vectors) == 1
        body: JSON = {"embedding": vectors[0]} if single else {"embeddings": vectors}
        if answer.tokens is not None:
            body["usageMetadata"] = {"promptTokenCount": answer.tokens}
        return body


def _asked(ones: list[_One], model: str, *, single: bool) -> EmbedRequest:
    first = ones[0]
    for number, one in enumerate(ones):
        for field in ("dimensions", "task"):
            if getattr(one, field) != getattr(first, field):
                where = f"requests[{number}]"
                raise invalid(f"{where}: all requests of a batch must ask for the same", where)
    losses = [loss for one in ones for loss in one.losses]
    if any(one.title != first.title for one in ones):
        losses.append(Loss("title", "requests"))
        first = _One(first.text, first.task, "", first.dimensions)
    return EmbedRequest(
        model=model,
        inputs=tuple(one.text for one in ones),
        dimensions=first.dimensions,
        single=single,
        task=first.task,
        title=first.title,
        losses=tuple(losses),
    )


def _one(reader: Reader) -> _One:
    reader.raw("model") if reader.path == "" else None
    content = reader.get("content", _text)
    if content is None:
        raise invalid(f"{reader.place('content')} is missing", reader.place("content"))
    task, title = reader.string("taskType"), reader.string("title")
    dimensions = reader.get("outputDimensionality", reading.integer)
    lost = tuple(Loss(key, reader.path) for key in reader.left if key != "model")
    return _One(content, task, title, dimensions, lost)


def _text(value: Any, path: str) -> str:
    """The text of a content; Google embeds its parts as one."""
    reader = Reader(value, path)
    items = reader.items("parts")
    if not items:
        raise invalid(f"{path}.parts must hold a text", f"{path}.parts")
    return "\n".join(_said(Reader(part, place)) for part, place in items)


def _said(reader: Reader) -> str:
    text = reader.get("text", reading.text)
    if text is None:
        raise invalid(f"{reader.path}: only text can be embedded here", reader.path)
    return text


def _model(reader: Reader) -> str:
    return (reader.get("model", reading.text) or "").removeprefix("models/")


def _vector(value: Any) -> tuple[float, ...] | None:
    values = value.get("values") if isinstance(value, dict) else None
    if not isinstance(values, list) or not all(isinstance(one, int | float) for one in values):
        return None
    return tuple(values)


EMBEDDINGS: EmbedCodec = GeminiEmbeddings()

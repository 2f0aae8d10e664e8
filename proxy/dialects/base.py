"""What a dialect must be able to do. All of it is synchronous and pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from proxy.errors import GatewayError
from proxy.ir import Batch, Dialect, Event, Request, Value

JSON = dict[str, Any]


class Loss(Value, frozen=True):
    """Something one side said that the other dialect cannot say.

    `field` is its short wire name (goes into `x-potluck-dropped`), `where` the place, such as
    `messages[3]`, for the request log.
    """

    field: str
    where: str = ""


class EventParser(Protocol):
    """Wire stream → events. Any cut of the same bytes gives the same events in total."""

    def feed(self, data: bytes) -> Batch:
        """Raises GatewayError when the upstream reports a failure inside the stream."""
        ...

    def flush(self) -> Batch:
        """The stream has ended. Raises GatewayError if it broke off before its finish."""
        ...


class Listener(Protocol):
    """Hears only what the books need of an answer that passes untouched: Start, Usage, errors.

    `feed` and `flush` as in `EventParser`. What is said is never built, so it costs a fraction.
    """

    def feed(self, data: bytes) -> Batch: ...

    def flush(self) -> Batch: ...

    def whole(self, body: bytes) -> Batch:
        """A whole answer. Raises GatewayError for an error under HTTP 200, or if it is no JSON."""
        ...


class EventRenderer(Protocol):
    """Events → wire stream."""

    content_type: str
    losses: list[Loss]

    def feed(self, events: Iterable[Event]) -> bytes:
        """The bytes of one batch, b"" if they say nothing in this dialect."""
        ...

    def flush(self) -> bytes:
        """What closes a complete stream (OpenAI's `[DONE]`, the end of a JSON array)."""
        ...

    def fail(self, error: GatewayError) -> bytes:
        """What ends a stream that breaks off: in-band, because the status has been sent."""
        ...


class Rendered(Value, frozen=True):
    body: JSON
    losses: list[Loss]


class Codec(Protocol):
    """One dialect. Instances hold no state; parsers and renderers are made per stream."""

    @property
    def name(self) -> Dialect: ...

    def parse_request(self, body: JSON, *, model: str = "", stream: bool = False) -> Request:
        """`model` and `stream` are for dialects that say them in the path (Gemini).

        Raises GatewayError(INVALID_REQUEST) naming the field for anything malformed.
        """
        ...

    def render_request(self, request: Request) -> Rendered:
        """Raises GatewayError(INVALID_REQUEST) for what would change the meaning if dropped."""
        ...

    def parse_response(self, body: JSON) -> Batch:
        """A whole answer as events; raises GatewayError for an error under HTTP 200."""
        ...

    def render_response(self, events: Iterable[Event], request: Request) -> Rendered: ...

    def event_parser(self) -> EventParser: ...

    def listener(self) -> Listener: ...

    def event_renderer(self, request: Request, *, array: bool = False) -> EventRenderer:
        """`array`: Gemini's stream without `alt=sse`, a JSON array. Others ignore it."""
        ...

    def render_error(self, error: GatewayError) -> JSON: ...


class ModelInfo(Value, frozen=True):
    """A model as the gateway lists it. `created` is a Unix time; `owner` the provider's name."""

    id: str
    owner: str
    created: int = 0


class ModelList(Protocol):
    """How a dialect lists models: `GET …/models` and `GET …/models/{id}`."""

    def render_list(self, models: Sequence[ModelInfo], query: Mapping[str, str]) -> JSON: ...

    def render_model(self, model: ModelInfo) -> JSON: ...


class EmbedRequest(Value, frozen=True, kw_only=True):
    """Texts (or token lists) to embed. `single`: the caller expects one, not a list."""

    model: str
    inputs: tuple[str | tuple[int, ...], ...]
    dimensions: int | None = None
    base64: bool = False
    single: bool = False
    task: str = ""
    title: str = ""
    losses: tuple[Loss, ...] = ()


class Embeddings(Value, frozen=True):
    """One vector per input, in order. `tokens` is the prompt's count, None if not said."""

    vectors: tuple[tuple[float, ...], ...]
    model: str
    tokens: int | None = None


class EmbedCodec(Protocol):
    """The embeddings side of a dialect (OpenAI `/v1/embeddings`, Gemini `batchEmbedContents`)."""

    name: Dialect

    def parse_request(
        self, body: JSON, *, model: str = "", batch: bool = False
    ) -> EmbedRequest: ...

    def render_request(self, request: EmbedRequest) -> Rendered: ...

    def parse_response(self, body: JSON, request: EmbedRequest) -> Embeddings: ...

    def render_response(self, answer: Embeddings, request: EmbedRequest) -> JSON: ...


class CountCodec(Protocol):
    """How a dialect counts a prompt's tokens (Gemini `countTokens`)."""

    def parse_request(self, body: JSON, *, model: str = "") -> Request: ...

    def render_request(self, request: Request) -> Rendered: ...

    def parse_response(self, body: JSON) -> int: ...

    def render_response(self, tokens: int) -> JSON: ...

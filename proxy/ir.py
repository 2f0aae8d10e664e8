"""What a conversation is, independent of any wire dialect. No Django, no HTTP, no clock.

Every dialect parses its wire form into these values and renders them back. All values are
frozen; `msgspec.structs.replace` makes changed copies.

Two rules keep translation honest:

- What the IR does not model stays in an `Opaque` beside the value it came with. Only the dialect
  named by `origin` reads it back; any other renderer reports it as a `Loss` (`dialects/base.py`).
- Order is kept: a turn is a sequence of parts, also where a dialect has parallel fields.
"""

from __future__ import annotations

import enum
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

import msgspec


class Dialect(enum.StrEnum):
    OPENAI_CHAT = "openai_chat"
    OPENAI_RESPONSES = "openai_responses"
    OPENAI_COMPLETIONS = "openai_completions"
    OPENAI_IMAGES = "openai_images"
    ANTHROPIC = "anthropic"
    GEMINI = "gemini"
    CODE_ASSIST = "code_assist"


class Value(msgspec.Struct, frozen=True):
    """Base of everything here: immutable, compared by value."""


class Opaque(Value, frozen=True):
    """Wire data that only `origin` understands.

    `data` holds wire fields that the IR has no place for, under their wire names; another dialect
    loses them and says so. `shape` is how `origin` spelt what the IR does model (a string instead
    of a list, snake_case names, …), so that rendering gives the same JSON again; losing it is
    no loss. `needed` says of fields of a request's `data` without which it would mean something
    else what the caller can do: other dialects refuse the request with these words. Of a `Foreign`
    it has the path of the whole block.
    """

    origin: Dialect
    data: Mapping[str, Any] = {}
    shape: Mapping[str, Any] = {}
    needed: Mapping[str, str] = {}


class Signature(Value, frozen=True):
    """Proof of a model's reasoning, to be sent back unchanged (never edited, never put in an id).

    `value` is the text on the wire (Gemini: base64 in the standard alphabet).
    """

    origin: Dialect
    value: str


# --- parts: what a turn says -----------------------------------------------------------------


class Text(Value, frozen=True, tag=True):
    text: str
    signature: Signature | None = None
    opaque: Opaque | None = None


class Refusal(Value, frozen=True, tag=True):
    """The model's own words for why it does not answer (OpenAI's `refusal`)."""

    text: str
    opaque: Opaque | None = None


class Thinking(Value, frozen=True, tag=True):
    """Reasoning text. It may be empty and still carry a signature; it must be replayed then."""

    text: str
    signature: Signature | None = None
    opaque: Opaque | None = None


class ToolCall(Value, frozen=True, tag=True):
    """`arguments` is text as streamed: JSON, or free text when `custom`; "" means no arguments."""

    id: str
    name: str
    arguments: str = ""
    custom: bool = False
    signature: Signature | None = None
    opaque: Opaque | None = None


class ToolResult(Value, frozen=True, tag=True):
    """What a tool answered. `name` is "" where the dialect has only the call's id."""

    call_id: str
    parts: tuple[Part, ...]
    name: str = ""
    is_error: bool = False
    opaque: Opaque | None = None


class Media(Value, frozen=True, tag=True):
    """Image, audio, video or document: inline `data` (standard base64 text) or a `url`.

    The data is never decoded on its way through, so its bytes cannot change. `mime_type` is ""
    when unknown; `detail` is OpenAI's and Gemini's resolution hint; `name` a file name.
    """

    mime_type: str
    data: str = ""
    url: str = ""
    name: str = ""
    detail: str = ""
    signature: Signature | None = None
    opaque: Opaque | None = None


class Code(Value, frozen=True, tag=True):
    """Code that the upstream itself runs; its `CodeResult` follows."""

    code: str
    language: str = ""
    id: str = ""
    signature: Signature | None = None
    opaque: Opaque | None = None


class CodeResult(Value, frozen=True, tag=True):
    output: str
    is_error: bool = False
    id: str = ""
    signature: Signature | None = None
    opaque: Opaque | None = None


class Foreign(Value, frozen=True, tag=True):
    """A block that the IR does not model. Its origin emits it verbatim; for others it is a Loss."""

    opaque: Opaque
    signature: Signature | None = None


Part = Text | Refusal | Thinking | ToolCall | ToolResult | Media | Code | CodeResult | Foreign


class Role(enum.StrEnum):
    SYSTEM = "system"
    USER = "user"
    MODEL = "model"


class Turn(Value, frozen=True):
    """One message. Tool results are parts of a user turn; neighbours are not merged in parsing."""

    role: Role
    parts: tuple[Part, ...]
    opaque: Opaque | None = None


# --- request: what is asked -------------------------------------------------------------------


class FunctionTool(Value, frozen=True, tag=True):
    """`schema` is JSON Schema of the arguments, as the client wrote it; None = takes none."""

    name: str
    description: str = ""
    schema: Mapping[str, Any] | None = None
    strict: bool | None = None
    opaque: Opaque | None = None


class CustomTool(Value, frozen=True, tag=True):
    """A tool that takes free text (OpenAI's `custom`, perhaps with a grammar in `format`)."""

    name: str
    description: str = ""
    format: Mapping[str, Any] | None = None
    opaque: Opaque | None = None


class Builtin(enum.StrEnum):
    SEARCH = "search"
    CODE = "code"
    URL_CONTEXT = "url_context"


class BuiltinTool(Value, frozen=True, tag=True):
    """A tool that the upstream itself runs."""

    kind: Builtin
    opaque: Opaque | None = None


class ForeignTool(Value, frozen=True, tag=True):
    opaque: Opaque


Tool = FunctionTool | CustomTool | BuiltinTool | ForeignTool


class Choice(enum.StrEnum):
    AUTO = "auto"
    NONE = "none"
    REQUIRED = "required"


class ToolChoice(Value, frozen=True):
    """`names` limits the choice; REQUIRED with one name is "call this one"."""

    mode: Choice
    names: tuple[str, ...] = ()
    opaque: Opaque | None = None


class Sampling(Value, frozen=True, kw_only=True):
    """None means: not said. The upstream's own default then holds."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: float | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] | None = None
    seed: int | None = None
    n: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None


class Reasoning(Value, frozen=True, kw_only=True):
    """How much to think. `effort`: none|minimal|low|medium|high|xhigh|max; `budget`: tokens, -1 =
    as the model likes, 0 = off; `include`: are thoughts shown."""

    effort: str | None = None
    budget: int | None = None
    include: bool | None = None
    opaque: Opaque | None = None


class Format(enum.StrEnum):
    TEXT = "text"
    JSON = "json"
    SCHEMA = "schema"


class Output(Value, frozen=True, kw_only=True):
    """The form of the answer. `modalities` are lower-case words: text, image, audio."""

    format: Format | None = None
    schema: Mapping[str, Any] | None = None
    name: str = ""
    description: str = ""
    strict: bool | None = None
    modalities: tuple[str, ...] | None = None
    aspect_ratio: str = ""
    image_size: str = ""
    opaque: Opaque | None = None


class Request(Value, frozen=True, kw_only=True):
    """One question. System text is in `turns` with `Role.SYSTEM`, at the place it was said."""

    model: str
    turns: tuple[Turn, ...]
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice | None = None
    parallel_calls: bool | None = None
    sampling: Sampling = Sampling()
    reasoning: Reasoning | None = None
    output: Output | None = None
    stream: bool = False
    usage_wanted: bool = False
    """The client asked for a usage event in its stream (OpenAI's `stream_options`)."""
    opaque: Opaque | None = None


# --- events: what comes back, whole or streamed -----------------------------------------------


class Start(Value, frozen=True):
    """The first event. `created` is a Unix time in seconds, 0 if the upstream did not say."""

    id: str
    model: str
    created: int = 0
    opaque: Opaque | None = None


class Open(Value, frozen=True):
    """A part begins. Its text or arguments follow in `Delta`s; what `part` already holds counts.

    `index` is unique in one answer, also among several candidates; `choice` names the candidate.
    """

    index: int
    part: Part
    choice: int = 0


class Delta(Value, frozen=True):
    """More of part `index`: text of Text/Refusal/Thinking, arguments of a ToolCall, output."""

    index: int
    text: str


class Close(Value, frozen=True):
    """Part `index` ends. Signatures come last in most dialects, so they come here."""

    index: int
    signature: Signature | None = None
    opaque: Opaque | None = None


class TokenLogprob(Value, frozen=True):
    """`top` holds the most likely tokens at this place, each with an empty `top` of its own."""

    token: str
    logprob: float
    bytes: tuple[int, ...] | None = None
    top: tuple[TokenLogprob, ...] = ()
    opaque: Opaque | None = None


class Logprobs(Value, frozen=True):
    tokens: tuple[TokenLogprob, ...]
    choice: int = 0


class Citation(Value, frozen=True):
    """A source of the answer. `start`/`end` are character offsets into the candidate's whole
    visible text; both None when the source is not tied to a place."""

    url: str
    title: str = ""
    start: int | None = None
    end: int | None = None
    opaque: Opaque | None = None


class Cite(Value, frozen=True):
    """Sources of a candidate, usually at its end. `opaque` is the origin's whole metadata."""

    citations: tuple[Citation, ...]
    choice: int = 0
    opaque: Opaque | None = None


class Usage(Value, frozen=True):
    """Tokens of the whole answer: a running total, so the last one counts.

    `input` includes `cached` and tokens that tools brought in; `output` includes `thinking`.
    None where the upstream did not say.
    """

    input: int | None = None
    output: int | None = None
    cached: int | None = None
    thinking: int | None = None
    opaque: Opaque | None = None


class FinishReason(enum.StrEnum):
    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"
    FILTERED = "filtered"
    REFUSED = "refused"
    PAUSED = "paused"
    OTHER = "other"


class Finish(Value, frozen=True):
    """A candidate is complete; `raw` is the upstream's own word, `message` its explanation.

    An answer ends after every candidate has finished, or raises `GatewayError`; never both.
    """

    reason: FinishReason
    raw: str = ""
    message: str = ""
    choice: int = 0
    opaque: Opaque | None = None


class Extra(Value, frozen=True):
    """Wire data of a whole answer that has no place elsewhere (Azure's `prompt_filter_results`)."""

    opaque: Opaque


class Ping(Value, frozen=True):
    """Nothing new yet. Each renderer has a form of it that its clients accept."""


Event = Start | Open | Delta | Close | Logprobs | Cite | Usage | Finish | Extra | Ping

Batch = list[Event]


class Piece(msgspec.Struct, gc=False):
    """What arrived in one read of the upstream; it leaves in one write to the client.

    `raw` is set when client and upstream speak the same dialect: these bytes go out as they came,
    and `events` is only what a listener understood of them. A whole answer is one piece.
    """

    events: Batch
    raw: bytes | None = None


Exchange = Callable[[Request], AsyncGenerator[Piece, None]]
Middleware = Callable[[Exchange], Exchange]


def compose(exchange: Exchange, *middlewares: Middleware) -> Exchange:
    """The first middleware is the outermost, as in Django's MIDDLEWARE."""
    for middleware in reversed(middlewares):
        exchange = middleware(exchange)
    return exchange

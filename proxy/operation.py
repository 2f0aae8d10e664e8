"""What a request line asks for: parsed once at the door, never looked at again as text."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from proxy.dialects.base import JSON, Codec, CountCodec, EmbedCodec, ModelList
from proxy.errors import GatewayError
from proxy.ir import Dialect, Value


class Action(enum.StrEnum):
    GENERATE = "generate"
    EMBED = "embed"
    COUNT = "count"
    MODELS = "models"
    MODEL = "model"
    LOCAL = "local"
    """Answered by the gateway itself (`Speaker.local`)."""
    STORED = "stored"
    """About an answer that was kept (`Speaker.storage`)."""


class Operation(Value, frozen=True):
    """`model` and `stream` are set when the path says them, else the body does (`Head`).

    `array`: a stream as a JSON array (Gemini without `alt=sse`). `batch`: many inputs at once
    (`batchEmbedContents`). `forward`: the part of the query string that an upstream of the same
    dialect must see. `otherwise`: the status for another HTTP method. `within`: the path's first
    segment, where it limits who may answer (`/{provider}/v1/…`). `verb`: which `LOCAL` or `STORED`
    action, or which endpoint of several (`edits`). `others`: what the same path means with other
    HTTP methods. `id`: of a kept answer.
    """

    action: Action
    dialect: Dialect
    method: str = "POST"
    model: str = ""
    stream: bool | None = None
    array: bool = False
    batch: bool = False
    forward: str = ""
    otherwise: int = 405
    within: str = ""
    verb: str = ""
    others: Mapping[str, Operation] = {}
    id: str = ""


class Head(NamedTuple):
    """What must be known of a body before it is worth parsing: which model, streamed or not."""

    model: str
    stream: bool


class Hints(NamedTuple):
    """What tells dialects apart that share a path (`/v1/models`)."""

    anthropic: bool = False
    google: bool = False


class Account(NamedTuple):
    """What a caller may be told about its own key. `models`: every name that it may ask for, with
    the units one call costs. `remaining` of `total` units are left; None: there is no limit."""

    key_id: int
    label: str
    total: int | None
    remaining: int | None
    models: Sequence[tuple[str, int]]
    reset_at: datetime | None = None


Matcher = Callable[[str, Mapping[str, str], Hints], Operation | None]
"""(path, query, hints) → the operation, or None if the path is not this dialect's."""


class Wish(NamedTuple):
    """What a body asks of storage: go on from the answer `continues` ("" = from none), and `keep`
    the new one (`told`: it says so itself)."""

    continues: str = ""
    keep: bool = True
    told: bool = False


class Record(NamedTuple):
    """A kept answer: its id, and JSON of it and of the conversation that led to it."""

    id: str
    body: bytes


class Storage(NamedTuple):
    """How answers of a dialect are kept for later questions, and shown again. Pure functions of
    bytes; what does it is `proxy/stored.py`."""

    wish: Callable[[bytes], Wish]
    """Raises GatewayError for what nobody keeps here."""
    joined: Callable[[bytes, bytes], bytes]
    """(body, record) → the body with the whole conversation, that continues nothing any more."""
    sent: Callable[[bytes], bytes]
    """The body as an upstream sees it: it keeps nothing, since its accounts are shared."""
    ends: Callable[[bytes], bool]
    """Whether these bytes of a stream may hold the whole answer."""
    record: Callable[[bytes, bytes, str], Record | None]
    """(body, what the client heard last, id of the answer before) → what to keep, if anything."""
    show: Callable[[Operation, bytes, Mapping[str, str]], JSON]
    """(operation, record, query) → what `STORED` answers."""
    missing: Callable[[str, bool], GatewayError]
    """(id, whether a question continues it) → the error for an answer that is not (or no longer)
    there, or another key's."""
    nowhere: Callable[[], GatewayError]
    """The error for a question that continues an answer, where none is kept."""


class Speaker(NamedTuple):
    """All the gateway needs to serve one dialect: the one line that registers it."""

    codec: Codec
    match: Matcher
    head: Callable[[bytes, Operation], Head]
    with_model: Callable[[bytes, str], bytes]
    """The same body addressed to another model; everything else byte for byte."""
    models: ModelList
    owns: Callable[[str, Hints], bool]
    """Whether errors about this path, which nobody serves, are told in this dialect."""
    forwarded: frozenset[str] = frozenset()
    """Headers of the caller that an upstream of the same dialect must see."""
    passable: Callable[[bytes], bool] | None = None
    """Whether a body may pass untouched; None: every body may."""
    embeddings: EmbedCodec | None = None
    counting: CountCodec | None = None
    intake: Callable[[bytes, str], bytes] | None = None
    """(body, content type) → the body as this dialect's JSON, for clients that send forms."""
    recast: Callable[[bytes, Operation], tuple[Operation, bytes] | None] | None = None
    """Recognizes another dialect's body on this path: its operation, and its body."""
    local: Callable[[Operation, bytes, Account], JSON] | None = None
    """Answers `Action.LOCAL`; the body is b"" for GET."""
    storage: Storage | None = None
    inline: bool = False
    """An upstream of this dialect reads media from the request only, never from a URL."""


class Question(NamedTuple):
    """A caller's request as it was read: `body` is its JSON, `headers` those that its dialect
    forwards."""

    speaker: Speaker
    operation: Operation
    body: bytes
    headers: Mapping[str, str] = {}

"""Answers that are kept: what of a question and its answer, how a later question goes on from it,
and how they are shown (`GET`, `DELETE /v1/responses/{id}`, `GET …/input_items`).

A record is `{"input": […], "response": {…}}`: everything that the model was told, and what it
answered. Instructions are not part of it, as OpenAI documents: each question brings its own.
Nothing is kept at an upstream, whose accounts are shared by everybody here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct

from proxy.bodies import peek
from proxy.dialects.base import JSON
from proxy.dialects.openai_responses import listing, reasoning
from proxy.dialects.openai_responses.keeping import ORIGIN
from proxy.dialects.openai_responses.sampling import PROOFS
from proxy.errors import ErrorKind, GatewayError, Quoted, invalid
from proxy.operation import Operation, Record, Storage, Wish
from proxy.sse import Decoder

REFUSED = {
    "conversation": "conversations are not stored: send the whole conversation in `input`",
    "prompt": "prompts are not stored: send the text in `instructions` and `input`",
}
LATER = "background: nothing is answered later; leave it out and use `stream`."
NOWHERE = "previous_response_id: answers are not stored: send the whole conversation in `input`."

_encode = msgspec.json.Encoder().encode
# An event's type as its JSON has it; inside a text the quotes would be escaped.
_ENDS = (b'"response.completed"', b'"response.incomplete"')
_KEPT = frozenset({"completed", "incomplete"})
_NULL = Raw(b"null")
ID = r"[A-Za-z0-9_.:=-]{1,200}"
"""Ids that are kept: all that services are known to give, and nothing that a path cannot hold."""
_id = re.compile(ID)


class _Asked(Struct):
    previous_response_id: str | None = None
    store: bool | None = None
    background: bool | None = None
    conversation: Any = None
    prompt: Any = None


class _Head(Struct):
    id: str = ""
    status: str | None = None


class _Said(Struct):
    output: list[JSON] = []


class _Event(Struct):
    response: Raw = Raw()


class _Record(Struct):
    input: list[Raw]
    response: Raw


_asked = msgspec.json.Decoder(_Asked)
_fields = msgspec.json.Decoder(dict[str, Raw]).decode
_record = msgspec.json.Decoder(_Record).decode


def wish(body: bytes) -> Wish:
    """Raises INVALID_REQUEST for what only the account that answered before could know."""
    asked = peek(body, _asked)
    for field, advice in REFUSED.items():
        if getattr(asked, field) is not None:
            raise invalid(f"{field}: {advice}.", field)
    if asked.background:
        raise invalid(LATER, "background")
    if asked.previous_response_id and not _id.fullmatch(asked.previous_response_id):
        raise missing(asked.previous_response_id, True)
    return Wish(asked.previous_response_id or "", asked.store is not False, bool(asked.store))


def joined(body: bytes, record: bytes) -> bytes:
    fields, before = _fields(body), _record(record)
    del fields["previous_response_id"]
    said = msgspec.json.decode(before.response, type=_Said).output
    new = _items(bytes(fields.get("input", _NULL)))
    fields["input"] = Raw(_encode([*before.input, *_replayed(said), *new]))
    return _encode(fields)


def _items(raw: bytes) -> Sequence[Any]:
    """`input` as a list; a text is a user's message. Raises INVALID_REQUEST for what is neither."""
    if raw[:1] == b"[":
        return msgspec.json.decode(raw, type=list[Raw])
    value = msgspec.json.decode(raw)
    if isinstance(value, str):
        return [{"type": "message", "role": "user", "content": value}]
    if value is None:
        return []
    raise invalid("input must be a string or a list", "input")


def _replayed(said: Sequence[JSON]) -> list[JSON]:
    """What the model said, as input. Reasoning without its proof cannot be sent again; without
    it the ids of the rest must go, too, since they tell the service that something is missing."""
    kept = [item for item in said if item.get("type") != "reasoning" or _proven(item)]
    if len(kept) == len(said):
        return kept
    return [{key: value for key, value in item.items() if key != "id"} for item in kept]


def _proven(item: JSON) -> bool:
    return bool(item.get("encrypted_content"))


def sent(body: bytes) -> bytes:
    """With `store: false`; reasoning is then proven in the answer itself, if there is any to prove.

    A body that says so already is not touched.
    """
    fields = _fields(body)
    told, previous = fields.get("store", _NULL), fields.pop("previous_response_id", _NULL)
    if bytes(told) == b"false" and bytes(previous) == b"null":
        return body
    fields["store"] = Raw(b"false")
    include = msgspec.json.decode(fields.get("include", _NULL)) or []
    thinks = reasoning.asked(msgspec.json.decode(fields.get("reasoning", _NULL)))
    if thinks and isinstance(include, list) and PROOFS not in include:
        fields["include"] = Raw(_encode([*include, PROOFS]))
    return _encode(fields)


def ends(data: bytes) -> bool:
    return any(mark in data for mark in _ENDS)


def record(body: bytes, heard: bytes, previous: str) -> Record | None:
    """`heard` is a whole answer, or the events at the end of a stream. What cannot be read, or is
    not complete, is not kept."""
    try:
        response = _response(heard)
        head = msgspec.json.decode(response, type=_Head)
        if not _id.fullmatch(head.id) or head.status not in _KEPT:
            return None
        fields = _fields(response)
        said = _items(bytes(_fields(body).get("input", _NULL)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, GatewayError):
        return None
    fields |= {"store": Raw(b"true"), "previous_response_id": Raw(_encode(previous or None))}
    return Record(head.id, _encode({"input": said, "response": fields}))


def _response(heard: bytes) -> bytes:
    if heard[:1] == b"{":
        return heard
    decoder = Decoder()
    for event in reversed([*decoder.feed(heard), *decoder.flush()]):
        if ends(event.data):
            return bytes(msgspec.json.decode(event.data, type=_Event).response)
    return b""


def show(operation: Operation, record: bytes, query: Mapping[str, str]) -> JSON:
    """Raises INVALID_REQUEST for a query that cannot be met."""
    if operation.verb == "delete":
        return {"id": operation.id, "object": "response.deleted", "deleted": True}
    kept = _record(record)
    if operation.verb == "input_items":
        return listing.page([msgspec.json.decode(item) for item in kept.input], query)
    if query.get("stream") == "true":
        raise invalid("An answer that is kept is not streamed again; leave `stream` out.", "stream")
    response: JSON = msgspec.json.decode(kept.response)
    return response


def missing(id: str, continued: bool) -> GatewayError:
    """In OpenAI's own words, which clients look for."""
    if continued:
        message = f"Previous response with id '{id[:200]}' not found."
        status, param, code = 400, "previous_response_id", "previous_response_not_found"
    else:
        message = f"Response with id '{id[:200]}' not found."
        status, param, code = 404, None, None
    fields = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    quoted = Quoted(ORIGIN, status, _encode({"error": fields}))
    kind = ErrorKind.INVALID_REQUEST
    return GatewayError(kind, message, param=param, status=status, quoted=quoted)


STORAGE = Storage(
    wish=wish,
    joined=joined,
    sent=sent,
    ends=ends,
    record=record,
    show=show,
    missing=missing,
    nowhere=lambda: invalid(NOWHERE, "previous_response_id"),
)

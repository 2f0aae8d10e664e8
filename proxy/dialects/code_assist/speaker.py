"""Code Assist as the door knows it: `/v1internal:{method}`, so that Gemini CLI works with
`CODE_ASSIST_ENDPOINT` and a key of this gateway in place of Google's token."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec

from proxy.bodies import peek, replaced
from proxy.dialects.code_assist import CODEC, COUNTING, account
from proxy.dialects.code_assist.account import METHODS, OPERATION, Verb
from proxy.dialects.gemini import MODELS
from proxy.errors import invalid
from proxy.ir import Dialect
from proxy.operation import Action, Head, Hints, Operation, Speaker

_ROOT = "/v1internal"
_FORWARDED = ("alt", "$alt")


class _Request(msgspec.Struct):
    model: str | None = None


class _Body(msgspec.Struct):
    model: str | None = None
    request: _Request | None = None


_body = msgspec.json.Decoder(_Body)


def _match(path: str, query: Mapping[str, str], hints: Hints) -> Operation | None:
    root, colon, method = path.partition(":")
    if colon and root == _ROOT:
        return _method(method, query)
    if path == f"{_ROOT}/{OPERATION}":
        return Operation(Action.LOCAL, Dialect.CODE_ASSIST, method="GET", verb=Verb.OPERATION)
    return None


def _method(method: str, query: Mapping[str, str]) -> Operation | None:
    said = {name: query[name] for name in _FORWARDED if name in query}
    forward = urlencode(said, safe=";=") if said else ""
    match method:
        case "generateContent" | "countTokens":
            action = Action.GENERATE if method[0] == "g" else Action.COUNT
            return Operation(action, Dialect.CODE_ASSIST, stream=False, forward=forward)
        case "streamGenerateContent":
            array = query.get("alt") != "sse"
            asked = Operation(Action.GENERATE, Dialect.CODE_ASSIST, stream=True, array=array)
            return msgspec.structs.replace(asked, forward=forward)
        case _ if method in METHODS:
            verb = Verb(method)
            return Operation(Action.LOCAL, Dialect.CODE_ASSIST, method=METHODS[verb], verb=verb)
        case _:
            return None


def _head(body: bytes, operation: Operation) -> Head:
    """The envelope names the model; where tokens are counted there is none, and `request` does."""
    found = peek(body, _body)
    inner = found.request.model if found.request else None
    field = "request.model" if operation.action is Action.COUNT else "model"
    name = (inner or found.model) if operation.action is Action.COUNT else found.model
    if not name:
        raise invalid(f"{field} is missing: it names the model to ask", field)
    return Head(name.removeprefix("models/"), bool(operation.stream))


def _with_model(body: bytes, model: str) -> bytes:
    fields = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    if "model" in fields:
        return replaced(body, "model", model)
    # A count: `{"request": {"model": "models/…"}}`.
    inner = replaced(bytes(fields["request"]), "model", f"models/{model}")
    return msgspec.json.encode({**fields, "request": msgspec.Raw(inner)})


SPEAKER = Speaker(
    codec=CODEC,
    match=_match,
    head=_head,
    with_model=_with_model,
    models=MODELS,
    inline=True,
    owns=lambda path, hints: path.startswith(_ROOT),
    counting=COUNTING,
    local=account.answer,
)

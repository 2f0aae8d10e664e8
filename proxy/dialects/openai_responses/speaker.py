"""OpenAI Responses as the door knows it: paths, and what to read of a body first."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec.structs import replace

from proxy.dialects import heads
from proxy.dialects.openai_responses import CODEC, MODELS
from proxy.dialects.openai_responses.storage import ID, STORAGE
from proxy.dialects.seals import PREFIX
from proxy.ir import Dialect
from proxy.operation import Action, Hints, Operation, Speaker

_RESPONSES = Dialect.OPENAI_RESPONSES
_SEALED = PREFIX.encode()
# Codex asks for a websocket first: 426 sends it to POST at once, a 405 costs it six seconds.
_KEPT = re.compile(rf"/v1/responses/({ID})(/input_items)?")
# Endpoints of OpenAI's that are not here: no answer is called so.
_VERBS = frozenset({"compact", "input_tokens"})
_PATHS = {"/v1/responses": Operation(Action.GENERATE, _RESPONSES, otherwise=426)}


def _match(path: str, query: Mapping[str, str], hints: Hints) -> Operation | None:
    if operation := _PATHS.get(path):
        return operation
    found = _KEPT.fullmatch(path)
    return _stored(found[1], items=bool(found[2])) if found and found[1] not in _VERBS else None


def _stored(id: str, *, items: bool) -> Operation:
    def about(method: str, verb: str) -> Operation:
        return Operation(Action.STORED, _RESPONSES, method=method, verb=verb, id=id)

    if items:
        return about("GET", "input_items")
    return replace(about("GET", "retrieve"), others={"DELETE": about("DELETE", "delete")})


SPEAKER = Speaker(
    codec=CODEC,
    match=_match,
    head=heads.read,
    with_model=heads.readdressed,
    models=MODELS,
    owns=lambda path, hints: path.startswith("/v1/responses"),
    # OpenAI refuses reasoning that carries the proof of another maker.
    passable=lambda body: _SEALED not in body,
    storage=STORAGE,
)

"""Request line → operation, or an error in the dialect that the path belongs to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from msgspec.structs import replace

from proxy.errors import ErrorKind, GatewayError
from proxy.images.links import PREFIX as MEDIA
from proxy.ir import Dialect
from proxy.operation import Hints, Operation
from proxy.registry import SPEAKERS

# The model API's part of the URL space; everything else is pages and the console's API. A segment
# before the version limits who answers.
_ROOT = re.compile(r"/(?:v1|v1beta|v1internal|models)(?=[/:]|$)")
_WITHIN = re.compile(r"/([a-z0-9][a-z0-9_-]{0,31})(?=/(?:v1|v1beta|v1internal)(?:[/:]|$))")

_SHORT = 200


# What a base URL with its version forgotten or doubled makes of a path, or one with Google's own
# prefix for OpenAI's clients. Nothing else can be meant by these.
_BARE = re.compile(
    r"/(?:chat/completions|completions|embeddings|images/(?:generations|edits)"
    r"|messages(?:/count_tokens)?|responses(?:/[^/]+(?:/input_items)?)?)"
)
_DOUBLED = re.compile(r"(?:/(?:v1|v1beta))+(?=/(?:v1|v1beta|v1internal)(?:[/:]|$))")
_GOOGLES = re.compile(r"/v1(?:beta)?/openai(?=/)")


def claims(path: str) -> bool:
    """Whether the proxy, not Django, answers this path."""
    return _claimed(path) or ((tidied := _tidied(path)) != path and _claimed(tidied))


def _claimed(path: str) -> bool:
    return bool(_ROOT.match(path) or _WITHIN.match(path)) or path.startswith(MEDIA)


def split(path: str) -> tuple[str, str]:
    """`/deepseek/v1/models` → ("deepseek", "/v1/models"); "" for a path without such a segment.
    What is left of the path is as it was meant: `/chat/completions/` → `/v1/chat/completions`."""
    path = _tidied(path)
    found = None if _ROOT.match(path) else _WITHIN.match(path)
    within, path = (found[1], path[found.end() :]) if found else ("", path)
    if doubled := _DOUBLED.match(path):
        path = path[doubled.end() :]
    return within, _GOOGLES.sub("/v1", path, count=1) if _GOOGLES.match(path) else path


def _tidied(path: str) -> str:
    if "//" in path:
        path = re.sub("/{2,}", "/", path)
    path = path.rstrip("/") or "/"
    return f"/v1{path}" if _BARE.fullmatch(path) else path


def match(method: str, path: str, query: Mapping[str, str], hints: Hints) -> Operation:
    """Raises GatewayError(PATH_NOT_FOUND or METHOD_NOT_ALLOWED)."""
    if not query and len(path) <= _SHORT:
        return _remembered(method, path, hints)
    return _found(method, path, query, hints)


@lru_cache(maxsize=512)
def _remembered(method: str, path: str, hints: Hints) -> Operation:
    """Most callers ask for one of a few paths. A query is not kept: it may hold a key."""
    return _found(method, path, {}, hints)


def _found(method: str, path: str, query: Mapping[str, str], hints: Hints) -> Operation:
    within, path = split(path)
    if _LISTED.match(path) and not hints.google and ":" not in path:
        # Google's clients forget the version as others do, but they say who they are.
        path = f"/v1{path}"
    # The body is left out by who answers.
    operation = _match("GET" if method == "HEAD" else method, path, query, hints)
    return replace(operation, within=within) if within else operation


def _match(method: str, path: str, query: Mapping[str, str], hints: Hints) -> Operation:
    for speaker in SPEAKERS:
        operation = speaker.match(path, query, hints)
        if operation is None:
            continue
        if operation.method == method:
            return operation
        if other := operation.others.get(method):
            return other
        taken = ", ".join(_taken(operation))
        raise GatewayError(
            ErrorKind.METHOD_NOT_ALLOWED,
            f"This path takes {taken}, not {method[:16]}.",
            status=operation.otherwise,
            headers={"allow": taken},
        )
    raise GatewayError(ErrorKind.PATH_NOT_FOUND, _NOWHERE)


_LISTED = re.compile(r"/models(?=/|$)")
_NOWHERE = (
    "There is no such path here. There are /v1/chat/completions, /v1/responses, /v1/completions, "
    "/v1/embeddings, /v1/images/generations, /v1/images/edits and /v1/models (OpenAI), "
    "/v1/messages (Anthropic) and /v1beta/models (Gemini); check the base URL of your client."
)


def _taken(operation: Operation) -> list[str]:
    named = [operation.method, *operation.others]
    return ["GET", "HEAD", *named[1:]] if operation.method == "GET" else named


def dialect_of(path: str, hints: Hints) -> Dialect:
    """In which dialect to report an error about `path`."""
    path = split(path)[1]
    return next(each.codec.name for each in SPEAKERS if each.owns(path, hints))

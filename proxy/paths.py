"""Request line → operation, or an error in the dialect that the path belongs to."""

from __future__ import annotations

import re
from collections.abc import Mapping

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


def claims(path: str) -> bool:
    """Whether the proxy, not Django, answers this path."""
    return bool(_ROOT.match(path) or _WITHIN.match(path)) or path.startswith(MEDIA)


def split(path: str) -> tuple[str, str]:
    """`/deepseek/v1/models` → ("deepseek", "/v1/models"); "" for a path without such a segment."""
    found = None if _ROOT.match(path) else _WITHIN.match(path)
    return (found[1], path[found.end() :]) if found else ("", path)


def match(method: str, path: str, query: Mapping[str, str], hints: Hints) -> Operation:
    """Raises GatewayError(PATH_NOT_FOUND or METHOD_NOT_ALLOWED)."""
    within, path = split(path)
    operation = _match(method, path, query, hints)
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
        taken = ", ".join([operation.method, *operation.others])
        raise GatewayError(
            ErrorKind.METHOD_NOT_ALLOWED,
            f"This path takes {taken}, not {method[:16]}.",
            status=operation.otherwise,
            headers={"allow": taken},
        )
    raise GatewayError(
        ErrorKind.PATH_NOT_FOUND,
        "There is no such path here. The model API is under /v1 (OpenAI, Anthropic) and /v1beta "
        "(Gemini); check the base URL of your client.",
    )


def dialect_of(path: str, hints: Hints) -> Dialect:
    """In which dialect to report an error about `path`."""
    path = split(path)[1]
    return next(each.codec.name for each in SPEAKERS if each.owns(path, hints))

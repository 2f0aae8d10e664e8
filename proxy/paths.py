"""Request line → operation, or an error in the dialect that the path belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Dialect
from proxy.operation import Hints, Operation
from proxy.registry import SPEAKERS

# The model API's part of the URL space; everything else is pages and the console's API.
_ROOTS = ("/v1/", "/v1beta/", "/models/")


def claims(path: str) -> bool:
    """Whether the proxy, not Django, answers this path."""
    return path.startswith(_ROOTS) or path in ("/v1", "/v1beta", "/models")


def match(method: str, path: str, query: Mapping[str, str], hints: Hints) -> Operation:
    """Raises GatewayError(PATH_NOT_FOUND or METHOD_NOT_ALLOWED)."""
    for speaker in SPEAKERS:
        operation = speaker.match(path, query, hints)
        if operation is None:
            continue
        if operation.method != method:
            raise GatewayError(
                ErrorKind.METHOD_NOT_ALLOWED,
                f"This path takes {operation.method}, not {method[:16]}.",
                status=operation.otherwise,
                headers={"allow": operation.method},
            )
        return operation
    raise GatewayError(
        ErrorKind.PATH_NOT_FOUND,
        "There is no such path here. The model API is under /v1 (OpenAI, Anthropic) and /v1beta "
        "(Gemini); check the base URL of your client.",
    )


def dialect_of(path: str, hints: Hints) -> Dialect:
    """In which dialect to report an error about `path`."""
    return next(each.codec.name for each in SPEAKERS if each.owns(path, hints))

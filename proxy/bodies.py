"""Reads JSON bodies of callers: clear errors for anything that is not what it should be."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from proxy.dialects.base import JSON
from proxy.errors import GatewayError, invalid

Head = TypeVar("Head")

_loads = msgspec.json.Decoder().decode


class _Any(msgspec.Struct):
    """Accepts any object: used to check syntax without building the values."""


_any = msgspec.json.Decoder(_Any)


def parse(body: bytes) -> JSON:
    """The body as a JSON object, or GatewayError(INVALID_REQUEST)."""
    try:
        value: Any = _loads(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise malformed(body, error) from error
    if not isinstance(value, dict):
        raise invalid("The request body must be a JSON object.")
    return value


def peek(body: bytes, decoder: msgspec.json.Decoder[Head]) -> Head:
    """A few fields of a body; all of it is checked to be JSON, but nothing else is built."""
    try:
        # The decoder does not look into the strings that it skips.
        if not body.isascii():
            body.decode()
        return decoder.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise malformed(body, error) from error


def check(body: bytes) -> None:
    """Raises unless the body is a JSON object."""
    peek(body, _any)


def replaced(body: bytes, field: str, value: str) -> bytes:
    """`body` with one top-level field set; all other values keep their bytes."""
    fields = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    fields[field] = msgspec.Raw(msgspec.json.encode(value))
    return msgspec.json.encode(fields)


def malformed(body: bytes, error: Exception) -> GatewayError:
    """Says what is wrong with a body, without quoting it."""
    if not body:
        return invalid("The request body is empty; send a JSON object.")
    if isinstance(error, RecursionError):
        return invalid("The request body is nested too deeply.")
    if isinstance(error, msgspec.ValidationError):
        return invalid(f"The request body has a field of the wrong type: {error}.")
    return invalid(f"The request body is not valid JSON: {error}.")

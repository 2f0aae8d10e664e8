"""`logprobs` of a choice: four lists of equal length, to and from the tokens of the IR."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.openai_completions.keeping import ORIGIN, native
from proxy.ir import Opaque, TokenLogprob

# The first token of a prompt that is repeated follows nothing, so it has no probability.
_UNRATED = Opaque(ORIGIN, shape={"unrated": True})


def read(box: Any) -> tuple[TokenLogprob, ...]:
    if not isinstance(box, dict) or not isinstance(box.get("tokens"), list):
        return ()
    rated, tops = _list(box, "token_logprobs"), _list(box, "top_logprobs")
    return tuple(
        _token(token, _at(rated, number), _at(tops, number))
        for number, token in enumerate(box["tokens"])
        if isinstance(token, str)
    )


def _token(token: str, rated: Any, top: Any) -> TokenLogprob:
    value = _number(rated)
    others = tuple(
        TokenLogprob(name, number)
        for name, logprob in (top.items() if isinstance(top, dict) else ())
        if (number := _number(logprob)) is not None
    )
    if value is None:
        return TokenLogprob(token, 0.0, top=others, opaque=_UNRATED)
    return TokenLogprob(token, value, top=others)


def _list(box: JSON, key: str) -> list[Any]:
    value = box.get(key)
    return value if isinstance(value, list) else []


def _at(values: list[Any], number: int) -> Any:
    return values[number] if number < len(values) else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def write(tokens: Sequence[TokenLogprob], offset: int) -> JSON:
    """`offset` counts the characters of the choice's text before the first of the tokens."""
    places: list[int] = []
    for token in tokens:
        places.append(offset)
        offset += len(token.token)
    topped = any(token.top for token in tokens)
    return {
        "tokens": [token.token for token in tokens],
        "token_logprobs": [_rated(token) for token in tokens],
        "top_logprobs": [_top(token) for token in tokens] if topped else None,
        "text_offset": places,
    }


def _rated(token: TokenLogprob) -> float | None:
    return None if native(token.opaque) else token.logprob


def _top(token: TokenLogprob) -> JSON | None:
    return {other.token: other.logprob for other in token.top} or None

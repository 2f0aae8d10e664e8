"""Temperature, limits and their kin, between the body's top level and `ir.Sampling`."""

from __future__ import annotations

from typing import Any

from proxy.dialects.base import JSON, Loss
from proxy.dialects.openai_chat.keeping import Keep
from proxy.dialects.reading import Kind, flag, get, integer, number, place, text
from proxy.errors import invalid
from proxy.ir import Request, Sampling

_PLAIN: dict[str, Kind[Any]] = {
    "temperature": number,
    "top_p": number,
    "top_k": number,
    "seed": integer,
    "n": integer,
    "presence_penalty": number,
    "frequency_penalty": number,
    "logprobs": flag,
    "top_logprobs": integer,
}
_LIMITS = ("max_completion_tokens", "max_tokens")

KNOWN = frozenset({*_PLAIN, *_LIMITS, "stop"})
_SILENT = Sampling()


def parse(body: JSON, keep: Keep) -> Sampling:
    """`keep` is the request's: it learns how the limit and the stop words were spelt."""
    if KNOWN.isdisjoint(body):
        return _SILENT
    plain = {name: get(body, name, _PLAIN[name], "") for name in body if name in _PLAIN}
    return Sampling(**plain, max_tokens=_limit(body, keep), stop=_stop(body, keep))


def _limit(body: JSON, keep: Keep) -> int | None:
    said = {name: get(body, name, integer, "") for name in _LIMITS if name in body}
    names = [name for name in said if said[name] is not None]
    if not names:
        return None
    limit = said[names[0]]
    if said[names[-1]] != limit:
        # OpenAI refuses both at once, others do not: the newer name counts, the older is kept.
        keep.data["max_tokens"] = said["max_tokens"]
        names = names[:1]
    keep.shape["limit"] = names
    return limit


def _stop(body: JSON, keep: Keep) -> tuple[str, ...] | None:
    value = body.get("stop")
    if value is None:
        return None
    if isinstance(value, str):
        keep.shape["stop"] = "text"
        return (value,)
    if not isinstance(value, list):
        raise invalid("stop must be a string or a list of strings", "stop")
    return tuple(text(word, place("stop", number)) for number, word in enumerate(value))


def render(request: Request, shape: Any, losses: list[Loss], *, native: bool) -> JSON:
    """`shape` is what `parse` kept.

    A limit from another dialect goes as `max_tokens`: the one name that nearly every compatible
    service knows (OpenAI's reasoning models want the newer one).
    """
    sampling = request.sampling
    out: JSON = {name: value for name in _PLAIN if (value := getattr(sampling, name)) is not None}
    if not native and out.pop("top_k", None) is not None:
        losses.append(Loss("top_k"))
    if sampling.max_tokens is not None:
        out.update(dict.fromkeys(shape.get("limit", ["max_tokens"]), sampling.max_tokens))
    if sampling.stop is not None:
        single = shape.get("stop") == "text" and len(sampling.stop) == 1
        out["stop"] = sampling.stop[0] if single else list(sampling.stop)
    return out

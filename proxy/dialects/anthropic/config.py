"""Limits and sampling, between the body's top level and `ir.Sampling`."""

from __future__ import annotations

from collections.abc import Iterator

from proxy.dialects import reading
from proxy.dialects.anthropic.families import Family
from proxy.dialects.anthropic.fields import Reader, Writer
from proxy.dialects.base import Loss
from proxy.errors import invalid
from proxy.ir import Sampling

_NUMBERS = ("temperature", "top_p", "top_k")
_UNKNOWN = ("seed", "presence_penalty", "frequency_penalty")

# With thinking on, `top_p` may only be between these.
_LEAST_P = 0.95


def parse(reader: Reader) -> Sampling:
    limit = reader.get("max_tokens", reading.integer)
    stop = reader.get("stop_sequences", reading.array)
    words = None
    if stop is not None:
        path = reader.place("stop_sequences")
        words = tuple(reading.text(word, reading.place(path, n)) for n, word in enumerate(stop))
    temperature, top_p, top_k = (reader.get(name, reading.number) for name in _NUMBERS)
    return Sampling(temperature=temperature, top_p=top_p, top_k=top_k, max_tokens=limit, stop=words)


def write(writer: Writer, sampling: Sampling) -> None:
    """The fields that Anthropic has."""
    writer.put("max_tokens", sampling.max_tokens)
    writer.put("stop_sequences", None if sampling.stop is None else list(sampling.stop))
    for name in _NUMBERS:
        writer.put(name, getattr(sampling, name))


def adapted(
    sampling: Sampling, target: Family, losses: list[Loss], *, limit: int, thinking: bool
) -> Sampling:
    """What another dialect said, as this model takes it. Raises INVALID_REQUEST for `n` > 1.

    `limit` is the `max_tokens` to send.
    """
    if sampling.n is not None and sampling.n > 1:
        raise invalid("This model gives one answer; n must be 1.", "n")
    losses += [Loss(name) for name in _unsaid(sampling)]
    numbers = {name: getattr(sampling, name) for name in _NUMBERS}
    refused = set(_refused(sampling, target, thinking=thinking))
    losses += [Loss(name) for name in _NUMBERS if name in refused]
    kept = {name: None if name in refused else value for name, value in numbers.items()}
    if (kept["temperature"] or 0) > 1:
        # The others go up to 2, Anthropic to 1.
        kept["temperature"] = 1
        losses.append(Loss("temperature"))
    words = None if sampling.stop is None else tuple(word for word in sampling.stop if word.strip())
    if words != sampling.stop:
        # Anthropic refuses stop sequences of white space.
        losses.append(Loss("stop"))
    return Sampling(max_tokens=limit, stop=words or None, **kept)


def _unsaid(sampling: Sampling) -> Iterator[str]:
    yield from (name for name in _UNKNOWN if getattr(sampling, name) is not None)
    if sampling.logprobs or sampling.top_logprobs:
        yield "logprobs"


def _refused(sampling: Sampling, target: Family, *, thinking: bool) -> Iterator[str]:
    """The numbers that Anthropic would answer with a 400."""
    if not target.samples:
        yield from (name for name in _NUMBERS if getattr(sampling, name) is not None)
        return
    if sampling.temperature is not None and sampling.top_p is not None:
        yield "top_p"
    if thinking:
        if sampling.temperature not in (None, 1):
            yield "temperature"
        if sampling.top_k is not None:
            yield "top_k"
        if sampling.top_p is not None and sampling.top_p < _LEAST_P:
            yield "top_p"

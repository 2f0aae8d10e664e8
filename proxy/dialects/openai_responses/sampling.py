"""Sampling fields, to and from `ir.Sampling`; and `include`, which asks for log probabilities."""

from __future__ import annotations

from collections.abc import Mapping

from proxy.dialects.base import JSON, Loss
from proxy.dialects.openai_responses.keeping import Keep
from proxy.dialects.reading import array, get, integer, number
from proxy.errors import invalid
from proxy.ir import Sampling

KNOWN = frozenset({"temperature", "top_p", "top_logprobs", "max_output_tokens", "include"})

PROOFS, LOGPROBS = "reasoning.encrypted_content", "message.output_text.logprobs"

# What an answer has anyway, if the upstream tells it.
_GIVEN = frozenset({PROOFS, LOGPROBS, "code_interpreter_call.outputs"})
_FOREIGN = ("top_k", "stop", "seed", "presence_penalty", "frequency_penalty")


def parse(body: JSON, keep: Keep) -> Sampling:
    include = get(body, "include", array, "") or []
    if include:
        met = all(isinstance(word, str) and word in _GIVEN for word in include)
        (keep.shape if met else keep.data)["include"] = include
    return Sampling(
        temperature=get(body, "temperature", number, ""),
        top_p=get(body, "top_p", number, ""),
        max_tokens=get(body, "max_output_tokens", integer, ""),
        logprobs=True if LOGPROBS in include else None,
        top_logprobs=get(body, "top_logprobs", integer, ""),
    )


def render(sampling: Sampling, shape: Mapping[str, object], losses: list[Loss]) -> JSON:
    """Raises INVALID_REQUEST for more than one answer."""
    if sampling.n is not None and sampling.n > 1:
        raise invalid("The Responses API gives one answer; ask without n, or several times.", "n")
    said: JSON = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_output_tokens": sampling.max_tokens,
        "top_logprobs": sampling.top_logprobs,
    }
    for name in _FOREIGN:
        if getattr(sampling, name) not in (None, ()):
            losses.append(Loss(name))
    out = {name: value for name, value in said.items() if value is not None}
    if "include" in shape:
        out["include"] = shape["include"]
    return out

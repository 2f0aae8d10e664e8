"""The body of `POST /v1/completions`, to and from `ir.Request`.

Other dialects cannot `echo`: there the gateway itself puts the prompt before the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from proxy.dialects.base import JSON, Loss, Rendered
from proxy.dialects.losses import foreign, unique
from proxy.dialects.openai_completions import keeping, prompt
from proxy.dialects.reading import Kind, flag, get, integer, need, number, obj, place, text
from proxy.errors import invalid
from proxy.ir import Choice, Format, Opaque, Request, Sampling

_PLAIN: dict[str, Kind[Any]] = {
    "temperature": number,
    "top_p": number,
    "top_k": number,
    "seed": integer,
    "n": integer,
    "max_tokens": integer,
    "presence_penalty": number,
    "frequency_penalty": number,
}
_TOP = frozenset({"model", "prompt", "echo", "logprobs", "stop", "stream", "stream_options"})
_KNOWN = _TOP | frozenset(_PLAIN)

_BETWEEN = "Leave `suffix` out: only a service of text completions fills a gap before it."
_RATED = (
    "Ask without `echo` or without `logprobs`: only a service of text completions rates a prompt."
)


def parse(body: JSON, model: str = "") -> Request:
    """`model` counts only where the body names none (Azure says it in the path)."""
    shape: JSON = {}
    only: dict[str, tuple[Any, str]] = {}
    data = {key: value for key, value in body.items() if key not in _KNOWN}
    shape["empty"] = {key: value for key, value in body.items() if keeping.void(value)}
    data = {key: value for key, value in data.items() if key not in shape["empty"]}
    turns = prompt.parse(body, shape, only)
    sampled = _sampling(body, shape)
    if get(body, "suffix", text, ""):
        only["suffix"] = data.pop("suffix"), _BETWEEN
    if get(body, "echo", flag, "") is not None:
        shape["echo"] = body["echo"]
    if body.get("echo") and sampled.logprobs:
        only["echo"] = True, _RATED
    if "best_of" in data and get(body, "best_of", integer, "", 1) <= (sampled.n or 1):
        # Nothing more is written than is answered.
        shape["best_of"] = data.pop("best_of")
    if "model" not in body and model:
        shape["unnamed"] = True
    if body.get("stream") is False:
        shape["empty"]["stream"] = False
    data |= {field: value for field, (value, _) in only.items()}
    return Request(
        model=need({"model": model, **body} if model else body, "model", text, ""),
        turns=turns,
        sampling=sampled,
        stream=get(body, "stream", flag, "", False),
        usage_wanted=_usage_wanted(body, shape),
        opaque=Opaque(
            keeping.ORIGIN, data, shape, {field: advice for field, (_, advice) in only.items()}
        ),
    )


def _sampling(body: JSON, shape: JSON) -> Sampling:
    plain = {name: get(body, name, _PLAIN[name], "") for name in body if name in _PLAIN}
    rated = get(body, "logprobs", integer, "")
    stop = body.get("stop")
    if isinstance(stop, str):
        shape["stop"] = "text"
        stop = [stop]
    elif stop is not None and not isinstance(stop, list):
        raise invalid("stop must be a string or a list of strings", "stop")
    words = None if stop is None else [text(word, place("stop", n)) for n, word in enumerate(stop)]
    return Sampling(
        **plain,
        stop=None if words is None else tuple(words),
        logprobs=None if rated is None else True,
        top_logprobs=rated,
    )


def _usage_wanted(body: JSON, shape: JSON) -> bool:
    options = get(body, "stream_options", obj, "")
    if options is None:
        return False
    shape["options"] = options
    return get(options, "include_usage", flag, "stream_options", False)


def render(request: Request) -> Rendered:
    """Raises INVALID_REQUEST for what is more than a text to be completed."""
    own, shape = keeping.native(request.opaque), keeping.shape(request.opaque)
    losses = list(foreign(request, keeping.ORIGIN))
    body: JSON = {} if shape.get("unnamed") else {"model": request.model}
    if not own:
        _refuse(request, losses)
    if request.turns or not own:
        said = prompt.render(request.turns)
        body["prompt"] = [said] if shape.get("listed") else said
    body |= _sampled(request.sampling, shape, losses, native=own)
    body |= {name: shape[name] for name in ("echo", "best_of") if name in shape}
    if request.stream:
        body["stream"] = True
    options = dict(shape.get("options", {}))
    if request.usage_wanted or (request.stream and not own):
        # Clients of other dialects are always told the usage.
        options["include_usage"] = True
    if options or "options" in shape:
        body["stream_options"] = options
    return Rendered(keeping.restore(body, request.opaque), unique(losses))


def _refuse(request: Request, losses: list[Loss]) -> None:
    silent = request.tool_choice is not None and request.tool_choice.mode is Choice.NONE
    if request.tools and not silent:
        raise invalid("This model completes text: it cannot call tools.", "tools")
    losses += [Loss("tools")] if request.tools else []
    output = request.output
    if output is not None and output.format not in (None, Format.TEXT):
        raise invalid("This model completes text: it cannot keep to a format.")
    losses += [Loss(f"modality:{word}") for word in _other(output.modalities if output else None)]
    losses += [Loss("reasoning")] if request.reasoning is not None else []


def _other(modalities: Sequence[str] | None) -> list[str]:
    return [word for word in modalities or () if word != "text"]


def _sampled(sampling: Sampling, shape: Any, losses: list[Loss], *, native: bool) -> JSON:
    out = {name: value for name in _PLAIN if (value := getattr(sampling, name)) is not None}
    if not native and out.pop("top_k", None) is not None:
        losses.append(Loss("top_k"))
    if sampling.logprobs:
        out["logprobs"] = sampling.top_logprobs or 0
    if sampling.stop is not None:
        single = shape.get("stop") == "text" and len(sampling.stop) == 1
        out["stop"] = sampling.stop[0] if single else list(sampling.stop)
    return out

"""The body of `POST /v1/responses`, to and from `ir.Request`.

Nothing is stored: an answer of `store: true` can be had once, and what refers to a stored answer
is refused. The fields that need storage are all in `_STORED`; a store of answers would take their
place, with `GET` and `DELETE /v1/responses/{id}` in `speaker.py`.
"""

from __future__ import annotations

from proxy.dialects.base import JSON, Loss, Rendered
from proxy.dialects.losses import foreign, unique
from proxy.dialects.openai_responses import (
    choice,
    items,
    keeping,
    output,
    reasoning,
    sampling,
    tools,
    turns,
)
from proxy.dialects.openai_responses.keeping import Keep
from proxy.dialects.reading import flag, get, need, text
from proxy.errors import invalid
from proxy.ir import Request

_TOP = frozenset({"model", "input", "instructions", "tools", "tool_choice", "stream", "store"})
_KNOWN = _TOP | sampling.KNOWN | {"parallel_tool_calls", "reasoning", "text"}
_STORED = {
    "previous_response_id": "answers are not stored: send the whole conversation in `input`",
    "conversation": "conversations are not stored: send the whole conversation in `input`",
    "prompt": "prompts are not stored: send the text in `instructions` and `input`",
}


def parse(body: JSON, model: str = "") -> Request:
    """`model` counts only where the body names none."""
    _refuse_stored(body)
    keep = Keep()
    sampled = sampling.parse(body, keep)
    keep.rest(body, _KNOWN)
    for name in ("stream", "background"):
        if body.get(name) is False:
            keep.data.pop(name, None)
            keep.shape["empty"] = keep.shape.get("empty", {}) | {name: False}
    stored = get(body, "store", flag, "")
    if stored is not None:
        # What is not to be stored is not stored, whoever answers.
        (keep.data if stored else keep.shape)["store"] = stored
    if "model" not in body and model:
        keep.shape["unnamed"] = True
    stream = get(body, "stream", flag, "", False)
    return Request(
        model=need({"model": model, **body} if model else body, "model", text, ""),
        turns=items.parse(body),
        tools=tools.parse(body),
        tool_choice=choice.parse(body),
        parallel_calls=get(body, "parallel_tool_calls", flag, ""),
        sampling=sampled,
        reasoning=reasoning.parse(body),
        output=output.parse(body),
        stream=stream,
        usage_wanted=stream,
        opaque=keep.mark(),
    )


def _refuse_stored(body: JSON) -> None:
    for field, advice in _STORED.items():
        if body.get(field) is not None:
            raise invalid(f"{field}: {advice}.", field)
    if get(body, "background", flag, ""):
        raise invalid(
            "background: nothing is answered later; leave it out and use `stream`.", "background"
        )


def render(request: Request) -> Rendered:
    losses: list[Loss] = list(foreign(request, keeping.ORIGIN))
    shape = keeping.shape(request.opaque)
    body: JSON = {} if shape.get("unnamed") else {"model": request.model}
    body |= turns.render(request.turns, losses) | settings(request, losses)
    if not keeping.native(request.opaque):
        body |= {"store": False, "include": _included(request)}
    return Rendered(body, unique(losses))


def settings(request: Request, losses: list[Loss]) -> JSON:
    """Everything of the body but the model and what was said."""
    own, shape = keeping.native(request.opaque), keeping.shape(request.opaque)
    out: JSON = sampling.render(request.sampling, shape, losses)
    said = {
        "tools": tools.render(request.tools, losses) or None,
        "tool_choice": choice.render(request),
        "reasoning": reasoning.render(request.reasoning, losses),
        "text": output.render(request.output, losses),
        "stream": True if request.stream else None,
        "store": shape.get("store"),
    }
    out |= {name: value for name, value in said.items() if value is not None}
    if request.parallel_calls is not None and (request.tools or own):
        out["parallel_tool_calls"] = request.parallel_calls
    return keeping.restore(out, request.opaque)


def _included(request: Request) -> list[str]:
    """Nothing is stored at the upstream, so its proofs of reasoning must come with the answer."""
    wanted = [sampling.PROOFS]
    return [*wanted, sampling.LOGPROBS] if request.sampling.logprobs else wanted

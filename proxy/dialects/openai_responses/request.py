"""The body of `POST /v1/responses`, to and from `ir.Request`.

Answers are kept by the gateway (`storage.py`), which puts the conversation before what is asked:
what refers to a stored answer does not come here.
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
    storage,
    tools,
    turns,
)
from proxy.dialects.openai_responses.keeping import Keep
from proxy.dialects.reading import flag, get, need, text
from proxy.errors import invalid
from proxy.ir import Request

_TOP = frozenset({"model", "input", "instructions", "tools", "tool_choice", "stream", "store"})
_KNOWN = _TOP | sampling.KNOWN | {"parallel_tool_calls", "reasoning", "text"}


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
        # Where the answer is kept is not for an upstream to know.
        keep.shape["store"] = stored
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
    if body.get("previous_response_id"):
        raise invalid(storage.NOWHERE, "previous_response_id")
    for field, advice in storage.REFUSED.items():
        if body.get(field) is not None:
            raise invalid(f"{field}: {advice}.", field)
    if get(body, "background", flag, ""):
        raise invalid(storage.LATER, "background")


def render(request: Request) -> Rendered:
    losses: list[Loss] = list(foreign(request, keeping.ORIGIN))
    shape = keeping.shape(request.opaque)
    body: JSON = {} if shape.get("unnamed") else {"model": request.model}
    body |= turns.render(request.turns, losses) | settings(request, losses)
    if not keeping.native(request.opaque):
        body["store"] = False
        if included := _included(request, thinks=reasoning.asked(body.get("reasoning"))):
            body["include"] = included
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


def _included(request: Request, *, thinks: bool) -> list[str]:
    """Nothing is stored at the upstream, so its proofs of reasoning must come with the answer."""
    wanted = [sampling.PROOFS] if thinks else []
    return [*wanted, sampling.LOGPROBS] if request.sampling.logprobs else wanted

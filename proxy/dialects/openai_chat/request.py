"""The body of `POST /v1/chat/completions`, to and from `ir.Request`."""

from __future__ import annotations

from proxy.dialects.base import JSON, Loss, Rendered
from proxy.dialects.losses import foreign, unique
from proxy.dialects.openai_chat import (
    choice,
    keeping,
    messages,
    output,
    reasoning,
    sampling,
    tools,
    turns,
)
from proxy.dialects.openai_chat.keeping import Keep
from proxy.dialects.reading import flag, get, need, obj, text
from proxy.ir import Request

_TOP = frozenset({"model", "messages", "tools", "functions", "tool_choice", "stream"})
_KNOWN = _TOP | sampling.KNOWN | output.KNOWN | {"parallel_tool_calls"}
_OPTIONS = frozenset({"include_usage"})


def parse(body: JSON, model: str = "") -> Request:
    """`model` counts only where the body names none (Azure says it in the path)."""
    keep = Keep()
    thinking, rest = reasoning.parse(body)
    form, rest = output.parse(rest)
    keep.rest(rest, _known(body))
    if body.get("stream") is False:
        keep.shape["empty"] = keep.shape.get("empty", {}) | {"stream": False}
    if "model" not in body and model:
        keep.shape["unnamed"] = True
    return Request(
        model=need({"model": model, **body} if model else body, "model", text, ""),
        turns=messages.parse(body),
        tools=tools.parse(body),
        tool_choice=choice.parse(body),
        parallel_calls=get(body, "parallel_tool_calls", flag, ""),
        sampling=sampling.parse(body, keep),
        reasoning=thinking,
        output=form,
        stream=get(body, "stream", flag, "", False),
        usage_wanted=_usage_wanted(body, keep),
        opaque=keep.mark(),
    )


def _known(body: JSON) -> frozenset[str]:
    known = _KNOWN
    if "function_call" in body and body.get("tool_choice") is None:
        known |= {"function_call"}
    if isinstance(body.get(tools.SEARCH), dict):
        known |= {tools.SEARCH}
    return known


def _usage_wanted(body: JSON, keep: Keep) -> bool:
    options = get(body, "stream_options", obj, "")
    if options is None:
        return False
    wanted = get(options, "include_usage", flag, "stream_options", False)
    rest = {key: value for key, value in options.items() if key != "include_usage"}
    keep.data.pop("stream_options")
    if rest:
        keep.data["stream_options"] = rest
    if not wanted:
        keep.shape["options"] = {k: v for k, v in options.items() if k == "include_usage"}
    return wanted


def render(request: Request) -> Rendered:
    own = keeping.native(request.opaque)
    shape = keeping.shape(request.opaque)
    losses: list[Loss] = list(foreign(request, keeping.ORIGIN))
    body: JSON = {} if shape.get("unnamed") else {"model": request.model}
    body["messages"] = turns.render(request.turns, losses)
    searches = tools.searches(request.model)
    body |= tools.render(request.tools, losses, searches=searches) | choice.render(request)
    if request.parallel_calls is not None and (request.tools or own):
        body["parallel_tool_calls"] = request.parallel_calls
    body |= sampling.render(request, shape, losses, native=own)
    if request.stream:
        body["stream"] = True
    body = output.render(request.output, keeping.restore(body, request.opaque), losses)
    body = reasoning.render(request.reasoning, body, losses)
    return Rendered(_options(request, body), unique(losses))


def _options(request: Request, body: JSON) -> JSON:
    """`stream_options`. For clients of other dialects, whose streams always tell the usage, the
    upstream is always asked for it."""
    own = keeping.native(request.opaque)
    options = dict(body.get("stream_options") or {})
    if request.usage_wanted or (request.stream and not own):
        options["include_usage"] = True
    said = keeping.shape(request.opaque).get("options")
    if said is not None:
        options = {**said, **options}
    return {**body, "stream_options": options} if options or said is not None else body

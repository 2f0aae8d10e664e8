"""The body of `POST /v1/messages`, to and from `ir.Request`."""

from __future__ import annotations

from proxy.dialects import losses, reading
from proxy.dialects.anthropic import choice, config, messages, output, reasoning, tools
from proxy.dialects.anthropic.dialogue import Dialogue
from proxy.dialects.anthropic.families import family
from proxy.dialects.anthropic.fields import ORIGIN, Reader, Writer, mine
from proxy.dialects.anthropic.reasoning import Plan
from proxy.dialects.base import JSON, Loss, Rendered
from proxy.errors import invalid
from proxy.ir import Request, Sampling


def parse(body: JSON, model: str = "") -> Request:
    """Raises INVALID_REQUEST naming the field. `model` counts where the body names none (Vertex
    says it in the path). `max_tokens` may be missing: the upstream's default then holds."""
    reader = Reader(body, "")
    name = _model(reader, model)
    turns = messages.parse(reader)
    settings = reader.inner("output_config")
    chosen, parallel = choice.parse(reader.apart("tool_choice"))
    offered = reader.get("tools", reading.array)
    if offered == []:
        reader.memo("tools", [], None)
    stream = reader.flag("stream")
    return Request(
        model=name,
        turns=turns,
        tools=tools.parse(offered),
        tool_choice=chosen,
        parallel_calls=parallel,
        sampling=config.parse(reader),
        reasoning=reasoning.parse(reader.apart("thinking"), settings, name),
        output=output.parse(reader, settings),
        stream=stream,
        opaque=reader.opaque(),
    )


def _model(reader: Reader, model: str) -> str:
    said = reader.get("model", reading.text)
    if not (said or model):
        raise invalid("model is missing", "model")
    if said is None:
        reader.usual("model", model)
    return said or model


def render(request: Request) -> Rendered:
    """Raises INVALID_REQUEST for what would change the meaning if it were dropped."""
    lost: list[Loss] = []
    target = family(request.model)
    writer = Writer(request.opaque)
    writer.put("model", request.model)
    system, said = Dialogue(request.turns, lost).render()
    writer.put("system", system)
    writer.put("messages", said)
    writer.put("tools", tools.render(request.tools, target, lost) or None)
    writer.put("tool_choice", choice.render(request, lost))
    thinking = reasoning.plan(request, request.sampling.max_tokens, lost)
    writer.put("thinking", thinking.thinking)
    config.write(writer, _sampling(request, thinking, lost))
    _form(writer, request, thinking, lost)
    writer.put("stream", request.stream or None)
    lost += losses.foreign(request, ORIGIN)
    return Rendered(writer.done(), losses.unique(lost))


def _sampling(request: Request, thinking: Plan, lost: list[Loss]) -> Sampling:
    sampling = request.sampling
    if mine(request.opaque) and not thinking.on:
        return sampling
    target = family(request.model)
    limit = sampling.max_tokens
    if limit is None:
        limit = target.limit + thinking.budget
    return config.adapted(sampling, target, lost, limit=limit, thinking=thinking.on)


def _form(writer: Writer, request: Request, thinking: Plan, lost: list[Loss]) -> None:
    settings = writer.inner("output_config")
    settings.put("effort", thinking.effort)
    form = output.render(request.output, lost)
    where = output.place(request.output)
    settings.put("format", form if where == "format" else None)
    writer.put(output.OLDER, form if where == output.OLDER else None)

"""generateContent and streamGenerateContent: request bodies ↔ `Request`."""

from __future__ import annotations

from proxy.dialects import losses, reading
from proxy.dialects.base import JSON, Loss, Rendered
from proxy.dialects.gemini import config, contents, natives, reasoning, tools
from proxy.dialects.gemini.dialogue import Dialogue
from proxy.dialects.gemini.families import family
from proxy.dialects.gemini.fields import GEMINI, Reader, Writer, mine
from proxy.dialects.gemini.ids import Ids
from proxy.errors import invalid
from proxy.ir import BuiltinTool, Foreign, ForeignTool, Request, ToolResult, Turn

_FOREIGN = (Foreign, ForeignTool)


def parse(body: JSON, *, model: str = "", stream: bool = False) -> Request:
    """Raises INVALID_REQUEST naming the field."""
    reader = Reader(body, "")
    name = _model(reader, model)
    ids = Ids()
    turns = _turns(reader, ids)
    items = reader.items("tools")
    if items is not None and not items:
        reader.memo("tools", [], None)
    choosing = reader.inner("toolConfig")
    choice = choosing.apart("functionCallingConfig") if choosing else None
    settings = reader.inner("generationConfig")
    thinking = settings.apart("thinkingConfig") if settings else None
    return Request(
        model=name,
        turns=turns,
        tools=tools.parse(items) if items else (),
        tool_choice=tools.parse_choice(choice),
        sampling=config.sampling(settings),
        reasoning=reasoning.parse(thinking, name),
        output=config.output(settings),
        stream=stream,
        opaque=reader.opaque(),
    )


def _model(reader: Reader, model: str) -> str:
    """The path says the model; some clients say it in the body too, with `models/` before it."""
    said = reader.get("model", reading.text)
    name = model or (said or "").removeprefix("models/")
    if said is not None:
        reader.memo("model", said, name)
    return name


def _turns(reader: Reader, ids: Ids) -> tuple[Turn, ...]:
    items = reader.items("contents")
    if not items:
        raise invalid("contents must hold at least one message", "contents")
    said = reader.raw("systemInstruction")
    place = reader.place("systemInstruction")
    first = () if said is None else (contents.system(said, place, ids),)
    return first + contents.parse(items, ids)


def render(request: Request) -> Rendered:
    """Raises INVALID_REQUEST for media that Google cannot read."""
    target = family(request.model)
    dialogue = Dialogue(request.turns, target)
    system, said = dialogue.render()
    lost = dialogue.losses
    writer = Writer(request.opaque)
    if not writer.recall("model", request.model):
        writer.put("model", None)
    writer.put("contents", said)
    writer.put("systemInstruction", system)
    if request.tools or request.tool_choice is not None or not writer.fresh:
        _equip(writer, request, third=target.third, lost=lost)
    _configure(writer.inner("generationConfig"), request, lost)
    if request.parallel_calls is False:
        lost.append(Loss("parallel_tool_calls"))
    if _mixed(request):
        lost += losses.foreign(request, GEMINI)
    return Rendered(writer.done(), losses.unique(lost) if lost else lost)


def _equip(writer: Writer, request: Request, *, third: bool, lost: list[Loss]) -> None:
    """The tools, and the choice among them. `third`: for Gemini 3 and later."""
    # Also where the gateway added a tool of its own accord (`model-search`).
    added = any(isinstance(tool, BuiltinTool) and not tool.opaque for tool in request.tools)
    foreign = added or mine(request.opaque) is None
    # Before Gemini 3 Google answers 400 to its own tools beside functions (googleapis/go-genai
    # #323), and a coding client such as Codex always offers both.
    offered = natives.resolved(request.tools, lost)
    wire = tools.render(offered, lost, apart=foreign and not third)
    writer.put("tools", wire)
    chosen = tools.render_choice(natives.choice(request.tool_choice, offered, lost))
    choosing = writer.inner("toolConfig")
    choosing.put("functionCallingConfig", chosen)
    if third and foreign and tools.mixed(wire):
        # Gemini 3 takes its own tools beside functions only so (as recorded).
        choosing.put("includeServerSideToolInvocations", True)


def _mixed(request: Request) -> bool:
    """Whether anything holds what only another dialect understands.

    Usually nothing does, and to know that costs a fraction of saying where it would be.
    """
    said = [part for turn in request.turns for part in turn.parts]
    below = [part for result in said if type(result) is ToolResult for part in result.parts]
    top = (request, request.tool_choice, request.reasoning, request.output)
    for value in (*top, *request.tools, *request.turns, *said, *below):
        opaque = None if value is None else value.opaque
        if opaque is None or opaque.origin is GEMINI:
            continue
        if opaque.data or isinstance(value, _FOREIGN):
            return True
    return False


def _configure(settings: Writer, request: Request, lost: list[Loss]) -> None:
    config.write_sampling(settings, request.sampling)
    config.write_output(settings, request.output)
    thinking = reasoning.render(request.reasoning, request.model, lost)
    settings.put("thinkingConfig", thinking)

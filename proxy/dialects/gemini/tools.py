"""Tools and the choice among them.

A wire tool object may hold many declarations and built-in tools at once; the IR has a flat list.
Each tool remembers the object it came from (`group`) and the key it stood under.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, assert_never

from proxy.dialects import reading
from proxy.dialects.base import JSON, Loss
from proxy.dialects.gemini import enums, schema
from proxy.dialects.gemini.fields import ABSENT, GEMINI, Reader, Writer, mine, snake
from proxy.ir import (
    Builtin,
    BuiltinTool,
    Choice,
    CustomTool,
    ForeignTool,
    FunctionTool,
    Opaque,
    Tool,
    ToolChoice,
)

DECLARATIONS = "functionDeclarations"

_BUILTIN = {
    Builtin.SEARCH: "googleSearch",
    Builtin.CODE: "codeExecution",
    Builtin.URL_CONTEXT: "urlContext",
}

# `googleSearchRetrieval` is how Gemini 1.5 called it.
_KINDS = {
    **{name: kind for kind, name in _BUILTIN.items()},
    **{snake(name): kind for kind, name in _BUILTIN.items()},
    "googleSearchRetrieval": Builtin.SEARCH,
    "google_search_retrieval": Builtin.SEARCH,
}


def parse(items: Iterable[tuple[Any, str]]) -> tuple[Tool, ...]:
    return tuple(
        tool
        for group, (value, path) in enumerate(items)
        for tool in _tools(reading.obj(value, path), path, group)
    )


def _tools(value: JSON, path: str, group: int) -> Iterator[Tool]:
    if not value:
        yield ForeignTool(Opaque(GEMINI, shape={"group": group}))
    for key, content in value.items():
        if key in (DECLARATIONS, snake(DECLARATIONS)) and content:
            yield from _functions(key, content, reading.place(path, key), group)
        elif key in _KINDS and isinstance(content, dict):
            shape = {"group": group, "key": key}
            yield BuiltinTool(_KINDS[key], Opaque(GEMINI, data=content, shape=shape))
        else:
            yield ForeignTool(Opaque(GEMINI, data={key: content}, shape={"group": group}))


def _functions(key: str, content: Any, path: str, group: int) -> Iterator[Tool]:
    single = isinstance(content, dict)
    listed = [content] if single else reading.array(content, path)
    for number, value in enumerate(listed):
        reader = Reader(value, path if single else reading.place(path, number))
        yield _function(reader, {"group": group, "key": key, "single": single})


def _function(reader: Reader, shape: JSON) -> FunctionTool:
    name = reading.text(reader.raw("name"), reader.place("name"))
    description = reader.string("description")
    wanted = reader.raw("parametersJsonSchema")
    if wanted is None and reader.has("parameters"):
        wire = reader.get("parameters", reading.obj)
        wanted = schema.plain(wire)
        reader.memo("parameters", wire, wanted)
    elif wanted is not None:
        reading.obj(wanted, reader.place("parametersJsonSchema"))
    return FunctionTool(name, description=description, schema=wanted, opaque=reader.opaque(**shape))


def render(tools: Sequence[Tool], losses: list[Loss], *, apart: bool = False) -> list[JSON] | None:
    """Tools that came in one object leave in one; all other functions share one.

    `apart`: Google's own tools are not offered beside functions.
    """
    if not tools:
        return None
    entries = [_entry(tool, f"tools[{number}]", losses) for number, tool in enumerate(tools)]
    apart = apart and any(entry and entry[0] == DECLARATIONS for entry in entries)
    groups: dict[Any, JSON] = {}
    for number, (tool, entry) in enumerate(zip(tools, entries, strict=True)):
        if entry is None:
            continue
        key, value = entry
        if apart and key != DECLARATIONS:
            losses.append(Loss(key, f"tools[{number}]"))
            continue
        opaque = mine(tool.opaque)
        shape = opaque.shape if opaque else {}
        # What another dialect asks for twice, such as search, is there once.
        slot = shape.get("group", key)
        _place(groups.setdefault(slot, {}), key, value, shape)
    return list(groups.values()) or None


def mixed(wire: Sequence[JSON] | None) -> bool:
    """Whether functions and Google's own tools are offered side by side."""
    keys = {key for tool in wire or () for key in tool}
    return DECLARATIONS in keys and len(keys) > 1


def _place(group: JSON, key: str, value: Any, shape: Mapping[str, Any]) -> None:
    if not key:
        return
    if key in (DECLARATIONS, snake(DECLARATIONS)) and isinstance(value, dict):
        before = group.get(key)
        if isinstance(before, list):
            before.append(value)
        elif before is not None:
            group[key] = [before, value]
        else:
            group[key] = value if shape.get("single") else [value]
    else:
        group[key] = list(value) if isinstance(value, list) else value


def _entry(tool: Tool, where: str, losses: list[Loss]) -> tuple[str, Any] | None:
    """The key in a tool object and its value; "" is an object without any."""
    opaque = mine(tool.opaque)
    match tool:
        case FunctionTool():
            return _declared(tool, opaque, where, losses)
        case CustomTool():
            return DECLARATIONS, _custom(tool, where, losses)
        case BuiltinTool():
            key = opaque.shape["key"] if opaque else _BUILTIN[tool.kind]
            return key, dict(opaque.data) if opaque else {}
        case ForeignTool():
            if opaque is None:
                return None
            return next(iter(opaque.data.items()), ("", None))
        case other:
            assert_never(other)


def _declared(
    tool: FunctionTool, opaque: Opaque | None, where: str, losses: list[Loss]
) -> tuple[str, Any]:
    if tool.strict:
        losses.append(Loss("strict", where))
    writer = Writer(tool.opaque)
    writer.put("name", tool.name)
    writer.put("description", tool.description or None)
    subset = writer.recall("parameters", tool.schema)
    writer.put("parametersJsonSchema", None if subset else tool.schema)
    key = opaque.shape.get("key", DECLARATIONS) if opaque else DECLARATIONS
    return key, writer.done()


def _custom(tool: CustomTool, where: str, losses: list[Loss]) -> JSON:
    """A tool that takes free text becomes a function with one string, `input`."""
    if tool.format is not None and tool.format.get("type") != "text":
        losses.append(Loss("format", where))
    takes = {"type": "object", "properties": {"input": {"type": "string"}}, "required": ["input"]}
    described = {"description": tool.description} if tool.description else {}
    return {"name": tool.name, **described, "parametersJsonSchema": takes}


_MODES = {"AUTO": Choice.AUTO, "ANY": Choice.REQUIRED, "NONE": Choice.NONE}
_NAMES = {choice: mode for mode, choice in _MODES.items()}


def parse_choice(reader: Reader | None) -> ToolChoice | None:
    """From `functionCallingConfig`. VALIDATED leaves the choice to the model, as AUTO does."""
    if reader is None:
        return None
    said = reader.get("mode", enums.word)
    mode = "AUTO" if said is None else enums.name(said, enums.MODES).upper()
    choice = _MODES.get(mode, Choice.AUTO)
    if said != _NAMES[choice]:
        absent = said is None and not reader.null("mode")
        reader.memo("mode", ABSENT if absent else said, _NAMES[choice])
    items = reader.items("allowedFunctionNames")
    names = [reading.text(value, path) for value, path in items or ()]
    if items is not None and not items:
        reader.memo("allowedFunctionNames", [], None)
    return ToolChoice(choice, tuple(names), reader.opaque())


def render_choice(choice: ToolChoice | None) -> JSON | None:
    """The `functionCallingConfig`. Google takes names with ANY and VALIDATED only."""
    if choice is None:
        return None
    writer = Writer(choice.opaque)
    mode = _NAMES[choice.mode]
    if choice.names and choice.mode is Choice.AUTO and mine(choice.opaque) is None:
        mode = "VALIDATED"
    writer.put("mode", mode)
    writer.put("allowedFunctionNames", list(choice.names) or None)
    return writer.done()

"""Functions that stand for Google's own tools.

OpenAI's and Anthropic's clients have no word for all of them, so they declare a function of a
name that other gateways know, too:

- `codeExecution`, whatever it takes, is Google's code execution;
- `code_execution`, `googleSearch`, `google_search`, `urlContext` and `url_context` are Google's if
  they take nothing. With parameters they are the client's own functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from proxy.dialects.base import Loss
from proxy.dialects.gemini.fields import mine
from proxy.ir import Builtin, BuiltinTool, Choice, CustomTool, FunctionTool, Tool, ToolChoice

CODE_FUNCTION = "codeExecution"

_NAMES = {
    CODE_FUNCTION: Builtin.CODE,
    "code_execution": Builtin.CODE,
    "googleSearch": Builtin.SEARCH,
    "google_search": Builtin.SEARCH,
    "urlContext": Builtin.URL_CONTEXT,
    "url_context": Builtin.URL_CONTEXT,
}
_EMPTY = frozenset({"type", "properties", "required", "additionalProperties", "$schema", "title"})


def resolved(tools: Iterable[Tool], losses: list[Loss]) -> tuple[Tool, ...]:
    """The tools, with `BuiltinTool`s where a function stands for one."""
    return tuple(_resolved(tool, f"tools[{at}]", losses) for at, tool in enumerate(tools))


def _resolved(tool: Tool, where: str, losses: list[Loss]) -> Tool:
    if type(tool) is not FunctionTool or mine(tool.opaque) is not None:
        return tool
    kind, bare = _NAMES.get(tool.name), _bare(tool.schema)
    if kind is None or not (bare or tool.name == CODE_FUNCTION):
        return tool
    if not bare:
        losses.append(Loss("parameters", where))
    return BuiltinTool(kind)


def _bare(schema: Mapping[str, Any] | None) -> bool:
    """Whether the arguments are always an empty object."""
    if schema is None:
        return True
    return _EMPTY.issuperset(schema) and not (schema.get("properties") or schema.get("required"))


def choice(
    asked: ToolChoice | None, tools: Iterable[Tool], losses: list[Loss]
) -> ToolChoice | None:
    """What of the choice is about functions: Google lets nobody force a tool of its own.

    `tools` are resolved ones.
    """
    if asked is None or mine(asked.opaque) is not None:
        return asked
    offered = tuple(tools)
    if not any(type(tool) is BuiltinTool for tool in offered):
        return asked
    known = {tool.name for tool in offered if isinstance(tool, FunctionTool | CustomTool)}
    names = tuple(name for name in asked.names if name in known)
    if names == asked.names and known:
        return asked
    if names:
        losses.append(Loss("tool_choice"))
        return replace(asked, names=names)
    if asked.mode is Choice.AUTO and not asked.names:
        return None
    losses.append(Loss("tool_choice"))
    return None

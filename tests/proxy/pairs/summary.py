"""What a request or an answer says, as one flat table per kind of thing: equal if nothing is lost.

How a dialect cuts it into parts, turns and pieces does not count, nor do ids: only their links.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from msgspec.structs import replace

from proxy.dialects import fences, jsontext
from proxy.ir import (
    Batch,
    BuiltinTool,
    Choice,
    Cite,
    Close,
    Code,
    CodeResult,
    CustomTool,
    Delta,
    Finish,
    Foreign,
    Format,
    FunctionTool,
    Logprobs,
    Media,
    Opaque,
    Open,
    Part,
    Reasoning,
    Refusal,
    Request,
    Role,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Usage,
)

Table = dict[str, Any]


def of_request(request: Request) -> Table:
    """Keys with nothing to say are left out."""
    turns = [turn for turn in request.turns if turn.role is not Role.SYSTEM]
    system = [part for turn in request.turns if turn.role is Role.SYSTEM for part in turn.parts]
    said = [(turn.role.value, part) for turn in turns for part in turn.parts]
    parts = [part for _, part in said]
    results = [part for part in parts if isinstance(part, ToolResult)]
    table: Table = {
        "system": words(system),
        "text": _merged((role, text) for role, part in said if (text := words([part]))),
        "thinking": "".join(part.text for part in parts if isinstance(part, Thinking)),
        "refusal": "".join(part.text for part in parts if isinstance(part, Refusal)),
        "order": _order((turn.role.value, part) for turn in request.turns for part in turn.parts),
        "calls": [_call(part) for part in parts if isinstance(part, ToolCall)],
        "links": _links(parts),
        "results": [words(one.parts, "\n") for one in results],
        "errors": [one.is_error for one in results],
        "result media": [[sha(part) for part in _media(one.parts)] for one in results],
        "media": [sha(part) for part in _everywhere([*system, *parts])],
        "tools": [
            _tool(tool) for tool in request.tools if isinstance(tool, FunctionTool | CustomTool)
        ],
        "builtin": sorted(tool.kind for tool in request.tools if isinstance(tool, BuiltinTool)),
        "tool_choice": _choice(request),
        "parallel": request.parallel_calls,
        "reasoning": thinks(request.reasoning),
        **_output(request),
        **{name: getattr(request.sampling, name) for name in request.sampling.__struct_fields__},
    }
    usual: tuple[Any, ...] = (None, "", [], ())
    told = {key: value for key, value in table.items() if value not in usual}
    # One answer, in words, is what everybody gives unasked.
    return {key: value for key, value in told.items() if (key, value) not in _UNASKED}


_UNASKED = (("n", 1), ("modalities", ("text",)))


def words(parts: Iterable[Part], between: str = "") -> str:
    return between.join(text for part in parts if (text := _word(part)))


def _word(part: Part) -> str:
    match part:
        case Text(text=text):
            return text
        case Code() | CodeResult():
            return fences.block(part)
    return ""


def _merged(said: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [
        (role, "".join(text for _, text in texts))
        for role, texts in groupby(said, key=lambda each: each[0])
    ]


def _order(said: Iterable[tuple[str, Part]]) -> list[tuple[str, str]]:
    """Who says what kind of thing after which other; how many of one kind in a row is no matter."""
    told = [(role, kind) for role, part in said if (kind := _kind(_seen(part)))]
    return [each for each, _ in groupby(told)]


def _kind(part: Part) -> str:
    match part:
        case ToolCall():
            return "call"
        case ToolResult():
            return "result"
        case Media():
            return "media"
    return "text" if _word(part) else ""


def _call(call: ToolCall) -> tuple[str, Any]:
    """A free text is one argument where there are no free texts."""
    if call.custom:
        return call.name, {"input": call.arguments}
    return call.name, jsontext.arguments(call.arguments)[0]


def _links(parts: list[Part]) -> list[int | None]:
    """For each result, in order, which call it answers."""
    calls = [part.id for part in parts if isinstance(part, ToolCall)]
    ids = [part.call_id for part in parts if isinstance(part, ToolResult)]
    return [calls.index(each) if each in calls else None for each in ids]


def _media(parts: Iterable[Part]) -> Iterator[Media]:
    return (part for part in parts if isinstance(part, Media))


def _everywhere(parts: Iterable[Part]) -> Iterator[Media]:
    for part in parts:
        yield from _media(part.parts if isinstance(part, ToolResult) else [part])


def sha(media: Media) -> str:
    """SHA-256 of the bytes; of what is elsewhere, where."""
    if not media.data:
        return media.url
    return hashlib.sha256(base64.b64decode(media.data + "==")).hexdigest()[:16]


def _tool(tool: FunctionTool | CustomTool) -> tuple[str, str, Any]:
    """A tool of free text is a function of one string where there are none."""
    if isinstance(tool, CustomTool):
        return tool.name, tool.description, _FREE
    return tool.name, tool.description, tool.schema


_FREE = {"type": "object", "properties": {"input": {"type": "string"}}, "required": ["input"]}


def _choice(request: Request) -> Any:
    choice = request.tool_choice
    # Without tools there is nothing to choose; `auto` is what everybody does unasked.
    if choice is None or not request.tools or (choice.mode is Choice.AUTO and not choice.names):
        return None
    return choice.mode.value, choice.names


def thinks(reasoning: Reasoning | None) -> bool | None:
    if reasoning is None or (reasoning.effort is None and reasoning.budget is None):
        return None
    return reasoning.effort != "none" and reasoning.budget != 0


def _output(request: Request) -> Table:
    output = request.output
    if output is None:
        return {}
    kind = None if output.format is Format.TEXT else output.format
    return {"format": kind and kind.value, "schema": output.schema, "modalities": output.modalities}


def of_answer(events: Batch) -> Table:
    parts = list(whole(events))
    usage = next((each for each in reversed(events) if isinstance(each, Usage)), Usage())
    return {
        "text": words(parts),
        "refusal": "".join(part.text for part in parts if isinstance(part, Refusal)),
        "thinking": "".join(part.text for part in parts if isinstance(part, Thinking)),
        "order": _order(("model", part) for part in parts),
        "calls": [_call(part) for part in parts if isinstance(part, ToolCall)],
        "media": [sha(part) for part in _media(map(_seen, parts))],
        "finish": [each.reason.value for each in events if isinstance(each, Finish)],
        "citations": [
            (one.url, one.start, one.end)
            for each in events if isinstance(each, Cite) for one in each.citations if one.url
        ],
        "logprobs": [
            one.token for each in events if isinstance(each, Logprobs) for one in each.tokens
        ],
        **{name: getattr(usage, name) or 0 for name in ("input", "output", "cached")},
        "thinking tokens": usage.thinking or 0,
    }  # fmt: skip


def _seen(part: Part) -> Part:
    """A picture in an answer of Anthropic's form: Anthropic sends none, so nobody reads ours."""
    match part:
        case Foreign(opaque=Opaque(data={"type": "image", "source": {"data": data}})):
            return Media("image/png", data)
    return part


_GROWS: dict[type[Part], str] = {
    Text: "text",
    Thinking: "text",
    Refusal: "text",
    ToolCall: "arguments",
    Code: "code",
    CodeResult: "output",
}


def whole(events: Batch) -> Iterator[Part]:
    """The parts of an answer, each complete, candidate after candidate."""
    opened: dict[int, list[Any]] = {}
    done: list[tuple[int, int, Part]] = []
    for event in events:
        match event:
            case Open():
                opened[event.index] = [event, ""]
            case Delta():
                opened[event.index][1] += event.text
            case Close():
                first, more = opened.pop(event.index)
                part = first.part
                if more:
                    field = _GROWS[type(part)]
                    part = replace(part, **{field: getattr(part, field) + more})
                if event.signature:
                    part = replace(part, signature=event.signature)
                done.append((first.choice, len(done), part))
    assert not opened, "a part was never closed"
    return (part for _, _, part in sorted(done, key=lambda each: each[:2]))


def differences(before: Table, after: Table) -> dict[str, tuple[Any, Any]]:
    keys = dict.fromkeys([*before, *after])
    return {
        key: (before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)
    }

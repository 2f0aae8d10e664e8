"""Calls of free-text tools, for upstreams that know only functions with JSON arguments.

There such a tool was offered as a function with one string, `input`; its calls come back as
`{"input": …}` and are made calls of the free-text tool again. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec
from msgspec.structs import replace

from proxy.dialects.jsontext import BROKEN
from proxy.ir import Batch, Close, CustomTool, Delta, Event, Open, Request, ToolCall


def names(request: Request) -> frozenset[str]:
    """The names of the request's free-text tools: none, mostly."""
    return frozenset(tool.name for tool in request.tools if type(tool) is CustomTool)


def restored(events: Iterable[Event], names: Collection[str]) -> Batch:
    """The events of a whole answer, with calls of `names` as calls of free-text tools."""
    return Restorer(names).feed(events)


class Restorer:
    """The same for an answer that comes in batches; one for each answer.

    The text is known only when the JSON is whole, so it comes in one Delta before the Close.
    """

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._calls: dict[int, list[str]] = {}

    def feed(self, events: Iterable[Event]) -> Batch:
        return [told for event in events for told in self._told(event)]

    def _told(self, event: Event) -> Iterable[Event]:
        match event:
            case Open(index=index, part=ToolCall(custom=False) as call) if call.name in self._names:
                self._calls[index] = [call.arguments]
                return (replace(event, part=replace(call, arguments="", custom=True)),)
            case Delta(index=index, text=more) if index in self._calls:
                self._calls[index].append(more)
                return ()
            case Close(index=index) if index in self._calls:
                text = plain("".join(self._calls.pop(index)))
                return (Delta(index, text), event) if text else (event,)
            case _:
                return (event,)


def plain(arguments: str) -> str:
    """The text in `{"input": …}`; what a model wrote otherwise is passed on as it is."""
    try:
        return msgspec.json.decode(arguments, type=_Arguments).input
    except BROKEN:
        return arguments


class _Arguments(msgspec.Struct):
    input: str

"""What every library is asked to do, through every dialect it speaks, of every upstream.

Each script prints `{"<way> <upstream>": {scenario: what was seen}}`; `raised` if one ended early.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Protocol

Given = dict[str, Any]
Seen = dict[str, Any]

WEATHER = {"type": "object", "properties": {"location": {"type": "string"}}}
TIME = {"type": "object", "properties": {"city": {"type": "string"}}}
TOOLS = (
    ("get_weather", "Tells the weather", {**WEATHER, "required": ["location"]}),
    ("get_time", "Tells the time", {**TIME, "required": ["city"]}),
)
QUESTION = "[tools] weather and time in Paris?"


def get_weather(location: str) -> str:
    """Tells the weather."""
    return f"sunny in {location}"


def get_time(city: str) -> str:
    """Tells the time."""
    return f"noon in {city}"


FUNCTIONS: Mapping[str, Callable[..., str]] = {"get_weather": get_weather, "get_time": get_time}

# The libraries that read annotations get types, not their names.
get_weather.__annotations__ = {"location": str, "return": str}
get_time.__annotations__ = {"city": str, "return": str}


class Way(Protocol):
    """A library with one of its dialects."""

    def text(self, model: str, prompt: str) -> Seen:
        """`text`, and `usage`: tokens of the prompt and of the answer."""

    def stream(self, model: str, prompt: str) -> Seen:
        """`text`, and `chunks`, the number of pieces that had text."""

    def tools(self, model: str) -> Seen:
        """`calls`: names and arguments, and `text` after the results were sent."""

    def structured(self, model: str) -> Seen:
        """`parsed`: a trip with `city` and `days`."""

    def refused(self, model: str, key: str) -> Seen:
        """`classes`, `status` and `message` of the library's own error; {} if there is none."""


def main(ways: Callable[[Given], Mapping[str, Way]]) -> None:
    """`ways` makes every way to ask from what is given: `root`, `key`, `empty_key`, `models`."""
    given: Given = json.loads(sys.argv[1])
    seen = {
        f"{name} {upstream}": _visit(way, given, names)
        for name, way in ways(given).items()
        for upstream, names in given["models"].items()
    }
    json.dump(seen, sys.stdout)


def _visit(way: Way, given: Given, names: Mapping[str, str]) -> Seen:
    chat, stranger = names["chat"], "sk-" + "x" * 43
    scenarios: dict[str, Callable[[], Seen]] = {
        "text": lambda: way.text(chat, "[text] hello"),
        "stream": lambda: way.stream(chat, "[stream] one two three"),
        "tools": lambda: way.tools(names["tools"]),
        "structured": lambda: way.structured(chat),
        "bad_key": lambda: way.refused(chat, stranger),
        "empty_key": lambda: way.refused(chat, given["empty_key"]),
        "missing": lambda: way.refused(names["missing"], given["key"]),
    }
    return {name: _seen(scenario) for name, scenario in scenarios.items()}


def _seen(scenario: Callable[[], Seen]) -> Seen:
    try:
        return scenario()
    except Exception:
        # Each scenario has its own test; one that fails must not hide the others.
        return {"raised": traceback.format_exc()}


def error(problem: BaseException) -> Seen:
    """`classes` are the error's own and those above it. Some hide the status in the cause."""
    told = (problem, problem.__cause__)
    found = (getattr(each, name, None) for each in told for name in ("status_code", "code"))
    return {
        "classes": [each.__name__ for each in type(problem).__mro__],
        "status": next((each for each in found if isinstance(each, int)), None),
        "message": str(problem),
    }

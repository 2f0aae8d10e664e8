"""What a program sees that uses OpenAI's SDK when the model calls its functions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import openai  # type: ignore[import-not-found]

from tests.sdk.scripts.openai_refusals import Given, Seen, asked


def tool(name: str, argument: str) -> dict[str, Any]:
    parameters = {
        "type": "object",
        "properties": {argument: {"type": "string", "description": "Where"}},
        "required": [argument],
        "additionalProperties": False,
    }
    function = {"name": name, "description": f"Tells {name}", "parameters": parameters}
    return {"type": "function", "function": {**function, "strict": True}}


TOOLS = [tool("get_weather", "location"), tool("get_time", "city")]


def tools(client: openai.OpenAI, given: Given) -> Seen:
    messages = asked("[tools] weather and time in Paris?")
    first = client.chat.completions.create(model=given["tools"], messages=messages, tools=TOOLS)
    return results(client, given, messages, first)


def tools_stream(client: openai.OpenAI, given: Given) -> Seen:
    messages = asked("[tools_stream] weather and time in Paris?")
    with client.chat.completions.stream(
        model=given["tools"], messages=messages, tools=TOOLS
    ) as events:
        for _ in events:
            pass
        first = events.get_final_completion()
    return results(client, given, messages, first)


def results(client: openai.OpenAI, given: Given, messages: list[Any], first: Any) -> Seen:
    """Sends the results of the calls, and the calls as the SDK holds them."""
    said = first.choices[0].message
    calls = said.tool_calls or []
    answers = [
        {"role": "tool", "tool_call_id": call.id, "content": f"{call.function.name} is fine"}
        for call in calls
    ]
    history = [*messages, _replayed(said), *answers]
    second = client.chat.completions.create(model=given["tools"], messages=history, tools=TOOLS)
    return {
        "calls": [[call.function.name, json.loads(call.function.arguments)] for call in calls],
        "ids": [call.id for call in calls],
        "finish": first.choices[0].finish_reason,
        "text": second.choices[0].message.content,
        "last": second.choices[0].finish_reason,
    }


def _replayed(said: Any) -> Any:
    message = said.model_dump(exclude_none=True)
    # The SDK's own parsing adds these; its documentation says not to send them.
    message.pop("parsed", None)
    for call in message["tool_calls"]:
        call["function"].pop("parsed_arguments", None)
        call.pop("index", None)
    return message


SCENARIOS: list[Callable[[openai.OpenAI, Given], Seen]] = [tools, tools_stream]

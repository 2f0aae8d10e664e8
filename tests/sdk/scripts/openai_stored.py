"""What a program sees of kept answers that uses OpenAI's SDK: it goes on from them, reads and
deletes them. And what it sees of legacy completions.

Argument: one JSON object with `base_url`, `key`, `other_key`, and the names of models, `model` and
`thinker`. Prints one JSON object: what each scenario saw, or `raised` if it ended early.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable
from typing import Any

import openai  # type: ignore[import-not-found]
from pydantic import BaseModel  # type: ignore[import-not-found]

Given = dict[str, str]
Seen = dict[str, Any]
TOOL = {
    "type": "function",
    "name": "get_weather",
    "parameters": {
        "type": "object",
        "properties": {"location": {"type": "string"}},
        "required": ["location"],
        "additionalProperties": False,
    },
    "strict": True,
}


class Trip(BaseModel):  # type: ignore[misc]
    city: str
    days: int


def goes_on(client: openai.OpenAI, given: Given) -> Seen:
    first = client.responses.create(model=given["model"], input="one", instructions="Be brief.")
    second = client.responses.create(
        model=given["model"], input="two", previous_response_id=first.id
    )
    kept = client.responses.retrieve(second.id)
    items = client.responses.input_items.list(second.id, order="asc")
    return {
        "first": first.id,
        "texts": [first.output_text, second.output_text],
        "kept": kept.output_text,
        "previous": kept.previous_response_id == first.id,
        "instructions": kept.instructions,
        "items": [item.content[0].text for item in items],
    }


def streams(client: openai.OpenAI, given: Given) -> Seen:
    first = client.responses.create(model=given["model"], input="one")
    with client.responses.stream(
        model=given["model"], input="two", previous_response_id=first.id
    ) as stream:
        said = "".join(e.delta for e in stream if e.type == "response.output_text.delta")
        last = stream.get_final_response()
    third = client.responses.create(
        model=given["model"], input="three", previous_response_id=last.id
    )
    count = len(list(client.responses.input_items.list(third.id)))
    return {"said": said, "text": last.output_text, "third": third.output_text, "items": count}


def calls(client: openai.OpenAI, given: Given) -> Seen:
    asked = {
        "model": given["thinker"],
        "tools": [TOOL],
        "reasoning": {"effort": "low", "summary": "auto"},
    }
    first = client.responses.create(input="the weather?", **asked)
    (wanted,) = [item for item in first.output if item.type == "function_call"]
    result = {"type": "function_call_output", "call_id": wanted.call_id, "output": "18 °C"}
    second = client.responses.create(input=[result], previous_response_id=first.id, **asked)
    return {"arguments": json.loads(wanted.arguments), "text": second.output_text}


def parses(client: openai.OpenAI, given: Given) -> Seen:
    answer = client.responses.parse(model=given["model"], input="a trip", text_format=Trip)
    return {"city": answer.output_parsed.city}


def deletes(client: openai.OpenAI, given: Given) -> Seen:
    answer = client.responses.create(model=given["model"], input="one")
    client.responses.delete(answer.id)
    again = {"model": given["model"], "input": "two", "previous_response_id": answer.id}
    return {
        "retrieve": _refused(lambda: client.responses.retrieve(answer.id)),
        "delete": _refused(lambda: client.responses.delete(answer.id)),
        "continue": _refused(lambda: client.responses.create(**again)),
    }


def is_private(client: openai.OpenAI, given: Given) -> Seen:
    answer = client.responses.create(model=given["model"], input="a secret")
    other = client.with_options(api_key=given["other_key"])
    again = {"model": given["model"], "input": "two", "previous_response_id": answer.id}
    return {
        "retrieve": _refused(lambda: other.responses.retrieve(answer.id)),
        "items": _refused(lambda: other.responses.input_items.list(answer.id)),
        "delete": _refused(lambda: other.responses.delete(answer.id)),
        "continue": _refused(lambda: other.responses.create(**again)),
        "own": client.responses.retrieve(answer.id).output_text,
    }


def is_not_kept(client: openai.OpenAI, given: Given) -> Seen:
    answer = client.responses.create(model=given["model"], input="one", store=False)
    return {"retrieve": _refused(lambda: client.responses.retrieve(answer.id))}


def _refused(ask: Callable[[], Any]) -> Any:
    try:
        ask()
    except openai.APIStatusError as error:
        return [type(error).__name__, error.code]
    return None


def completes(client: openai.OpenAI, given: Given) -> Seen:
    asked = {"model": given["model"], "prompt": "Once upon"}
    whole = client.completions.create(echo=True, **asked)
    chunks = list(
        client.completions.create(stream=True, stream_options={"include_usage": True}, **asked)
    )
    said = [choice for chunk in chunks for choice in chunk.choices]
    return {
        "text": whole.choices[0].text,
        "finish": whole.choices[0].finish_reason,
        "streamed": "".join(choice.text for choice in said),
        "finishes": [choice.finish_reason for choice in said if choice.finish_reason],
        "usage": [chunk.usage.total_tokens for chunk in chunks if chunk.usage],
        "total": whole.usage.total_tokens,
        "suffix": _refused(lambda: client.completions.create(suffix="end", **asked)),
    }


SCENARIOS: list[Callable[[openai.OpenAI, Given], Seen]] = [
    goes_on,
    streams,
    calls,
    parses,
    deletes,
    is_private,
    is_not_kept,
    completes,
]


def main(given: Given) -> dict[str, Seen]:
    seen: dict[str, Seen] = {}
    with openai.OpenAI(
        api_key=given["key"], base_url=given["base_url"], max_retries=0, timeout=20
    ) as client:
        for scenario in SCENARIOS:
            try:
                seen[scenario.__name__] = scenario(client, given)
            except Exception:
                # Each scenario has its own test; one that fails must not hide the others.
                seen[scenario.__name__] = {"raised": traceback.format_exc()}
    return seen


if __name__ == "__main__":
    json.dump(main(json.loads(sys.argv[1])), sys.stdout)

"""What a program sees that uses litellm. Runs in an environment of its own (`venvs.py`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import litellm  # type: ignore[import-not-found]

from tests.sdk.scripts.asking import FUNCTIONS, QUESTION, TOOLS, Given, Seen, Way, error, main

# It would print its advertisement into the document.
litellm.suppress_debug_info = True

TRIP = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}


class Route:
    """`provider` is litellm's word for the dialect."""

    def __init__(self, provider: str, base: str, key: str) -> None:
        self._provider = provider
        self._base = base
        self._key = key

    def _ask(self, model: str, messages: list[Any], key: str = "", **more: Any) -> Any:
        return litellm.completion(
            model=f"{self._provider}/{model}",
            messages=messages,
            api_base=self._base,
            api_key=key or self._key,
            max_retries=0,
            num_retries=0,
            **more,
        )

    def text(self, model: str, prompt: str) -> Seen:
        answer = self._ask(model, _user(prompt))
        usage = answer.usage
        return {
            "text": answer.choices[0].message.content,
            "usage": [usage.prompt_tokens, usage.completion_tokens],
        }

    def stream(self, model: str, prompt: str) -> Seen:
        chunks = self._ask(model, _user(prompt), stream=True)
        pieces = [choice.delta.content or "" for chunk in chunks for choice in chunk.choices]
        return {"text": "".join(pieces), "chunks": sum(map(bool, pieces))}

    def tools(self, model: str) -> Seen:
        tools = [
            {"type": "function", "function": {"name": n, "description": d, "parameters": p}}
            for n, d, p in TOOLS
        ]
        question = _user(QUESTION)
        said = self._ask(model, question, tools=tools).choices[0].message
        calls = [
            (call.id, call.function.name, json.loads(call.function.arguments))
            for call in said.tool_calls or []
        ]
        results = [
            {"role": "tool", "tool_call_id": id_, "content": FUNCTIONS[name](**arguments)}
            for id_, name, arguments in calls
        ]
        last = self._ask(model, [*question, said.model_dump(), *results], tools=tools)
        return {
            "calls": [[name, arguments] for _, name, arguments in calls],
            "text": last.choices[0].message.content,
        }

    def structured(self, model: str) -> Seen:
        wanted = {"name": "trip", "schema": TRIP, "strict": True}
        answer = self._ask(
            model,
            _user("[structured] plan a trip"),
            response_format={"type": "json_schema", "json_schema": wanted},
        )
        said = answer.choices[0].message.content
        # Of an upstream that knows no JSON mode it is no JSON.
        return {"said": said, "parsed": json.loads(said) if said.startswith("{") else None}

    def refused(self, model: str, key: str) -> Seen:
        try:
            self._ask(model, _user("hello"), key)
        except Exception as problem:
            return error(problem)
        return {}


def _user(text: str) -> list[Any]:
    return [{"role": "user", "content": text}]


def ways(given: Given) -> Mapping[str, Way]:
    root, key = given["root"], given["key"]
    return {
        "litellm-openai": Route("openai", f"{root}/v1", key),
        "litellm-anthropic": Route("anthropic", root, key),
        "litellm-gemini": Route("gemini", f"{root}/v1beta", key),
    }


if __name__ == "__main__":
    main(ways)

"""What a program sees that uses Anthropic's SDK. Runs in an environment of its own (`venvs.py`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import anthropic  # type: ignore[import-not-found]

from tests.sdk.scripts.asking import FUNCTIONS, QUESTION, TOOLS, Given, Seen, Way, error, main

TRIP = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}


class Messages:
    def __init__(self, root: str, key: str) -> None:
        self._root = root
        self._key = key

    def _client(self, key: str = "") -> Any:
        return anthropic.Anthropic(
            base_url=self._root, api_key=key or self._key, max_retries=0, timeout=20
        )

    def _ask(self, model: str, messages: list[Any], **more: Any) -> Any:
        return self._client().messages.create(
            model=model, max_tokens=2048, messages=messages, **more
        )

    def text(self, model: str, prompt: str) -> Seen:
        answer = self._ask(model, _user(prompt), system="[text] Be brief.")
        client = self._client()
        counted = client.messages.count_tokens(model=model, messages=_user("[count] one two"))
        return {
            "text": _text(answer),
            "usage": [answer.usage.input_tokens, answer.usage.output_tokens],
            "stop": answer.stop_reason,
            "counted": counted.input_tokens,
            "models": [each.id for each in client.models.list()],
        }

    def stream(self, model: str, prompt: str) -> Seen:
        """With thoughts, which go before the words."""
        with self._client().messages.stream(
            model=model,
            max_tokens=2048,
            messages=_user(prompt),
            thinking={"type": "enabled", "budget_tokens": 1024},
        ) as events:
            pieces = list(events.text_stream)
            whole = events.get_final_message()
        return {
            "text": "".join(pieces),
            "chunks": len(pieces),
            "thoughts": "".join(getattr(block, "thinking", "") for block in whole.content),
            "usage": [whole.usage.input_tokens, whole.usage.output_tokens],
        }

    def tools(self, model: str) -> Seen:
        """The content goes back as the SDK holds it, thoughts and their proofs too."""
        tools = [{"name": n, "description": d, "input_schema": p} for n, d, p in TOOLS]
        thinking = {"type": "enabled", "budget_tokens": 1024}
        question = _user(QUESTION)
        with self._client().messages.stream(
            model=model, max_tokens=2048, messages=question, tools=tools, thinking=thinking
        ) as events:
            said = events.get_final_message()
        calls = [block for block in said.content if block.type == "tool_use"]
        results = [
            {
                "type": "tool_result",
                "tool_use_id": call.id,
                "content": FUNCTIONS[call.name](**call.input),
            }
            for call in calls
        ]
        history = [
            *question,
            {"role": "assistant", "content": said.content},
            {"role": "user", "content": results},
        ]
        last = self._ask(model, history, tools=tools, thinking=thinking)
        return {"calls": [[call.name, call.input] for call in calls], "text": _text(last)}

    def structured(self, model: str) -> Seen:
        """Old versions do not know the field yet; their users send it so."""
        wanted = {"output_config": {"format": {"type": "json_schema", "schema": TRIP}}}
        answer = self._ask(model, _user("[structured] plan a trip"), extra_body=wanted)
        return {"parsed": json.loads(_text(answer))}

    def refused(self, model: str, key: str) -> Seen:
        try:
            self._client(key).messages.create(model=model, max_tokens=9, messages=_user("hello"))
        except anthropic.APIError as problem:
            return error(problem)
        return {}


def _user(text: str) -> list[Any]:
    return [{"role": "user", "content": text}]


def _text(answer: Any) -> str:
    return "".join(block.text for block in answer.content if block.type == "text")


def ways(given: Given) -> Mapping[str, Way]:
    return {"anthropic": Messages(given["root"], given["key"])}


if __name__ == "__main__":
    main(ways)

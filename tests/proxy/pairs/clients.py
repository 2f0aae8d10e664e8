"""Programs that hold a conversation as their SDKs do: each sends back what it was told."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from proxy.ir import Dialect
from tests.proxy.dialects.anthropic.test_wire import joined

JSON = dict[str, Any]
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}}
PICTURE = "iVBORw0KGgo="


class Result(NamedTuple):
    text: str
    is_error: bool = False
    picture: bool = False


def lines(wire: bytes) -> list[JSON]:
    """The JSON of every `data:` line of a stream."""
    found = [line[5:].strip() for line in wire.splitlines() if line.startswith(b"data:")]
    return [json.loads(line) for line in found if line != b"[DONE]"]


class Chat:
    """Echoes the message with all its fields. A result is text; a picture follows it."""

    dialect = Dialect.OPENAI_CHAT

    def __init__(self, question: str) -> None:
        self._messages: list[JSON] = [{"role": "user", "content": question}]
        self._calls: list[JSON] = []

    def body(self) -> JSON:
        tool = {"name": "look", "parameters": SCHEMA}
        tools = [{"type": "function", "function": tool}]
        return {"model": "m", "messages": self._messages, "tools": tools}

    def hear(self, answer: JSON) -> None:
        self._take(answer["choices"][0]["message"])

    def follow(self, wire: bytes) -> None:
        message: JSON = {"role": "assistant", "content": ""}
        calls: dict[int, JSON] = {}
        for chunk in lines(wire):
            for choice in chunk["choices"]:
                delta = dict(choice["delta"])
                for item in delta.pop("tool_calls", None) or ():
                    _grow(calls.setdefault(item["index"], {}), item)
                _grow(message, delta)
        self._take({**message, "tool_calls": [calls[place] for place in sorted(calls)]})

    def _take(self, message: JSON) -> None:
        self._messages.append({key: value for key, value in message.items() if value})
        self._calls = message.get("tool_calls") or []

    def answer(self, results: list[Result]) -> None:
        for call, result in zip(self._calls, results, strict=True):
            said = {"role": "tool", "tool_call_id": call["id"], "content": result.text}
            self._messages.append(said)
        for result in results:
            if result.picture:
                image = {
                    "type": "image_url",
                    "image_url": {"url": f"data:image/png;base64,{PICTURE}"},
                }
                self._messages.append({"role": "user", "content": [image]})


def _grow(box: JSON, more: JSON) -> None:
    for key, value in more.items():
        if isinstance(value, dict):
            _grow(box.setdefault(key, {}), value)
        elif isinstance(value, str) and key in ("content", "arguments", "reasoning_content"):
            box[key] = box.get(key, "") + value
        elif value is not None:
            box[key] = value


class Responses:
    """Stateless: echoes the output items, the encrypted reasoning among them."""

    dialect = Dialect.OPENAI_RESPONSES

    def __init__(self, question: str) -> None:
        self._input: list[JSON] = [{"role": "user", "content": question}]
        self._calls: list[JSON] = []

    def body(self) -> JSON:
        tool = {"type": "function", "name": "look", "parameters": SCHEMA, "strict": False}
        include = ["reasoning.encrypted_content"]
        return {"model": "m", "input": self._input, "tools": [tool], "store": False,
                "include": include}  # fmt: skip

    def hear(self, answer: JSON) -> None:
        self._input += answer["output"]
        self._calls = [item for item in answer["output"] if item["type"] == "function_call"]

    def follow(self, wire: bytes) -> None:
        self.hear(lines(wire)[-1]["response"])

    def answer(self, results: list[Result]) -> None:
        for call, result in zip(self._calls, results, strict=True):
            output: Any = result.text
            if result.picture:
                image = {"type": "input_image", "image_url": f"data:image/png;base64,{PICTURE}"}
                output = [{"type": "input_text", "text": result.text}, image]
            item = {"type": "function_call_output", "call_id": call["call_id"], "output": output}
            self._input.append(item)


class Anthropic:
    """Echoes the content blocks."""

    dialect = Dialect.ANTHROPIC

    def __init__(self, question: str) -> None:
        self._messages: list[JSON] = [{"role": "user", "content": question}]
        self._calls: list[JSON] = []

    def body(self) -> JSON:
        tools = [{"name": "look", "input_schema": SCHEMA}]
        return {"model": "m", "max_tokens": 9999, "messages": self._messages, "tools": tools}

    def hear(self, answer: JSON) -> None:
        self._messages.append({"role": "assistant", "content": answer["content"]})
        self._calls = [block for block in answer["content"] if block["type"] == "tool_use"]

    def follow(self, wire: bytes) -> None:
        self.hear(joined(lines(wire)))

    def answer(self, results: list[Result]) -> None:
        blocks = []
        for call, result in zip(self._calls, results, strict=True):
            content: list[JSON] = [{"type": "text", "text": result.text}]
            if result.picture:
                source = {"type": "base64", "media_type": "image/png", "data": PICTURE}
                content.append({"type": "image", "source": source})
            block = {"type": "tool_result", "tool_use_id": call["id"], "content": content}
            blocks.append(block | ({"is_error": True} if result.is_error else {}))
        self._messages.append({"role": "user", "content": blocks})


class Gemini:
    """Echoes the parts; as google-genai for Python, with signatures in URL-safe base64."""

    dialect = Dialect.GEMINI

    def __init__(self, question: str) -> None:
        self._contents: list[JSON] = [{"role": "user", "parts": [{"text": question}]}]
        self._calls: list[JSON] = []

    def body(self) -> JSON:
        tool = {"name": "look", "parametersJsonSchema": SCHEMA}
        return {"contents": self._contents, "tools": [{"functionDeclarations": [tool]}]}

    def hear(self, answer: JSON) -> None:
        self._take(answer["candidates"][0]["content"]["parts"])

    def follow(self, wire: bytes) -> None:
        said = [one["content"]["parts"] for chunk in lines(wire) for one in chunk["candidates"]]
        self._take([part for parts in said for part in parts])

    def _take(self, parts: list[JSON]) -> None:
        for part in parts:
            if wire := part.get("thoughtSignature"):
                part["thoughtSignature"] = wire.translate(str.maketrans("+/", "-_"))
        self._contents.append({"role": "model", "parts": parts})
        self._calls = [part["functionCall"] for part in parts if "functionCall" in part]

    def answer(self, results: list[Result]) -> None:
        parts = []
        for call, result in zip(self._calls, results, strict=True):
            said = {"error" if result.is_error else "output": result.text}
            answer: JSON = {"name": call["name"], "response": said}
            if "id" in call:
                answer["id"] = call["id"]
            if result.picture:
                answer["parts"] = [{"inlineData": {"mimeType": "image/png", "data": PICTURE}}]
            parts.append({"functionResponse": answer})
        self._contents.append({"role": "user", "parts": parts})


CLIENTS = {each.dialect: each for each in (Chat, Responses, Anthropic, Gemini)}

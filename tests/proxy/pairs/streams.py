"""The answers of `upstreams` as their makers stream them (as recorded); by hand, without codecs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from proxy.ir import Dialect

JSON = dict[str, Any]


def streamed(dialect: Dialect, answer: JSON) -> bytes:
    """The bytes of a stream that says what the whole answer says."""
    return b"".join(_MAKERS[dialect](answer))


def _halves(text: str) -> list[str]:
    return [half for half in (text[: len(text) // 2], text[len(text) // 2 :]) if half]


def _chat(answer: JSON) -> Iterator[bytes]:
    choice = answer["choices"][0]
    head = {"id": answer["id"], "object": "chat.completion.chunk", "created": 5, "model": "m"}
    deltas = [*_deltas(choice["message"])]
    ends = [(delta, None) for delta in deltas] + [({}, choice["finish_reason"])]
    for delta, reason in ends:
        chunk = {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
        yield b"data: " + json.dumps(chunk).encode() + b"\n\n"
    yield b"data: [DONE]\n\n"


def _deltas(message: JSON) -> Iterator[JSON]:
    yield {"role": "assistant", "content": ""}
    for field in ("reasoning_content", "content"):
        for half in _halves(message.get(field) or ""):
            yield {field: half}
    if "extra_content" in message:
        yield {"content": "", "extra_content": message["extra_content"]}
    for index, call in enumerate(message.get("tool_calls", ())):
        function = {**call["function"], "arguments": ""}
        yield {"tool_calls": [{**call, "index": index, "function": function}]}
        for half in _halves(call["function"]["arguments"]):
            yield {"tool_calls": [{"index": index, "function": {"arguments": half}}]}


def _named(events: Iterator[JSON]) -> Iterator[bytes]:
    for event in events:
        yield f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def _responses(answer: JSON) -> Iterator[bytes]:
    return _named({**event, "sequence_number": n} for n, event in enumerate(_items(answer)))


def _items(answer: JSON) -> Iterator[JSON]:
    yield {
        "type": "response.created",
        "response": {**answer, "status": "in_progress", "output": []},
    }
    for place, item in enumerate(answer["output"]):
        at = {"output_index": place, "item_id": item["id"]}
        begun = {**item, "summary": [], "content": [], "arguments": ""}
        begun = {key: value for key, value in begun.items() if key in item}
        if "encrypted_content" in item:
            # OpenAI makes another one for the item that is done.
            begun["encrypted_content"] = "anotherone=="
        yield {"type": "response.output_item.added", "output_index": place, "item": begun}
        for kind, text, more in _said(item):
            for half in _halves(text):
                yield {"type": f"response.{kind}.delta", **at, **more, "delta": half}
        yield {"type": "response.output_item.done", "output_index": place, "item": item}
    yield {"type": "response.completed", "response": answer}


def _said(item: JSON) -> Iterator[tuple[str, str, JSON]]:
    """The name of the deltas of an item, their text, and what else they say."""
    for place, part in enumerate(item.get("summary", ())):
        yield "reasoning_summary_text", part["text"], {"summary_index": place}
    for place, part in enumerate(item.get("content", ())):
        yield "output_text", part["text"], {"content_index": place}
    yield "function_call_arguments", item.get("arguments", ""), {}


def _anthropic(answer: JSON) -> Iterator[bytes]:
    return _named(_blocks(answer))


_FIELDS = {"thinking": "thinking", "text": "text", "tool_use": "partial_json"}
_KINDS = {"thinking": "thinking_delta", "text": "text_delta", "tool_use": "input_json_delta"}


def _blocks(answer: JSON) -> Iterator[JSON]:
    head = {**answer, "content": [], "stop_reason": None}
    yield {"type": "message_start", "message": head}
    for index, block in enumerate(answer["content"]):
        empty = {"thinking": "", "signature": "", "text": "", "input": {}}
        begun = {key: empty.get(key, value) for key, value in block.items()}
        yield {"type": "content_block_start", "index": index, "content_block": begun}
        for delta in _pieces(block):
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    end = {"stop_reason": answer["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": end, "usage": {"output_tokens": 1}}
    yield {"type": "message_stop"}


def _pieces(block: JSON) -> Iterator[JSON]:
    kind = block["type"]
    text = json.dumps(block["input"]) if kind == "tool_use" else block[kind]
    # The first piece of a tool's input is always empty.
    for half in ["", *_halves(text)] if kind == "tool_use" else _halves(text):
        yield {"type": _KINDS[kind], _FIELDS[kind]: half}
    if "signature" in block:
        yield {"type": "signature_delta", "signature": block["signature"]}


def _gemini(answer: JSON) -> Iterator[bytes]:
    """A chunk for each part. A text's proof comes in a last chunk with an empty text."""
    candidate = answer["candidates"][0]
    parts = [piece for part in candidate["content"]["parts"] for piece in _parts(part)]
    if "functionCall" in parts[-1]:
        parts.append({"text": ""})
    for place, part in enumerate(parts):
        said: JSON = {"content": {"parts": [part], "role": "model"}, "index": 0}
        if place == len(parts) - 1:
            said["finishReason"] = candidate["finishReason"]
        yield b"data: " + json.dumps({**answer, "candidates": [said]}).encode() + b"\r\n\r\n"


def _parts(part: JSON) -> Iterator[JSON]:
    if "text" not in part:
        yield part
        return
    proof = {key: part[key] for key in ("thoughtSignature",) if key in part}
    for half in _halves(part["text"]):
        yield {**{key: value for key, value in part.items() if key not in proof}, "text": half}
    if proof:
        yield {"text": "", **proof}


_MAKERS = {
    Dialect.OPENAI_CHAT: _chat,
    Dialect.OPENAI_RESPONSES: _responses,
    Dialect.ANTHROPIC: _anthropic,
    Dialect.GEMINI: _gemini,
}

"""What upstreams answer, and what they find in the next question; both by hand, without codecs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from proxy.ir import Dialect

JSON = dict[str, Any]


class Said(NamedTuple):
    """One turn of a model: a thought, a text, calls of `look` with these numbers.

    `proof` is of the thought where makers sign thoughts, else of the first call or of the text.
    """

    thought: str
    text: str
    calls: tuple[int, ...]
    proof: str


class Seen(NamedTuple):
    """What an upstream is told again: (number, id, proof) of calls, (id, text) of results,
    pictures, proofs of thoughts and texts, texts."""

    calls: list[tuple[int, str, str]]
    results: list[tuple[str, str]]
    pictures: list[str]
    proofs: list[str]
    texts: list[str]


def _id(said: Said, n: int) -> str:
    return f"{said.text or 'call'}_{n}"


def _chat(said: Said) -> JSON:
    """With a signature where Google's endpoint of this dialect has it."""
    slot = {"extra_content": {"google": {"thought_signature": said.proof}}}
    calls = [
        {"id": _id(said, n), "type": "function",
         "function": {"name": "look", "arguments": json.dumps({"n": n})}}
        | (slot if place == 0 else {})
        for place, n in enumerate(said.calls)
    ]  # fmt: skip
    message: JSON = {"role": "assistant", "content": said.text or None}
    message |= {"tool_calls": calls} if calls else slot
    message |= {"reasoning_content": said.thought} if said.thought else {}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if calls else "stop"}
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 5, "model": "m",
            "choices": [choice]}  # fmt: skip


def _responses(said: Said) -> JSON:
    summary = [{"type": "summary_text", "text": said.thought}] if said.thought else []
    items: list[JSON] = [
        {"type": "reasoning", "id": f"rs_{said.proof[:4]}", "summary": summary,
         "encrypted_content": said.proof}
    ]  # fmt: skip
    if said.text:
        text = {"type": "output_text", "text": said.text, "annotations": []}
        items.append({"type": "message", "id": "msg_1", "role": "assistant",
                      "status": "completed", "content": [text]})  # fmt: skip
    items += [
        {"type": "function_call", "id": f"fc_{n}", "call_id": _id(said, n), "name": "look",
         "arguments": json.dumps({"n": n}), "status": "completed"}
        for n in said.calls
    ]  # fmt: skip
    return {"id": "resp_1", "object": "response", "created_at": 5, "status": "completed",
            "model": "m", "output": items}  # fmt: skip


def _anthropic(said: Said) -> JSON:
    content: list[JSON] = [{"type": "thinking", "thinking": said.thought, "signature": said.proof}]
    if said.text:
        content.append({"type": "text", "text": said.text})
    content += [
        {"type": "tool_use", "id": _id(said, n), "name": "look", "input": {"n": n}}
        for n in said.calls
    ]
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": "m",
            "content": content, "stop_reason": "tool_use" if said.calls else "end_turn",
            "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}  # fmt: skip


def _gemini(said: Said) -> JSON:
    """Calls have ids in some answers, as recorded."""
    parts: list[JSON] = [{"text": said.thought, "thought": True}] if said.thought else []
    if said.text:
        parts.append({"text": said.text})
    for n in said.calls:
        call: JSON = {"name": "look", "args": {"n": n}}
        parts.append({"functionCall": call | ({"id": _id(said, n)} if said.text else {})})
    first = len(parts) - len(said.calls) if said.calls else -1
    parts[first]["thoughtSignature"] = said.proof
    candidate = {"content": {"parts": parts, "role": "model"}, "finishReason": "STOP", "index": 0}
    return {"candidates": [candidate], "modelVersion": "m", "responseId": "r1"}


def _in_chat(body: JSON) -> Iterator[tuple[str, Any]]:
    for message in body["messages"]:
        wire = (message.get("extra_content") or {}).get("google", {}).get("thought_signature")
        if wire:
            yield "proofs", wire
        if message["role"] == "assistant":
            yield "texts", message.get("content") or ""
        for call in message.get("tool_calls", ()):
            google = call.get("extra_content", {}).get("google", {})
            n = json.loads(call["function"]["arguments"])["n"]
            yield "calls", (n, call["id"], google.get("thought_signature", ""))
        if message["role"] == "tool":
            yield "results", (message["tool_call_id"], message["content"])
        if isinstance(message.get("content"), list):
            for part in message["content"]:
                if part["type"] == "image_url":
                    yield "pictures", part["image_url"]["url"].partition(",")[2]


def _in_responses(body: JSON) -> Iterator[tuple[str, Any]]:
    for item in body["input"]:
        match item.get("type", "message"):
            case "reasoning":
                yield "proofs", item["encrypted_content"]
            case "function_call":
                yield "calls", (json.loads(item["arguments"])["n"], item["call_id"], "")
            case "function_call_output":
                text, pictures = _output(item["output"])
                yield "results", (item["call_id"], text)
                yield from (("pictures", each) for each in pictures)
            case "message":
                content = item["content"]
                if isinstance(content, list):
                    yield from (("pictures", each) for each in _output(content)[1])
                if item["role"] == "assistant":
                    yield "texts", content if isinstance(content, str) else _output(content)[0]


def _output(output: Any) -> tuple[str, list[str]]:
    if isinstance(output, str):
        return output, []
    images = [part["image_url"] for part in output if part["type"] == "input_image"]
    text = "".join(part.get("text", "") for part in output)
    return text, [each.partition(",")[2] for each in images]


def _in_anthropic(body: JSON) -> Iterator[tuple[str, Any]]:
    for message in body["messages"]:
        content = message["content"]
        for block in [] if isinstance(content, str) else content:
            yield from _block(block, message["role"])


def _block(block: JSON, role: str) -> Iterator[tuple[str, Any]]:
    match block["type"]:
        case "thinking":
            yield "proofs", block["signature"]
        case "tool_use":
            yield "calls", (block["input"]["n"], block["id"], "")
        case "image":
            yield "pictures", block["source"]["data"]
        case "text" if role == "assistant":
            yield "texts", block["text"]
        case "tool_result":
            inner = block["content"]
            inner = [{"type": "text", "text": inner}] if isinstance(inner, str) else inner
            text = "".join(part.get("text", "") for part in inner)
            yield "results", (block["tool_use_id"], text)
            for part in inner:
                yield from _block(part, "user") if part["type"] == "image" else ()


def _in_gemini(body: JSON) -> Iterator[tuple[str, Any]]:
    """Where there is no id, order links: the nth result answers the nth call."""
    calls = results = 0
    for content in body["contents"]:
        for part in content["parts"]:
            proof = part.get("thoughtSignature", "")
            if "functionCall" in part:
                call = part["functionCall"]
                yield "calls", (call["args"]["n"], call.get("id", f"#{calls}"), proof)
                calls += 1
            elif "functionResponse" in part:
                answer = part["functionResponse"]
                yield "results", (answer.get("id", f"#{results}"), _told(answer["response"]))
                results += 1
                yield from _blobs(answer.get("parts", ()))
            elif content["role"] == "model" and not part.get("thought"):
                yield "texts", part["text"]
                if proof:
                    yield "proofs", proof
            yield from _blobs([part])


def _told(response: JSON) -> str:
    return "".join(value for value in response.values() if isinstance(value, str))


def _blobs(parts: Any) -> Iterator[tuple[str, Any]]:
    for part in parts:
        if "inlineData" in part:
            yield "pictures", part["inlineData"]["data"]


_ANSWERS = {
    Dialect.OPENAI_CHAT: _chat,
    Dialect.OPENAI_RESPONSES: _responses,
    Dialect.ANTHROPIC: _anthropic,
    Dialect.GEMINI: _gemini,
}
_QUESTIONS = {
    Dialect.OPENAI_CHAT: _in_chat,
    Dialect.OPENAI_RESPONSES: _in_responses,
    Dialect.ANTHROPIC: _in_anthropic,
    Dialect.GEMINI: _in_gemini,
}


def answer(dialect: Dialect, said: Said) -> JSON:
    return _ANSWERS[dialect](said)


def seen(dialect: Dialect, body: JSON) -> Seen:
    found = Seen([], [], [], [], [])
    for kind, value in _QUESTIONS[dialect](body):
        getattr(found, kind).append(value)
    return found

"""What clients ask: requests as bytes, and what a right answer to each must hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from benchmarks import pace, replies

_SYSTEM = "You are the host of a potluck dinner. Answer in one short sentence."
_QUESTION = "Who brings what to the dinner on Saturday, and is there enough for all of us?"


class Ask(msgspec.Struct, frozen=True):
    """One request, and the check of its answer: `marker` `times` times, and `end` at least once."""

    request: bytes
    marker: bytes
    times: int
    end: bytes


DONE = b"data: [DONE]"


def chat(headers: Mapping[str, str], *, model: str = replies.MODEL, stream: bool = False) -> Ask:
    """OpenAI chat; a stream must end as OpenAI's do."""
    messages = [
        {"role": "system", "content": _SYSTEM},
        {"role": "user", "content": _QUESTION},
    ]
    body: dict[str, Any] = {"model": model, "messages": messages, "temperature": 0.7}
    body["max_tokens"] = 1024
    if not stream:
        return _ask("/v1/chat/completions", headers, body, end=b'"stop"')
    body["stream"] = True
    return _ask("/v1/chat/completions", headers, body, times=replies.CHUNKS, end=DONE)


def gemini(headers: Mapping[str, str], *, stream: bool = False) -> Ask:
    """Gemini's own, with or without `alt=sse`."""
    body = {
        "systemInstruction": {"parts": [{"text": _SYSTEM}]},
        "contents": [{"role": "user", "parts": [{"text": _QUESTION}]}],
        "generationConfig": {"temperature": 0.7, "maxOutputTokens": 1024},
    }
    path = f"/v1beta/models/{replies.MODEL}"
    if not stream:
        return _ask(f"{path}:generateContent", headers, body, end=b'"STOP"')
    path = f"{path}:streamGenerateContent?alt=sse"
    return _ask(path, headers, body, times=replies.CHUNKS, end=b'"STOP"')


def paced(headers: Mapping[str, str], *, chunks: int, rate: int) -> Ask:
    """An OpenAI chat stream that the mock serves at `rate` chunks a second."""
    body = {
        "model": replies.MODEL,
        "messages": [{"role": "user", "content": pace.wish(chunks, rate)}],
        "stream": True,
    }
    return _ask("/v1/chat/completions", headers, body, times=chunks, end=DONE)


def paced_gemini(*, chunks: int, rate: int) -> Ask:
    """The same, asked of the mock itself."""
    body = {"contents": [{"role": "user", "parts": [{"text": pace.wish(chunks, rate)}]}]}
    path = f"/v1beta/models/{replies.MODEL}:streamGenerateContent?alt=sse"
    return _ask(path, {}, body, times=chunks, end=b'"STOP"')


def _ask(
    path: str, headers: Mapping[str, str], body: dict[str, Any], *, end: bytes, times: int = 1
) -> Ask:
    payload = json.dumps(body, separators=(",", ":")).encode()
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: */*"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += ["Content-Type: application/json", f"Content-Length: {len(payload)}"]
    request = "\r\n".join([*lines, "", ""]).encode() + payload
    return Ask(request, replies.MARKER.encode(), times, end)

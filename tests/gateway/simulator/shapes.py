"""Small requests, and readers of the streams that answer them."""

from __future__ import annotations

import json
from typing import Any

JSON = dict[str, Any]

WEATHER = {
    "type": "object",
    "properties": {"location": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["location"],
}
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
    "WjR9awAAAABJRU5ErkJggg=="
)
PIXEL_DIGEST = "6b7fa434f92a8b80"


def gemini(text: str = "Hello", **more: Any) -> JSON:
    return {"contents": [{"role": "user", "parts": [{"text": text}]}], **more}


def chat(text: str = "Hello", model: str = "gpt-5", **more: Any) -> JSON:
    return {"model": model, "messages": [{"role": "user", "content": text}], **more}


def message(text: str = "Hello", model: str = "claude-sonnet-5", **more: Any) -> JSON:
    asked = [{"role": "user", "content": text}]
    return {"model": model, "max_tokens": 4096, "messages": asked, **more}


def crlf_events(body: bytes) -> list[JSON]:
    """Gemini's: one `data:` line each, ended by CRLF CRLF."""
    *events, rest = body.split(b"\r\n\r\n")
    assert rest == b""
    assert all(event.startswith(b"data: {") for event in events)
    return [json.loads(event.removeprefix(b"data: ")) for event in events]


def lf_events(body: bytes) -> list[tuple[str, str]]:
    """(name, data), "" for events without a name."""
    *events, rest = body.decode().split("\n\n")
    assert rest == ""
    return [_event(event) for event in events]


def _event(event: str) -> tuple[str, str]:
    lines = dict(line.split(": ", 1) for line in event.split("\n"))
    assert lines.keys() <= {"event", "data"}
    return lines.get("event", ""), lines["data"]

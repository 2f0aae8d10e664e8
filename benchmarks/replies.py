"""What the mock upstream answers: whole HTTP responses, built once, framed as recorded."""

from __future__ import annotations

import json
from typing import Any

import msgspec

CHUNKS = 50
MARKER = "dishes"
"""In the text of every chunk once, so that whoever reads an answer can count what arrived."""

MODEL = "gemini-2.5-flash"
CHAT_MODEL = "gpt-4o-mini"

_SENTENCE = "Everyone brings one of their dishes, and nobody leaves hungry. "
_GOOGLE = (
    "Vary: Origin\r\nVary: X-Origin\r\nVary: Referer\r\n"
    "Date: Fri, 21 Nov 2025 01:00:00 GMT\r\nServer: scaffolding on HTTPServer2\r\n"
    "X-Content-Type-Options: nosniff\r\nServer-Timing: gfet4t7; dur=412\r\n"
)
_OPENAI = (
    "Date: Fri, 21 Nov 2025 01:00:00 GMT\r\nServer: mock\r\n"
    "openai-processing-ms: 412\r\nopenai-version: 2020-10-01\r\nx-request-id: req_mock\r\n"
)


class Replies(msgspec.Struct, frozen=True):
    """One whole response each; a stream is the pieces that are written one after the other."""

    gemini: bytes
    chat: bytes
    gemini_stream: tuple[bytes, ...]
    chat_stream: tuple[bytes, ...]
    chat_stream_usage: tuple[bytes, ...]
    gemini_models: bytes
    chat_models: bytes
    missing: bytes


def build(burst: int = 1) -> Replies:
    """`burst` is how many chunks of a stream leave in one write."""
    return Replies(
        gemini=_whole(_google_json(gemini_body(_SENTENCE, done=True)), _GOOGLE),
        chat=_whole(_compact(_chat_body()), _OPENAI),
        gemini_stream=_stream(gemini_events(), _GOOGLE, burst=burst, line_end=b"\r\n"),
        chat_stream=_stream(chat_events(usage=False), _OPENAI, burst=burst, line_end=b"\n"),
        chat_stream_usage=_stream(chat_events(usage=True), _OPENAI, burst=burst, line_end=b"\n"),
        gemini_models=_whole(_google_json(_GEMINI_MODELS), _GOOGLE),
        chat_models=_whole(_compact(_CHAT_MODELS), _OPENAI),
        missing=_whole(_google_json(_MISSING), _GOOGLE, status="404 Not Found"),
    )


def gemini_body(text: str, *, done: bool) -> dict[str, Any]:
    """One answer or one chunk, keys in the recorded order; usage is in every chunk."""
    candidate: dict[str, Any] = {"content": {"parts": [{"text": text}], "role": "model"}}
    if done:
        candidate["finishReason"] = "STOP"
    candidate["index"] = 0
    usage = {
        "promptTokenCount": 29,
        "candidatesTokenCount": 14,
        "totalTokenCount": 43,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 29}],
    }
    return {
        "candidates": [candidate],
        "usageMetadata": usage,
        "modelVersion": MODEL,
        "responseId": "jKRgacW8KtGnqtsPq5PK2A8",
    }


def gemini_events() -> list[bytes]:
    """The data of each event; the recorded streams put no space after a comma."""
    bodies = [gemini_body(_SENTENCE, done=n == CHUNKS - 1) for n in range(CHUNKS)]
    return [json.dumps(body, separators=(",", ": ")).encode() for body in bodies]


def chat_events(*, usage: bool) -> list[bytes]:
    """The role, the text in `CHUNKS` chunks, the end, usage when it was asked for, `[DONE]`."""
    deltas: list[tuple[dict[str, Any], str | None]] = [
        ({"role": "assistant", "content": "", "refusal": None}, None)
    ]
    deltas += [({"content": _SENTENCE}, None)] * CHUNKS
    deltas += [({}, "stop")]
    chunks = [_chat_chunk(delta, finish, usage=usage) for delta, finish in deltas]
    if usage:
        chunks.append({**_chat_chunk({}, None, usage=True), "choices": [], "usage": _CHAT_USAGE})
    return [*(_compact(chunk) for chunk in chunks), b"[DONE]"]


def head(content_type: str, extra: str = _GOOGLE) -> bytes:
    """The head of a chunked answer."""
    text = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n{extra}"
    return f"{text}Transfer-Encoding: chunked\r\n\r\n".encode()


def frame(piece: bytes) -> bytes:
    """One HTTP chunk."""
    return b"%x\r\n%b\r\n" % (len(piece), piece)


LAST_FRAME = b"0\r\n\r\n"

_CHAT_USAGE = {
    "prompt_tokens": 29,
    "completion_tokens": 14,
    "total_tokens": 43,
    "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
}
_GEMINI_MODELS = {
    "models": [
        {
            "name": f"models/{MODEL}",
            "version": "001",
            "displayName": "Gemini 2.5 Flash",
            "inputTokenLimit": 1048576,
            "outputTokenLimit": 65536,
            "supportedGenerationMethods": ["generateContent", "countTokens"],
        }
    ]
}
_CHAT_MODELS = {
    "object": "list",
    "data": [{"id": CHAT_MODEL, "object": "model", "created": 1721172741, "owned_by": "system"}],
}
_MISSING = {"error": {"code": 404, "message": "The mock does not know it.", "status": "NOT_FOUND"}}


def _chat_body() -> dict[str, Any]:
    message: dict[str, Any] = {
        "role": "assistant",
        "content": _SENTENCE,
        "refusal": None,
        "annotations": [],
    }
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {
        "id": "chatcmpl-CyCTUHl6VQ1ZQr8bYrGFy7cHkeEik",
        "object": "chat.completion",
        "created": 1768463668,
        "model": CHAT_MODEL,
        "choices": [choice],
        "usage": _CHAT_USAGE,
        "service_tier": "default",
        "system_fingerprint": "fp_a0e9480a2f",
    }


def _chat_chunk(delta: dict[str, Any], finish: str | None, *, usage: bool) -> dict[str, Any]:
    chunk = {
        "id": "chatcmpl-CyCTUHl6VQ1ZQr8bYrGFy7cHkeEik",
        "object": "chat.completion.chunk",
        "created": 1768463668,
        "model": CHAT_MODEL,
        "service_tier": "default",
        "system_fingerprint": "fp_a0e9480a2f",
        "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
        "obfuscation": "OxQf6txtiaswv",
    }
    return {**chunk, "usage": None} if usage else chunk


def _compact(body: dict[str, Any]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def _google_json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, indent=2).encode() + b"\n"


def _whole(body: bytes, extra: str, *, status: str = "200 OK") -> bytes:
    kind = "application/json; charset=UTF-8"
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{extra}Content-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def _stream(events: list[bytes], extra: str, *, burst: int, line_end: bytes) -> tuple[bytes, ...]:
    """Each event is an HTTP chunk; the head is in the first write, the end in the last."""
    frames = [frame(b"data: " + data + 2 * line_end) for data in events]
    writes = [b"".join(frames[n : n + burst]) for n in range(0, len(frames), burst)]
    writes[0] = head("text/event-stream", extra) + writes[0]
    writes[-1] += LAST_FRAME
    return tuple(writes)

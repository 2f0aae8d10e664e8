"""What a dialect's own programs say of a probe, where the gateway's renderer never would: it reads
more than it writes, since what it writes must suit every service."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from proxy.ir import Dialect

CHAT, ANTHROPIC, GEMINI = Dialect.OPENAI_CHAT, Dialect.ANTHROPIC, Dialect.GEMINI
Wires = Mapping[Dialect, dict[str, Any]]
NONE: Wires = {}

_SOURCE = {"title": "t", "url": "https://example.com"}


def chat(content: Any, **more: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": content}], **more}


def film(raw: bytes) -> Wires:
    """OpenRouter's and Google's part for videos."""
    url = f"data:video/mp4;base64,{base64.b64encode(raw).decode()}"
    said = [
        {"type": "text", "text": "What is this?"},
        {"type": "video_url", "video_url": {"url": url}},
    ]
    return {CHAT: chat(said)}


SYSTEM: Wires = {
    ANTHROPIC: {
        "model": "m",
        "max_tokens": 9,
        "messages": [
            {"role": "user", "content": "a"},
            {"role": "assistant", "content": "b"},
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "c"},
        ],
    }
}

SEARCH: Wires = {CHAT: chat("hi", web_search_options={})}

CITED: Wires = {
    ANTHROPIC: {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [
            {
                "type": "text",
                "text": "abc",
                "citations": [
                    {
                        "type": "web_search_result_location",
                        "cited_text": "abc",
                        "encrypted_index": "EqoB",
                        **_SOURCE,
                    }
                ],
            }
        ],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    },
    GEMINI: {
        "candidates": [
            {
                "content": {"role": "model", "parts": [{"text": "abc"}]},
                "finishReason": "STOP",
                "index": 0,
                "groundingMetadata": {
                    "groundingChunks": [{"web": {"title": "t", "uri": "https://example.com"}}],
                    "groundingSupports": [
                        {
                            "segment": {"endIndex": 3, "text": "abc"},
                            "groundingChunkIndices": [0],
                        }
                    ],
                },
            }
        ],
        "modelVersion": "m",
        "responseId": "r1",
    },
}

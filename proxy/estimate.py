"""A guess at how many tokens a prompt has, for upstreams that cannot count. Pure.

Never used for quota, and never said without the header that calls it a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from proxy.ir import (
    Code,
    CodeResult,
    FunctionTool,
    Media,
    Part,
    Refusal,
    Request,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)

# Google's count for an image of up to 384 pixels, or one tile of a larger one.
_MEDIA = 258
_TURN = 4


def tokens(request: Request) -> int:
    """About four Latin characters a token, and one token for each character of other scripts."""
    texts = [text for turn in request.turns for text in _texts(turn.parts)]
    for tool in request.tools:
        if isinstance(tool, FunctionTool):
            schema = msgspec.json.encode(tool.schema or {}).decode()
            texts += [tool.name, tool.description, schema]
    media = sum(_media(turn.parts) for turn in request.turns)
    return sum(map(_size, texts)) + media * _MEDIA + len(request.turns) * _TURN


def _texts(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        match part:
            case Text(text) | Refusal(text) | Thinking(text):
                yield text
            case ToolCall():
                yield part.name + part.arguments
            case ToolResult():
                yield from _texts(part.parts)
            case Code():
                yield part.code
            case CodeResult():
                yield part.output
            case _:
                pass


def _media(parts: Iterable[Part]) -> int:
    return sum(
        _media(part.parts) if isinstance(part, ToolResult) else isinstance(part, Media)
        for part in parts
    )


def _size(text: str) -> int:
    latin = sum(1 for character in text if character < "\u0250")
    return -(-latin // 4) + len(text) - latin

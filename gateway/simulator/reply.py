"""What a service hands back: bytes in the pieces they are written in, and how it all ends."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

JSON = dict[str, Any]


class End(enum.StrEnum):
    DONE = "done"
    CUT = "cut"
    """The connection is closed before the answer is complete."""
    STALL = "stall"
    """Nothing more comes, and the connection stays open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`pieces` are written one by one; `delay` is in seconds before the head (inf: never)."""

    status: int = 200
    content_type: str = "application/json"
    pieces: tuple[bytes, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    streamed: bool = False
    end: End = End.DONE
    delay: float = 0.0

    @property
    def length(self) -> int:
        return sum(len(piece) for piece in self.pieces)


def whole(body: Any, status: int = 200, *, content_type: str = "application/json") -> Reply:
    return Reply(status=status, content_type=content_type, pieces=(compact(body),))


def stream(pieces: Iterable[bytes], content_type: str = "text/event-stream") -> Reply:
    return Reply(content_type=content_type, pieces=tuple(pieces), streamed=True)


def compact(body: Any) -> bytes:
    """JSON on one line, as OpenAI and Anthropic write it."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()

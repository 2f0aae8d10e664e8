"""What is said in return, without a trace of the service that says it."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from gateway.simulator import tokens

IMAGE_TOKENS = 1290


class Finish(enum.StrEnum):
    STOP = "stop"
    LENGTH = "length"
    TOOLS = "tools"
    SEQUENCE = "sequence"
    """A stop sequence came up; it is in `Candidate.sequence` and not in the text."""
    BLOCKED = "blocked"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Thought:
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    text: str


@dataclass(frozen=True, slots=True)
class Invocation:
    """`text` instead of `arguments` for a custom tool."""

    name: str
    arguments: Mapping[str, Any]
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    mime_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Program:
    code: str
    output: str


Part = Thought | Words | Invocation | Picture | Program


@dataclass(frozen=True, slots=True)
class Grounding:
    """`supports` are literal pieces of the text, each with the number of its source."""

    query: str
    sources: tuple[tuple[str, str], ...]
    """(title, URI)"""
    supports: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    parts: tuple[Part, ...]
    finish: Finish
    sequence: str | None = None
    grounding: Grounding | None = None

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts if isinstance(part, Words))

    @property
    def calls(self) -> tuple[Invocation, ...]:
        return tuple(part for part in self.parts if isinstance(part, Invocation))


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """In tokens. `text` and `media` make up the prompt; `tool` is what the service's own tools
    fed to the model; `thinking` is not part of `output`; `images` is part of it."""

    text: int
    media: tuple[tuple[str, int], ...] = ()
    tool: int = 0
    output: int = 0
    images: int = 0
    thinking: int = 0

    @property
    def prompt(self) -> int:
        return self.text + sum(count for _, count in self.media)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """No candidate at all means that the prompt was blocked."""

    candidates: tuple[Candidate, ...]
    usage: Usage


def weight(part: Part) -> int:
    """Tokens of output that `part` costs; thinking is counted apart."""
    match part:
        case Words(text):
            return tokens.count(text)
        case Invocation(name, arguments, text):
            return tokens.count(name + (text or json.dumps(arguments)))
        case Program(code, output):
            return tokens.count(code + output)
        case Picture():
            return IMAGE_TOKENS
        case Thought():
            return 0
        case other:
            assert_never(other)

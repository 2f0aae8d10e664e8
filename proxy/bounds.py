"""What a call asks for that is too much, or nothing. Pure.

A call costs the same however many answers it asks for, so no more are passed on than the services
themselves give. Where there is nothing to ask, a translation would have its service complain of a
field that the caller has never heard of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from proxy.errors import invalid
from proxy.ir import Dialect, Text, Turn

_MOST: Mapping[Dialect, int] = {
    # https://platform.openai.com/docs/api-reference/chat/create and completions/create
    Dialect.OPENAI_CHAT: 128,
    Dialect.OPENAI_COMPLETIONS: 128,
    # https://ai.google.dev/api/generate-content#GenerationConfig
    Dialect.GEMINI: 8,
    Dialect.CODE_ASSIST: 8,
}
_PROMPTS: Mapping[Dialect, str] = {
    Dialect.GEMINI: "contents",
    Dialect.CODE_ASSIST: "request.contents",
    Dialect.OPENAI_RESPONSES: "input",
    Dialect.OPENAI_COMPLETIONS: "prompt",
    Dialect.OPENAI_IMAGES: "prompt",
}
_NAMES: Mapping[Dialect, str] = {
    Dialect.GEMINI: "generationConfig.candidateCount",
    Dialect.CODE_ASSIST: "request.generationConfig.candidateCount",
}


def answers(number: Any, asked: Dialect, answering: Dialect) -> None:
    """Raises INVALID_REQUEST for more than a service of `answering` gives, in the words of
    `asked`. What is no number is for others to complain of."""
    most = _MOST.get(answering)
    if type(number) is int and most is not None and number > most:
        name = _NAMES.get(asked, "n")
        raise invalid(f"{name} may be {most} at most for this model; {number} is too many", name)


def question(turns: Iterable[Turn], asked: Dialect) -> None:
    """Raises INVALID_REQUEST when all that was said is empty text."""
    if any(type(part) is not Text or part.text for turn in turns for part in turn.parts):
        return
    name = _PROMPTS.get(asked, "messages")
    raise invalid(f"{name} holds nothing to ask: write some text", name)

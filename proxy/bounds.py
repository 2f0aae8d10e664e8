"""How many answers one call may ask for. A call costs the same however many they are, so no more
are passed on than the services themselves give. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from proxy.errors import invalid
from proxy.ir import Dialect

_MOST: Mapping[Dialect, int] = {
    # https://platform.openai.com/docs/api-reference/chat/create and completions/create
    Dialect.OPENAI_CHAT: 128,
    Dialect.OPENAI_COMPLETIONS: 128,
    # https://ai.google.dev/api/generate-content#GenerationConfig
    Dialect.GEMINI: 8,
    Dialect.CODE_ASSIST: 8,
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

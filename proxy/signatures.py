"""Where a model's proofs of reasoning go when they are sent back. Pure.

Gemini 3 refuses a turn whose function call lost its `thoughtSignature`. Four rules, in order:

1. Same dialect: verbatim, in the part where it came.
2. The client's dialect has a documented slot (`extra_content.google.thought_signature` in OpenAI
   Chat, `thinking.signature` in Anthropic): the dialect's parser fills `Signature` from it. Gemini
   never signs a thought itself, so what a thinking block brought back belongs to the next part.
3. The client dropped it: a bounded, expiring memory keyed by (API key, our tool-call id) has put
   it back before the request is rendered (`proxy.stages.recall`).
4. Still missing: Google's documented bypass value, on the first function call of the turn only.

Never in a tool-call id.
"""

from __future__ import annotations

from collections.abc import Sequence

from proxy.ir import Dialect, Part, Refusal, Signature, Thinking, ToolCall, ToolResult

BYPASS = "skip_thought_signature_validator"
"""Accepted by Gemini 3 in place of a signature."""

# Both literals of Google's documentation are words, not base64: their `_` is no `/`.
_WORDS = frozenset({BYPASS, "context_engineering_is_the_way_to_go"})
_GEMINI = Dialect.GEMINI
_STANDARD = str.maketrans("-_", "+/")
# To write `Refusal | ToolResult` where it is asked makes a new type each time.
_UNSIGNED = (Refusal, ToolResult)


def standard(value: str) -> str:
    """A Gemini signature in the standard base64 alphabet; Python clients send the URL-safe one."""
    return value if value in _WORDS else value.translate(_STANDARD)


def of(part: Part, speaking: Dialect) -> str | None:
    """The part's signature, if `speaking` issued it."""
    signature = signature_of(part)
    return signature.value if signature and signature.origin is speaking else None


def signature_of(part: Part) -> Signature | None:
    return None if isinstance(part, _UNSIGNED) else part.signature


def slots(parts: Sequence[Part], *, required: bool = False) -> list[str | None]:
    """The `thoughtSignature` of each part of a model turn that another dialect delivered.

    `required`: the model refuses a function call without one (Gemini 3 and later).
    """
    found = [of(part, _GEMINI) for part in parts]
    if found.count(None) < len(found):
        _hand_on(parts, found)
    first = True
    for place, part in enumerate(parts):
        if isinstance(part, ToolCall):
            if first and required and found[place] is None:
                found[place] = BYPASS
            first = False
    return found


def _hand_on(parts: Sequence[Part], found: list[str | None]) -> None:
    """Moves the signature of a thinking part to the part that follows it, if that has none."""
    after = 0
    for place, part in enumerate(parts):
        if not isinstance(part, Thinking) or found[place] is None:
            continue
        # Thoughts that neighbour each other share what follows them: it is looked for once.
        after = max(after, place + 1)
        while after < len(parts) and isinstance(parts[after], Thinking):
            after += 1
        takes = after < len(parts) and not isinstance(parts[after], _UNSIGNED)
        if takes and found[after] is None:
            found[after], found[place] = found[place], None

"""`prompt`: one text, to and from the turns of a request.

Several prompts, and prompts of tokens, have no place in a conversation: they are kept for upstreams
of this dialect, and others refuse them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from proxy.dialects.base import JSON
from proxy.errors import invalid
from proxy.ir import Role, Text, Turn

_ONE = "Send one prompt, as text: only a service of text completions takes several, or tokens."


def parse(body: JSON, shape: JSON, only: JSON) -> tuple[Turn, ...]:
    """`only` learns what no other dialect can say. Raises INVALID_REQUEST for what is no prompt."""
    value = body.get("prompt")
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        shape["listed"] = True
        value = value[0]
    if isinstance(value, str):
        return (Turn(Role.USER, (Text(value),)),)
    if value is None:
        raise invalid("prompt is missing", "prompt")
    if not _several(value):
        raise invalid("prompt must be a string, a list of strings, or tokens", "prompt")
    only["prompt"] = value, _ONE
    return ()


def _several(value: Any) -> bool:
    """Whether it is several texts, a list of tokens, or several of those."""
    if not isinstance(value, list) or not value:
        return False
    kinds = {type(each) for each in value}
    if kinds == {list}:
        return all(each and {type(token) for token in each} == {int} for each in value)
    return kinds in ({str}, {int})


def render(turns: Sequence[Turn]) -> str:
    """Raises INVALID_REQUEST for what is more than one text: a made-up form of conversation would
    be a guess at what the model was trained on."""
    turn = turns[0] if len(turns) == 1 else None
    if turn is None or turn.role is not Role.USER:
        raise invalid("This model completes one text: send a single user message of text.")
    texts = [part.text for part in turn.parts if isinstance(part, Text)]
    if len(texts) < len(turn.parts):
        raise invalid("This model completes text: it takes neither media nor tool results.")
    return "".join(texts)


def said(turns: Sequence[Turn]) -> str:
    """The text that an answer repeats, if it is asked to."""
    parts = (part for turn in turns for part in turn.parts)
    return "".join(part.text for part in parts if isinstance(part, Text))

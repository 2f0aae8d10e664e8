"""Where Gemini's thought signatures sit in Chat: `extra_content.google.thought_signature`.

That is the slot of Google's own OpenAI-compatible endpoint, on a tool call and on a message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.openai_chat.keeping import pick
from proxy.ir import Dialect, Signature
from proxy.signatures import standard

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+=*")
_READ = frozenset({"thought", "thought_signature"})
SLOT = ("extra_content", "google", "thought_signature")


def find(source: JSON) -> str | None:
    """The wire text in the slot of a message, delta or tool call."""
    value = pick(source, SLOT)
    return value if isinstance(value, str) and value else None


def beside(source: JSON) -> Any:
    """What `extra_content` holds beside what is read here: a vendor's, or Google's other fields."""
    box = source.get(SLOT[0])
    if not isinstance(box, dict) or not isinstance(box.get(SLOT[1]), dict):
        return box
    google = box[SLOT[1]]
    rest = {key: value for key, value in google.items() if key not in _READ}
    others = {key: value for key, value in box.items() if key != SLOT[1]}
    return {**others, SLOT[1]: rest} if rest else others


def bare(message: JSON) -> str | None:
    """Google's endpoint says a message's signature a second time beside the slot, or only there."""
    value = message.get("thought_signature")
    return value if isinstance(value, str) and _BASE64.fullmatch(value) else None


def read(wire: str) -> Signature:
    return Signature(Dialect.GEMINI, standard(wire))


def spelt(wire: str) -> JSON:
    """The shape that lets `write` give the client's own spelling back: Python clients write
    base64 with `-` and `_`, the IR has the standard alphabet."""
    return {} if standard(wire) == wire else {"wire": wire}


def write(signature: Signature, shape: Mapping[str, Any]) -> str:
    wire = shape.get("wire", "")
    return wire if wire and standard(wire) == signature.value else signature.value


def slot(signature: Signature) -> JSON:
    """The content of `extra_content`."""
    return {"google": {"thought_signature": signature.value}}


def carried(signature: Signature | None) -> bool:
    """Whether the slot may hold it: other makers' signatures have none in Chat."""
    return signature is not None and signature.origin is Dialect.GEMINI


def shown(source: Any) -> bool:
    """Whether Google's endpoint marks the content of this message or delta as a thought."""
    return pick(source, ("extra_content", "google", "thought")) is True

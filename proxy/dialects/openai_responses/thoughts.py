"""Reasoning items, to and from `ir.Thinking`.

A reasoning item has a summary for people and, from services that show it, the reasoning itself in
`content`. Both are one text here, its pieces apart by an empty line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from proxy.dialects import seals
from proxy.dialects.base import JSON
from proxy.dialects.openai_responses import keeping, signatures
from proxy.dialects.openai_responses.keeping import ORIGIN, Keep
from proxy.dialects.reading import get, text
from proxy.ir import Signature, Thinking

BETWEEN = "\n\n"

_KNOWN = frozenset({"type", "summary", "content", "encrypted_content"})
_OWN = frozenset({"id", "status"})


def told(item: JSON) -> str:
    """The text of a reasoning item."""
    return BETWEEN.join([*_texts(item.get("summary")), *_texts(item.get("content"))])


def _texts(pieces: Any) -> Iterator[str]:
    for piece in pieces if isinstance(pieces, list) else ():
        value = piece.get("text") if isinstance(piece, dict) else None
        if isinstance(value, str):
            yield value


def parse(item: JSON, path: str) -> Thinking:
    """An item of a request's input."""
    keep = Keep()
    keep.rest(item, _KNOWN | _OWN)
    keep.shape["item"] = {key: item[key] for key in _OWN if item.get(key) is not None}
    for field in ("summary", "content"):
        if item.get(field):
            keep.shape[field] = item[field]
    proof = get(item, "encrypted_content", text, path, "")
    seal = seals.unseal(proof)
    if seal is not None:
        keep.shape["seal"] = seal.place
        return Thinking(told(item), seal.signature, keep.mark())
    signature = Signature(ORIGIN, proof) if proof else None
    return Thinking(told(item), signature, keep.mark())


def render(part: Thinking) -> JSON | None:
    """An item of a request's input; None for a thought that OpenAI would refuse."""
    proof = signatures.issued(part.signature)
    if seals.sealed(part, ORIGIN) or (proof is None and not keeping.native(part.opaque)):
        return None
    shape = keeping.shape(part.opaque)
    out: JSON = {"type": "reasoning", **shape.get("item", {})}
    spelt = {field: shape[field] for field in ("summary", "content") if field in shape}
    if told(spelt) != part.text:
        spelt = {"summary": [{"type": "summary_text", "text": part.text}]}
    out |= spelt
    if proof is not None:
        out["encrypted_content"] = proof
    if not keeping.native(part.opaque):
        out.setdefault("summary", [])
    return keeping.restore(out, part.opaque)

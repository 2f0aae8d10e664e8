"""The `reasoning_details` of OpenRouter and Vercel: thoughts, and the proofs of their makers.

Gemini's signature comes as an encrypted detail. OpenRouter names the tool call that it belongs to
in the detail's `id`; Vercel sends none, and the signature is that of the last part, as in Gemini's
own streams. A detail whose proof found its part is kept as `shape`, since nothing of it is lost;
any other is data that only this dialect understands.
"""

from __future__ import annotations

from typing import Any

from proxy.dialects.base import JSON
from proxy.dialects.openai_chat.keeping import ORIGIN
from proxy.dialects.openai_chat.speech import Speech
from proxy.dialects.openai_chat.toolcalls import Calls
from proxy.ir import Dialect, Opaque, Signature
from proxy.signatures import standard

PROVEN = "reasoning_details"
"""The shape of a finish whose details have all been read."""


def proof(detail: JSON) -> Signature | None:
    """The proof of a readable thought, if it is of a maker we know."""
    return _signature(detail, detail.get("signature"))


def sealed(detail: Any) -> Signature | None:
    """Gemini's signature of some part, in an encrypted detail."""
    if not isinstance(detail, dict) or detail.get("type") != "reasoning.encrypted":
        return None
    found = _signature(detail, detail.get("data"))
    # Anthropic's encrypted thoughts are whole blocks, not proofs of what we have.
    return found if found is not None and found.origin is Dialect.GEMINI else None


def _signature(detail: JSON, value: Any) -> Signature | None:
    maker = detail.get("format")
    if not isinstance(value, str) or not value or not isinstance(maker, str):
        return None
    if maker.startswith("anthropic-"):
        return Signature(Dialect.ANTHROPIC, value)
    return Signature(Dialect.GEMINI, standard(value)) if maker.startswith("google-") else None


def owner(detail: JSON) -> str:
    """The id of the call that the detail belongs to, "" if it names none."""
    id = detail.get("id")
    return id if isinstance(id, str) else ""


class Details:
    """Gathers those of one candidate that carry a proof, and hands the proofs out."""

    def __init__(self, calls: Calls, speech: Speech) -> None:
        self._calls = calls
        self._speech = speech
        self._kept: list[JSON] = []
        self._held: list[tuple[JSON, Signature]] = []
        self._unread = False

    def read(self, detail: JSON) -> None:
        if (signature := sealed(detail)) is not None:
            self._held.append((detail, signature))
            if id := owner(detail):
                self._calls.proofs[id] = signature
        elif detail.get("data") or detail.get("signature"):
            found = proof(detail)
            self._speech.proof = found or self._speech.proof
            self._keep(detail, read=found is not None)

    def end(self) -> Opaque | None:
        """Everything has been said, and nothing closed yet. Returns what is to be kept."""
        for detail, signature in self._held:
            self._keep(detail, read=self._deal(owner(detail), signature))
        if not self._kept:
            return None
        if self._unread:
            return Opaque(ORIGIN, {"message.reasoning_details": self._kept})
        return Opaque(ORIGIN, shape={PROVEN: self._kept})

    def _deal(self, id: str, signature: Signature) -> bool:
        """Whether a proof finds its part. One that names no call is the only call's, else the
        last part's."""
        if not self._calls.any:
            return len(self._held) == 1 and self._speech.sign(signature)
        if not id and (id := self._calls.only()):
            self._calls.proofs[id] = signature
        return bool(id) and self._calls.proved(id)

    def _keep(self, detail: JSON, *, read: bool) -> None:
        self._kept.append({key: value for key, value in detail.items() if key != "text"})
        self._unread = self._unread or not read

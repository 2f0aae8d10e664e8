"""Proofs of reasoning that a service of this dialect issued; `seals` has those of others."""

from __future__ import annotations

from proxy.dialects.openai_responses.keeping import ORIGIN
from proxy.ir import Signature


def issued(signature: Signature | None) -> str | None:
    """The signature's text if a service of this dialect issued it."""
    return signature.value if signature is not None and signature.origin is ORIGIN else None

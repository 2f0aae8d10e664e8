"""Signatures are opaque, and known again."""

from __future__ import annotations

import base64

import pytest

from gateway.simulator import seal

SIGNATURE = seal.sign("seed")


def test_a_signature_is_base64_with_both_special_signs() -> None:
    assert base64.b64decode(SIGNATURE, validate=True)
    assert "+" in SIGNATURE and "/" in SIGNATURE


def test_it_is_known_again_in_either_alphabet() -> None:
    assert seal.genuine(SIGNATURE)
    assert seal.genuine(SIGNATURE.replace("+", "-").replace("/", "_").rstrip("="))


@pytest.mark.parametrize(
    "altered",
    ["", "abcd", "not base64!", SIGNATURE[:-8], SIGNATURE[:40] + "A" + SIGNATURE[41:]],
)
def test_anything_else_is_not(altered: str) -> None:
    assert not seal.genuine(altered)

"""Gemini's signatures in Chat's slots."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.openai_chat import signatures
from proxy.ir import Dialect, Signature


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"extra_content": {"google": {"thought_signature": "Ab-_"}}}, "Ab-_"),
        ({"extra_content": {"google": {"thought_signature": ""}}}, None),
        ({"extra_content": {"google": 5}}, None),
        ({"extra_content": None}, None),
        ({}, None),
    ],
)
def test_it_is_found_in_its_slot(source: dict[str, Any], expected: str | None) -> None:
    assert signatures.find(source) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("Ab-_", "Ab-_"), ("AbC=", "AbC="), ("", None), ("a b", None), (5, None), (None, None)],
)
def test_beside_the_slot_only_base64_is_one(value: Any, expected: str | None) -> None:
    assert signatures.bare({"thought_signature": value}) == expected


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ({"google": {"thought": True, "thought_signature": "x"}}, {}),
        ({"google": {"thought": True, "other": 1}, "v": 2}, {"google": {"other": 1}, "v": 2}),
        ({"google": 5}, {"google": 5}),
        ("odd", "odd"),
        (None, None),
    ],
)
def test_what_else_the_box_holds_is_not_lost(box: Any, expected: Any) -> None:
    assert signatures.beside({"extra_content": box}) == expected


def test_the_clients_spelling_comes_back_only_with_the_same_signature() -> None:
    shape = signatures.spelt("Ab-_")
    assert signatures.write(signatures.read("Ab-_"), shape) == "Ab-_"
    assert signatures.write(Signature(Dialect.GEMINI, "other"), shape) == "other"
    assert signatures.spelt("Ab+/") == {}


def test_only_geminis_are_carried() -> None:
    assert signatures.carried(Signature(Dialect.GEMINI, "x"))
    assert not signatures.carried(Signature(Dialect.ANTHROPIC, "x"))
    assert not signatures.carried(None)

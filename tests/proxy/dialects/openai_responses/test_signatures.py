from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.dialects.openai_responses import CODEC
from proxy.dialects.openai_responses.signatures import PREFIX, Place, seal, unseal
from proxy.ir import Dialect, Signature, Text, Thinking, ToolCall

GEMINI = Signature(Dialect.GEMINI, "c2ln")


@given(st.sampled_from(Place), st.sampled_from(Dialect), st.text(min_size=1))
def test_a_seal_tells_what_was_sealed(place: Place, origin: Dialect, value: str) -> None:
    signature = Signature(origin, value)
    assert unseal(seal(place, signature)) == (place, signature)


def test_a_thought_that_nobody_signed_is_marked() -> None:
    assert unseal(seal(Place.SELF, None)) == (Place.SELF, None)


def test_openais_own_is_no_seal() -> None:
    assert unseal("gAAAAABo") is None


@pytest.mark.parametrize("rest", ["", "self", "nowhere.gemini.x", "next.nobody.x", "next.gemini."])
def test_what_is_damaged_proves_nothing(rest: str) -> None:
    found = unseal(PREFIX + rest)
    assert found is not None
    assert found.signature is None


def sealed(place: Place) -> dict[str, object]:
    proof = seal(place, GEMINI)
    return {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": proof}


def test_a_carrier_without_its_neighbour_stays_a_thought() -> None:
    request = CODEC.parse_request({"model": "m", "input": [sealed(Place.NEXT)]})
    (part,) = request.turns[0].parts
    assert isinstance(part, Thinking)
    assert part.signature == GEMINI


def test_a_proof_does_not_go_to_a_part_that_has_one() -> None:
    call = {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}
    input = [sealed(Place.NEXT), call, sealed(Place.LAST)]
    request = CODEC.parse_request({"model": "m", "input": input})
    first, second = request.turns[0].parts
    assert isinstance(first, ToolCall)
    assert first.signature == GEMINI
    assert isinstance(second, Thinking)


def test_an_empty_text_is_made_again() -> None:
    request = CODEC.parse_request({"model": "m", "input": [sealed(Place.TEXT)]})
    assert request.turns[0].parts == (Text("", GEMINI),)

from __future__ import annotations

from proxy.dialects.openai_responses import CODEC
from proxy.dialects.openai_responses.signatures import issued
from proxy.dialects.seals import Place, seal
from proxy.ir import Dialect, Signature, Text, Thinking, ToolCall

GEMINI = Signature(Dialect.GEMINI, "c2ln")


def test_only_a_service_of_this_dialect_issues() -> None:
    assert issued(Signature(Dialect.OPENAI_RESPONSES, "gAAAAABo")) == "gAAAAABo"
    assert issued(GEMINI) is None
    assert issued(None) is None


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

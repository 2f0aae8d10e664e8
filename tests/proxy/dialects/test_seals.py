"""Signatures of other makers, in text that tells whose they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.dialects.seals import PREFIX, Place, Seal, seal, sealed, settled, unseal
from proxy.ir import Dialect, Opaque, Part, Refusal, Signature, Text, Thinking, ToolCall

PROOF = Signature(Dialect.GEMINI, "QUJD")
HERE, ELSEWHERE = Dialect.ANTHROPIC, Dialect.OPENAI_RESPONSES
CALL = ToolCall("c", "look", "{}")
SIGNED = ToolCall("c", "look", "{}", signature=PROOF)


@given(
    st.sampled_from(Place),
    st.none() | st.builds(Signature, st.sampled_from(Dialect), st.text(min_size=1)),
)
def test_a_seal_opens_to_what_it_holds(place: Place, signature: Signature | None) -> None:
    assert unseal(seal(place, signature)) == Seal(place, signature)


def test_a_seal_can_be_read() -> None:
    assert seal(Place.NEXT, PROOF) == "potluck.v1.next.gemini.QUJD"
    assert seal(Place.SELF, None) == "potluck.v1.self.."


@pytest.mark.parametrize("wire", ["EqoBCkYIDxgCKkA=", "gAAAAABo", "", "potluck.v2.next.gemini.Q"])
def test_a_makers_own_is_no_seal(wire: str) -> None:
    assert unseal(wire) is None


@pytest.mark.parametrize("rest", ["", "self", "nowhere.gemini.x", "next.nobody.x", "next.gemini."])
def test_what_is_damaged_proves_nothing(rest: str) -> None:
    held = unseal(PREFIX + rest)
    assert held is not None
    assert held.signature is None


def carrier(place: Place, text: str = "", dialect: Dialect = HERE) -> Thinking:
    return Thinking(text, PROOF, Opaque(dialect, shape={"seal": place}))


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((carrier(Place.NEXT), CALL), (SIGNED,)),
        ((Text("a"), carrier(Place.LAST), CALL), (Text("a", PROOF), CALL)),
        ((CALL, carrier(Place.TEXT)), (CALL, Text("", PROOF))),
    ],
    ids=["next", "last", "text"],
)
def test_a_signature_returns_to_its_part(
    parts: tuple[Part, ...], expected: tuple[Part, ...]
) -> None:
    assert settled(parts, HERE) == expected


@pytest.mark.parametrize(
    "parts",
    [
        (carrier(Place.NEXT),),
        (carrier(Place.LAST), CALL),
        (carrier(Place.NEXT), SIGNED),
        (carrier(Place.NEXT), Refusal("no")),
        (carrier(Place.SELF), CALL),
        (carrier(Place.NEXT, "hm"), CALL),
        (carrier(Place.NEXT, dialect=ELSEWHERE), CALL),
        (Thinking("", PROOF), CALL),
    ],
    ids=["no next", "no last", "signed", "refusal", "self", "a thought", "another's", "no seal"],
)
def test_what_carries_nothing_for_its_neighbour_stays(parts: tuple[Part, ...]) -> None:
    assert settled(parts, HERE) == parts


def test_a_dialect_knows_its_sealed_reasoning() -> None:
    assert sealed(carrier(Place.SELF), HERE)
    assert not sealed(carrier(Place.SELF), ELSEWHERE)
    assert not sealed(Thinking("hm", PROOF, Opaque(HERE)), HERE)
    assert not sealed(Thinking("hm"), HERE)

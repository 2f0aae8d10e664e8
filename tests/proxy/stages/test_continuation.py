"""The question that a cut answer leads to, and sums over attempts."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from proxy.ir import (
    Citation,
    Cite,
    Dialect,
    Format,
    Opaque,
    Output,
    Request,
    Role,
    Sampling,
    Signature,
    Text,
    Thinking,
    Turn,
    Usage,
)
from proxy.stages.continuation import GO_ON, Said, added, both, continuable, continued, shifted
from tests.proxy.stages.scripted import QUESTION

PROOF = Signature(Dialect.GEMINI, "cHJvb2Y=")


def one(part: Text | Thinking, *pieces: str, ended: bool = True) -> Said:
    found = Said(0, part)
    found.pieces += pieces
    found.ended = ended
    return found


def answered(*said: Said) -> tuple[object, ...]:
    return continued(QUESTION, said).turns[1].parts


def test_it_asks_with_what_was_said_and_touches_no_turn_of_the_user() -> None:
    asked = continued(QUESTION, [one(Text(""), "one", " two")])
    answer = Turn(Role.MODEL, (Text("one two"),))
    wish = Turn(Role.USER, (Text(GO_ON),))
    assert asked == replace(QUESTION, turns=(*QUESTION.turns, answer, wish))


def test_signed_thoughts_go_back_as_they_came_and_others_stay_away() -> None:
    own = Opaque(Dialect.GEMINI, shape={"id": "x"})
    signed = one(Thinking("", PROOF, own), "I", " see")
    half = one(Thinking("", PROOF), "I", ended=False)
    bare = one(Thinking(""), "hm")
    assert answered(signed, half, bare, one(Text(""), "a")) == (
        Thinking("I see", PROOF, own),
        Text("a"),
    )


def test_texts_are_one_text_but_for_signed_ones() -> None:
    said = [one(Text(""), "a"), one(Text(""), "b"), one(Text("", PROOF), "c"), one(Text(""), "d")]
    assert answered(*said, one(Text(""))) == (Text("ab"), Text("c", PROOF), Text("d"))


@pytest.mark.parametrize(
    ("request_", "can"),
    [
        (QUESTION, True),
        (replace(QUESTION, sampling=Sampling(n=1)), True),
        (replace(QUESTION, sampling=Sampling(n=2)), False),
        (replace(QUESTION, output=Output(format=Format.TEXT)), True),
        (replace(QUESTION, output=Output(modalities=("text",))), True),
        (replace(QUESTION, output=Output(format=Format.JSON)), False),
        (replace(QUESTION, output=Output(format=Format.SCHEMA)), False),
    ],
)
def test_several_candidates_and_enforced_json_are_not_continued(
    request_: Request, can: bool
) -> None:
    assert continuable(request_) is can


def test_usage_adds_up_and_the_unsaid_stays_unsaid() -> None:
    own = Opaque(Dialect.GEMINI, {"cost": 1})
    first, second = Usage(10, 5, None, 2, own), Usage(16, 7, 8, None, own)
    assert added(first, second) == Usage(26, 12, 8, 2)


def test_sources_move_with_their_text() -> None:
    cite = Cite((Citation("u", "t", 2, 5), Citation("v")), opaque=Opaque(Dialect.OPENAI_CHAT))
    moved = (Citation("u", "t", 12, 15), Citation("v"))
    assert shifted(cite, 10) == replace(cite, citations=moved)
    assert shifted(cite, 0) is cite


def test_geminis_own_offsets_are_not_told_for_another_place() -> None:
    own = Opaque(Dialect.GEMINI, {"groundingMetadata": {}})
    assert shifted(Cite((Citation("u", "", 0, 1),), opaque=own), 9).opaque is None
    assert shifted(Cite((Citation("u"),), opaque=own), 9).opaque is own


def test_the_ends_of_two_texts_are_joined() -> None:
    first = Opaque(Dialect.ANTHROPIC, shape={"citations": [1], "id": "a"})
    second = Opaque(Dialect.ANTHROPIC, shape={"citations": [2]})
    joined = Opaque(Dialect.ANTHROPIC, shape={"citations": [1, 2], "id": "a"})
    assert both(first, second) == joined
    assert both(first, None) is first
    assert both(first, Opaque(Dialect.GEMINI)) == Opaque(Dialect.GEMINI)

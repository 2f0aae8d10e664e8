"""What only another dialect understands is found wherever it is."""

from __future__ import annotations

import pytest

from proxy.dialects.base import Loss
from proxy.dialects.losses import explained, foreign, header, reordered, unique
from proxy.errors import GatewayError
from proxy.ir import (
    Choice,
    Dialect,
    Finish,
    FinishReason,
    Foreign,
    ForeignTool,
    FunctionTool,
    Opaque,
    Request,
    Role,
    Text,
    ToolChoice,
    ToolResult,
    Turn,
)

GEMINI, CHAT = Dialect.GEMINI, Dialect.OPENAI_CHAT


def only(field: str) -> Opaque:
    return Opaque(GEMINI, data={field: 1})


BLOCK = Opaque(GEMINI, data={"type": "video", "more": 1})
REQUEST = Request(
    model="m",
    turns=(
        Turn(Role.USER, (Text("plain"),)),
        Turn(
            Role.USER,
            (
                Text("odd", opaque=only("c")),
                ToolResult("1", (Foreign(BLOCK), Text("in", opaque=only("e")))),
            ),
            opaque=only("b"),
        ),
    ),
    tools=(FunctionTool("f", opaque=only("t")), ForeignTool(Opaque(GEMINI, data={"maps": {}}))),
    tool_choice=ToolChoice(Choice.AUTO, opaque=only("choice")),
    opaque=only("a"),
)


def test_it_names_every_field_with_its_place() -> None:
    assert list(foreign(REQUEST, CHAT)) == [
        Loss("a", ""),
        Loss("choice", "tool_choice"),
        Loss("t", "tools[0]"),
        Loss("maps", "tools[1]"),
        Loss("b", "turns[1]"),
        Loss("c", "turns[1].parts[0]"),
        Loss("video", "turns[1].parts[1].parts[0]"),
        Loss("e", "turns[1].parts[1].parts[1]"),
    ]


@pytest.mark.parametrize("value", [None, "", [], {}])
def test_what_says_nothing_is_no_loss(value: object) -> None:
    said = Turn(Role.MODEL, (Text("x"),), opaque=Opaque(CHAT, data={"audio": value}))
    asked = Request(model="m", turns=(said,), opaque=Opaque(CHAT, data={"logit_bias": value}))
    assert not list(foreign(asked, GEMINI))


def test_an_empty_object_of_google_s_switches_something_on() -> None:
    asked = Request(model="m", turns=(), opaque=Opaque(GEMINI, data={"translation": {}}))
    assert list(foreign(asked, CHAT)) == [Loss("translation", "")]


@pytest.mark.parametrize(
    ("reason", "told"), [(FinishReason.TOOL_CALLS, False), (FinishReason.FILTERED, True)]
)
def test_only_an_unusual_end_has_words_to_lose(reason: FinishReason, told: bool) -> None:
    assert explained(Finish(reason, message="Model generated function call(s).")) is told


def test_its_own_dialect_loses_nothing() -> None:
    assert list(foreign(REQUEST, GEMINI)) == []


def test_how_it_was_spelt_is_no_loss() -> None:
    spelt = Request(model="m", turns=(), opaque=Opaque(GEMINI, shape={"snake": True}))
    assert list(foreign(spelt, CHAT)) == []


def test_the_header_names_each_field_once_in_plain_characters() -> None:
    losses = [Loss("seed"), Loss("seed", "again"), Loss("é\r\nx: y, z")]
    assert header(losses) == "seed, ???x:?y??z"
    assert unique([*losses, *losses]) == losses


def test_the_header_stays_short() -> None:
    text = header(Loss(f"{number}" * 100) for number in range(100))
    assert len(text) < 1_100
    assert text.endswith(", ...")
    assert all(len(name) <= 64 for name in text.split(", "))


def test_what_a_request_means_is_refused_rather_than_lost() -> None:
    opaque = Opaque(GEMINI, {"gap": 1}, needed={"gap": "Leave `gap` out."})
    request = Request(model="m", turns=(), opaque=opaque)
    assert list(foreign(request, GEMINI)) == []
    with pytest.raises(GatewayError) as caught:
        list(foreign(request, CHAT))
    assert (caught.value.param, caught.value.message) == ("gap", "Leave `gap` out.")


@pytest.mark.parametrize(
    ("said", "moved"), [("", False), ("t", False), ("r", False), ("rt", False), ("rrt", False),
                        ("tr", True), ("rtr", True)]
)  # fmt: skip
def test_a_result_after_other_words_is_found(said: str, moved: bool) -> None:
    parts = [ToolResult("c", ()) if each == "r" else Text("t") for each in said]
    assert reordered(parts) is moved

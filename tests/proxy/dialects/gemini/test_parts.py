from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from proxy import signatures
from proxy.dialects.gemini.ids import Ids
from proxy.dialects.gemini.parts import Render, parse
from proxy.errors import GatewayError
from proxy.ir import Code, CodeResult, Dialect, Foreign, Part, Text, Thinking, ToolCall
from tests.proxy.dialects.gemini.bodies import part


def written(value: Part) -> Any:
    return Render([]).part(value, signatures.of(value, Dialect.GEMINI), "part")


@pytest.mark.parametrize(
    ("wire", "kind"),
    [
        ({"text": "a"}, Text),
        ({"text": "a", "thought": True}, Thinking),
        ({"text": "a", "thought": False}, Text),
        ({"thoughtSignature": "QUJD"}, Text),
        ({}, Text),
        ({"functionCall": {"name": "f"}}, ToolCall),
        ({"executableCode": {"language": 1, "code": "1"}}, Code),
        ({"codeExecutionResult": {"outcome": "OUTCOME_DEADLINE_EXCEEDED"}}, CodeResult),
        ({"toolResponse": {"id": "x"}, "thoughtSignature": "a-b_"}, Foreign),
    ],
    ids=str,
)
def test_a_part_is_known_and_written_as_it_came(wire: Any, kind: type[Part]) -> None:
    value = parse(wire, "part", Ids())
    assert isinstance(value, kind)
    assert written(value) == wire


@settings(deadline=None)
@given(part.filter(lambda one: "functionResponse" not in one and "function_response" not in one))
def test_every_part_is_written_as_it_came(wire: Any) -> None:
    assert written(parse(wire, "part", Ids())) == wire


def test_arguments_are_json_text() -> None:
    args = {"camelCase": {"snake_case": [1.5, None, "é"]}}
    call = parse({"function_call": {"name": "f", "args": args}}, "part", Ids())
    assert isinstance(call, ToolCall)
    assert call.arguments == '{"camelCase":{"snake_case":[1.5,null,"é"]}}'


@pytest.mark.parametrize("wire", [{"functionCall": {}}, {"functionCall": 1}, {"text": 1}, 7])
def test_a_malformed_part_is_refused(wire: Any) -> None:
    with pytest.raises(GatewayError):
        parse(wire, "part", Ids())


def test_code_that_google_cannot_run_is_lost() -> None:
    render = Render([])
    assert render.part(Code("ls", "bash"), None, "here") is None
    assert [loss.field for loss in render.losses] == ["code:bash"]

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.gemini import contents
from proxy.dialects.gemini.fields import Items
from proxy.dialects.gemini.ids import Ids
from proxy.errors import GatewayError
from proxy.ir import Role, Text


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("user", Role.USER),
        ("model", Role.MODEL),
        ("function", Role.USER),
        (None, Role.USER),
        ("", Role.USER),
    ],
)
def test_roles(role: Any, expected: Role) -> None:
    (turn,) = contents.parse(Items([{"role": role, "parts": []}], "contents"), Ids())
    assert turn.role is expected


def test_a_role_that_google_refuses_is_refused() -> None:
    with pytest.raises(GatewayError, match="user or model"):
        contents.parse(Items([{"role": "assistant"}], "contents"), Ids())


@pytest.mark.parametrize("value", ["be", {"parts": {"text": "be"}}, {"parts": [{"text": "be"}]}])
def test_system_text_has_three_forms(value: Any) -> None:
    turn = contents.system(value, "systemInstruction", Ids())
    assert turn.role is Role.SYSTEM
    assert [part.text for part in turn.parts if isinstance(part, Text)] == ["be"]

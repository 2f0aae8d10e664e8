from __future__ import annotations

import pytest

from proxy.dialects.gemini import enums
from proxy.errors import GatewayError


@pytest.mark.parametrize(("value", "name"), [("ANY", "ANY"), (2, "ANY"), (99, "99"), (-1, "-1")])
def test_a_number_has_a_name_if_it_is_known(value: str | int, name: str) -> None:
    assert enums.name(enums.word(value, "mode"), enums.MODES) == name


@pytest.mark.parametrize("value", [True, 1.5, None, {}])
def test_nothing_else_is_an_enum(value: object) -> None:
    with pytest.raises(GatewayError):
        enums.word(value, "mode")

"""The form of the answer."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.anthropic import CODEC
from proxy.ir import Format, Output
from tests.proxy.dialects.anthropic.test_config import OLD, render

SCHEMA = {"type": "object", "properties": {}, "additionalProperties": False}


@pytest.mark.parametrize(
    ("output", "format", "lost"),
    [
        (Output(format=Format.TEXT), None, []),
        (Output(format=Format.JSON), None, ["response_format"]),
        (Output(format=Format.SCHEMA), None, ["response_format"]),
        (
            Output(format=Format.SCHEMA, schema=SCHEMA, name="x", strict=True),
            {"type": "json_schema", "schema": SCHEMA},
            [],
        ),
        (Output(modalities=("text", "image"), image_size="2K"), None, ["modalities", "image_size"]),
    ],
)
def test_the_form_of_the_answer(output: Output, format: Any, lost: list[str]) -> None:
    body, losses = render(OLD, output=output)
    assert body.get("output_config", {}).get("format") == format
    assert losses == lost


@pytest.mark.parametrize("place", ["output_config", "output_format"])
def test_a_schema_is_read_from_both_places(place: str) -> None:
    form: dict[str, Any] = {"type": "json_schema", "schema": SCHEMA}
    body: dict[str, Any] = {"model": OLD, "messages": [{"role": "user", "content": "x"}]}
    body |= {place: {"format": form} if place == "output_config" else form}
    output = CODEC.parse_request(body).output
    assert output is not None
    assert (output.format, output.schema) == (Format.SCHEMA, SCHEMA)

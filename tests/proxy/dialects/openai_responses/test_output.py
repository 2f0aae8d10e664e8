from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.base import Loss
from proxy.dialects.openai_responses import output, reasoning
from proxy.ir import Format, Output, Reasoning

SCHEMA = {"type": "object"}


def test_a_schema_is_flat() -> None:
    wanted = {"type": "json_schema", "name": "n", "schema": SCHEMA, "strict": True}
    box = {"format": wanted, "verbosity": "low"}
    found = output.parse({"text": box})
    assert found is not None
    assert (found.format, found.schema, found.name, found.strict) == (
        Format.SCHEMA,
        SCHEMA,
        "n",
        True,
    )
    assert found.opaque is not None
    assert found.opaque.data == {"verbosity": "low"}
    assert output.render(found, []) == box


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (Output(format=Format.TEXT), None),
        (Output(format=Format.JSON), {"format": {"type": "json_object"}}),
        (Output(format=Format.SCHEMA), {"format": {"type": "json_object"}}),
        (
            Output(format=Format.SCHEMA, schema=SCHEMA),
            {
                "format": {
                    "type": "json_schema",
                    "name": "response",
                    "schema": SCHEMA,
                    "strict": False,
                }
            },
        ),
        (None, None),
    ],
)
def test_a_form_of_another_dialect(said: Output | None, expected: Any) -> None:
    assert output.render(said, []) == expected


def test_pictures_and_sounds_are_losses() -> None:
    losses: list[Loss] = []
    output.render(Output(modalities=("text", "image"), aspect_ratio="1:1"), losses)
    assert [loss.field for loss in losses] == ["aspect_ratio", "modality:image"]


def test_a_wish_for_a_summary_is_a_wish_to_see_thoughts() -> None:
    box = {"effort": "HIGH", "summary": "detailed", "context": "all_turns"}
    found = reasoning.parse({"reasoning": box})
    assert found is not None
    assert (found.effort, found.include) == ("high", True)
    assert reasoning.render(found, []) == box


@pytest.mark.parametrize(
    ("said", "expected", "lost"),
    [
        (Reasoning(budget=1024), {"effort": "low"}, []),
        (Reasoning(budget=1000), {"effort": "low"}, ["thinking_budget"]),
        (Reasoning(budget=99_999), {"effort": "xhigh"}, ["thinking_budget"]),
        (Reasoning(budget=0), {"effort": "none"}, []),
        (Reasoning(budget=-1), None, []),
        (Reasoning(include=True), {"summary": "auto"}, []),
        (Reasoning(include=False), None, []),
        (None, None, []),
    ],
)
def test_thinking_of_another_dialect(said: Any, expected: Any, lost: list[str]) -> None:
    losses: list[Loss] = []
    assert reasoning.render(said, losses) == expected
    assert [loss.field for loss in losses] == lost

"""The form of the answer."""

from __future__ import annotations

from proxy.dialects.base import Loss
from proxy.dialects.openai_chat import output
from proxy.ir import Format, Output

SCHEMA = {"type": "object"}


def test_a_schema_is_read() -> None:
    inner = {"name": "n", "schema": SCHEMA, "strict": True, "description": "d"}
    said, _ = output.parse({"response_format": {"type": "json_schema", "json_schema": inner}})
    assert said is not None
    assert (said.format, said.schema, said.name) == (Format.SCHEMA, SCHEMA, "n")
    assert (said.strict, said.description) == (True, "d")


def test_pictures_have_a_form_too() -> None:
    body = {"image_config": {"aspect_ratio": "16:9", "image_size": "2K"}, "modalities": ["IMAGE"]}
    said, rest = output.parse(body)
    assert said is not None
    assert (said.aspect_ratio, said.image_size, said.modalities) == ("16:9", "2K", ("image",))
    assert "image_config" not in rest
    assert output.render(said, {}, []) == body


def test_a_schema_of_another_dialect_gets_the_name_that_openai_wants() -> None:
    said = Output(format=Format.SCHEMA, schema=SCHEMA)
    assert output.render(said, {}, []) == {
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "response", "schema": SCHEMA},
        }
    }


def test_json_and_text_of_another_dialect() -> None:
    json = {"response_format": {"type": "json_object"}}
    assert output.render(Output(format=Format.JSON), {}, []) == json
    assert output.render(Output(format=Format.SCHEMA), {}, []) == json
    assert output.render(Output(format=Format.TEXT, modalities=("text",)), {}, []) == {}


def test_a_picture_size_of_another_dialect_is_a_loss() -> None:
    losses: list[Loss] = []
    assert output.render(Output(aspect_ratio="16:9"), {}, losses) == {}
    assert losses == [Loss("aspect_ratio", "output")]

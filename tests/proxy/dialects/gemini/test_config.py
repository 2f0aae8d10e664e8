from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.gemini import config
from proxy.dialects.gemini.fields import Reader, Writer
from proxy.ir import Format, Output, Sampling


def written(output: Output | None = None, **sampling: Any) -> dict[str, Any]:
    writer = Writer()
    config.write_sampling(writer, Sampling(**sampling))
    config.write_output(writer, output)
    return writer.done()


def test_sampling_has_googles_names() -> None:
    body = written(top_p=0.5, max_tokens=5, stop=("x",), n=2, logprobs=True, top_logprobs=3)
    assert body == {
        "topP": 0.5,
        "maxOutputTokens": 5,
        "stopSequences": ["x"],
        "candidateCount": 2,
        "responseLogprobs": True,
        "logprobs": 3,
    }
    assert config.sampling(Reader(body, "")).n == 2


@pytest.mark.parametrize(("seed", "wire"), [(7, 7), (-1, -1), (2**31 + 5, 5)])
def test_a_long_seed_is_folded(seed: int, wire: int) -> None:
    assert written(seed=seed) == {"seed": wire}


@pytest.mark.parametrize(
    ("output", "body"),
    [
        (Output(format=Format.JSON), {"responseMimeType": "application/json"}),
        (
            Output(format=Format.SCHEMA, schema={"type": "object"}, description="d"),
            {
                "responseMimeType": "application/json",
                "responseJsonSchema": {"type": "object", "description": "d"},
            },
        ),
        (Output(modalities=("text", "image")), {"responseModalities": ["TEXT", "IMAGE"]}),
        (Output(aspect_ratio="16:9"), {"imageConfig": {"aspectRatio": "16:9"}}),
    ],
    ids=["json", "schema", "modalities", "image"],
)
def test_the_form_of_the_answer_is_written(output: Output, body: Any) -> None:
    assert written(output) == body


def test_the_form_of_the_answer_is_read() -> None:
    body = {"responseMimeType": "application/json", "responseSchema": {"type": "STRING"}}
    output = config.output(Reader(body, ""))
    assert output == Output(format=Format.SCHEMA, schema={"type": "string"})


def test_a_mime_type_that_only_google_knows_is_no_format() -> None:
    assert config.output(Reader({"responseMimeType": "text/x.enum"}, "")) is None

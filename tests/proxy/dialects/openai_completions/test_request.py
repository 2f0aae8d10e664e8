"""`POST /v1/completions`: written again as it came, and what it loses elsewhere."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from proxy.dialects import openai_chat, openai_completions
from proxy.dialects.base import Loss
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import (
    Choice,
    Format,
    FunctionTool,
    Media,
    Output,
    Reasoning,
    Request,
    Role,
    Sampling,
    Text,
    ToolChoice,
    Turn,
)
from proxy.registry import SPEAKERS

CODEC = openai_completions.CODEC
HI: dict[str, Any] = {"model": "m", "prompt": "Once upon"}
ASKED = Request(model="m", turns=(Turn(Role.USER, (Text("Once"), Text(" upon"))),))
OTHERS = [s.codec for s in SPEAKERS if s.codec is not CODEC]

BODIES: dict[str, dict[str, Any]] = {
    "bare": {},
    "all": {
        "best_of": 3,
        "echo": True,
        "frequency_penalty": 0.5,
        "logit_bias": {"50256": -100},
        "max_tokens": 0,
        "n": 2,
        "presence_penalty": 1,
        "seed": 7,
        "stop": ["\n", "END"],
        "stream": True,
        "stream_options": {"include_usage": True, "include_obfuscation": False},
        "temperature": 0,
        "top_p": 1.0,
        "user": "u",
        "suffix": " the end",
        "logprobs": 5,
    },
    "nothing said": {"stop": None, "suffix": None, "logprobs": None, "stream": False, "user": ""},
    "one word to stop": {"stop": "\n"},
    "one prompt in a list": {"prompt": ["Once upon"]},
    "several prompts": {"prompt": ["Once", "Twice"]},
    "tokens": {"prompt": [1, 2, 3]},
    "lists of tokens": {"prompt": [[1, 2], [3]]},
    "an empty prompt": {"prompt": ""},
    "no echo": {"echo": False, "best_of": 1},
    "options that say nothing": {"stream_options": {}},
    "another service's": {"top_k": 40, "min_p": 0.1, "grammar": {"x": None}},
}


@pytest.mark.parametrize("more", BODIES.values(), ids=BODIES)
def test_a_request_is_written_as_it_came(more: dict[str, Any]) -> None:
    body = HI | more
    rendered = CODEC.render_request(CODEC.parse_request(body))
    assert msgspec.json.decode(msgspec.json.encode(rendered.body)) == body
    assert rendered.losses == []


@pytest.mark.parametrize("codec", OTHERS, ids=lambda codec: codec.name.value)
@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"suffix": "end"}, "suffix"),
        ({"prompt": ["a", "b"]}, "prompt"),
        ({"prompt": [1, 2]}, "prompt"),
        ({"prompt": [[1]]}, "prompt"),
        ({"echo": True, "logprobs": 0}, "echo"),
    ],
)
def test_what_only_a_completion_can_do_is_refused_elsewhere(
    codec: Any, more: dict[str, Any], param: str
) -> None:
    request = CODEC.parse_request(HI | more)
    with pytest.raises(GatewayError) as caught:
        codec.render_request(request)
    assert (caught.value.kind, caught.value.param) == (ErrorKind.INVALID_REQUEST, param)


def test_elsewhere_the_prompt_is_what_the_user_says() -> None:
    body = HI | {"max_tokens": 5, "stop": "\n", "logprobs": 2, "best_of": 2, "n": 2}
    rendered = openai_chat.CODEC.render_request(CODEC.parse_request(body))
    assert rendered.body == {
        "model": "m",
        "messages": [{"role": "user", "content": "Once upon"}],
        "max_tokens": 5,
        "stop": ["\n"],
        "logprobs": True,
        "top_logprobs": 2,
        "n": 2,
    }
    assert rendered.losses == []


def test_more_tries_than_answers_are_lost_elsewhere() -> None:
    request = CODEC.parse_request(HI | {"best_of": 3, "logit_bias": {"1": 1}})
    lost = openai_chat.CODEC.render_request(request).losses
    assert {loss.field for loss in lost} == {"best_of", "logit_bias"}


def test_anothers_question_is_a_prompt_if_it_is_one_text() -> None:
    sampling = Sampling(top_k=3, logprobs=True, stop=("\n",), temperature=0.5)
    rendered = CODEC.render_request(
        Request(
            model="m",
            turns=ASKED.turns,
            sampling=sampling,
            reasoning=Reasoning(effort="low"),
            output=Output(modalities=("text", "image")),
            tools=(FunctionTool("f"),),
            tool_choice=ToolChoice(Choice.NONE),
            stream=True,
        )
    )
    assert rendered.body == {
        "model": "m",
        "prompt": "Once upon",
        "temperature": 0.5,
        "logprobs": 0,
        "stop": ["\n"],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    fields = ["tools", "modality:image", "reasoning", "top_k"]
    assert rendered.losses == [Loss(field) for field in fields]


@pytest.mark.parametrize(
    "changes",
    [
        {"turns": ()},
        {"turns": (*ASKED.turns, Turn(Role.MODEL, (Text("a"),)))},
        {"turns": (Turn(Role.SYSTEM, (Text("a"),)), *ASKED.turns)},
        {"turns": (Turn(Role.USER, (Media("image/png", "aGk="),)),)},
        {"tools": (FunctionTool("f"),)},
        {"output": Output(format=Format.JSON)},
        {"output": Output(format=Format.SCHEMA, schema={})},
    ],
)
def test_a_conversation_is_no_prompt(changes: dict[str, Any]) -> None:
    with pytest.raises(GatewayError) as caught:
        CODEC.render_request(msgspec.structs.replace(ASKED, **changes))
    assert caught.value.kind is ErrorKind.INVALID_REQUEST


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"model": "m"}, "prompt"),
        ({"prompt": "a"}, "model"),
        (HI | {"prompt": None}, "prompt"),
        (HI | {"prompt": []}, "prompt"),
        (HI | {"prompt": ["a", 1]}, "prompt"),
        (HI | {"prompt": [[]]}, "prompt"),
        (HI | {"prompt": {}}, "prompt"),
        (HI | {"stop": 5}, "stop"),
        (HI | {"stop": [5]}, "stop[0]"),
        (HI | {"logprobs": True}, "logprobs"),
        (HI | {"suffix": 1}, "suffix"),
        (HI | {"echo": "yes"}, "echo"),
        (HI | {"stream_options": {"include_usage": 1}}, "stream_options.include_usage"),
    ],
)
def test_what_is_malformed_is_named(body: dict[str, Any], param: str) -> None:
    with pytest.raises(GatewayError) as caught:
        CODEC.parse_request(body)
    assert caught.value.param == param


def test_the_path_may_name_the_model() -> None:
    request = CODEC.parse_request({"prompt": "a"}, model="deployment")
    assert request.model == "deployment"
    assert CODEC.render_request(request).body == {"prompt": "a"}


def test_usage_is_told_only_if_wanted() -> None:
    assert not CODEC.parse_request(HI | {"stream": True}).usage_wanted
    options = {"include_usage": True}
    assert CODEC.parse_request(HI | {"stream": True, "stream_options": options}).usage_wanted

"""What a user shows and no other dialect can say is refused, in the words of who asked."""

from __future__ import annotations

from typing import Any

import pytest

from proxy.dialects.base import JSON
from proxy.errors import ErrorKind, GatewayError
from proxy.ir import Dialect
from tests.proxy.pairs.tongues import CODECS

CHAT, RESPONSES = Dialect.OPENAI_CHAT, Dialect.OPENAI_RESPONSES
ANTHROPIC, GEMINI = Dialect.ANTHROPIC, Dialect.GEMINI
TOOL_USE = {"type": "tool_use", "id": "t1", "name": "look", "input": {}}


def said(dialect: Dialect, role: str, part: JSON) -> JSON:
    """A request in which `role` says one text, and the part."""
    match dialect:
        case Dialect.OPENAI_CHAT:
            content = [{"type": "text", "text": "a"}, part]
            return {"model": "m", "messages": [{"role": role, "content": content}]}
        case Dialect.OPENAI_RESPONSES:
            text = "output_text" if role == "assistant" else "input_text"
            content = [{"type": text, "text": "a"}, part]
            return {"model": "m", "input": [{"role": role, "content": content}]}
        case Dialect.ANTHROPIC:
            content = [{"type": "text", "text": "a"}, part]
            message = {"role": role, "content": content}
            return {"model": "m", "max_tokens": 9, "messages": [message]}
        case _:
            role = "model" if role == "assistant" else role
            return {"contents": [{"role": role, "parts": [{"text": "a"}, part]}]}


PARTS: list[tuple[Dialect, JSON, str, str]] = [
    (CHAT, {"type": "file", "file": {"file_id": "f"}}, "messages[0].content[1]", "file"),
    (CHAT, {"type": "wat"}, "messages[0].content[1]", "wat"),
    (RESPONSES, {"type": "input_file", "file_id": "f"}, "input[0].content[1]", "input_file"),
    (RESPONSES, {"type": "input_image", "file_id": "f"}, "input[0].content[1]", "input_image"),
    (RESPONSES, {"type": "wat"}, "input[0].content[1]", "wat"),
    (
        ANTHROPIC,
        {"type": "document", "source": {"type": "file", "file_id": "f"}},
        "messages[0].content[1]",
        "document",
    ),
    (
        ANTHROPIC,
        {"type": "container_upload", "file_id": "f"},
        "messages[0].content[1]",
        "container_upload",
    ),
    (ANTHROPIC, {"type": "wat"}, "messages[0].content[1]", "wat"),
    (GEMINI, {"wat": {}}, "contents[0].parts[1]", "wat"),
]
EACH = pytest.mark.parametrize(
    ("dialect", "part", "path", "name"),
    PARTS,
    ids=[f"{dialect}-{name}" for dialect, _, _, name in PARTS],
)


def read(dialect: Dialect, role: str, part: Any) -> Any:
    return CODECS[dialect].parse_request(said(dialect, role, part), model="m")


@EACH
def test_a_part_of_a_user_that_nobody_else_reads_is_refused(
    dialect: Dialect, part: JSON, path: str, name: str
) -> None:
    request = read(dialect, "user", part)
    for other in CODECS.values():
        if other.name is dialect:
            continue
        with pytest.raises(GatewayError) as caught:
            other.render_request(request)
        assert (caught.value.kind, caught.value.param) == (ErrorKind.INVALID_REQUEST, path)
        by_id = "'f'" in str(part)
        advice = "send the file's content as data" if by_id else f"is a `{name}`"
        assert caught.value.message.startswith(path)
        assert advice in caught.value.message


@EACH
def test_within_its_dialect_it_is_said_again(
    dialect: Dialect, part: JSON, path: str, name: str
) -> None:
    rendered = CODECS[dialect].render_request(read(dialect, "user", part))
    assert rendered.losses == []
    assert str(part) in str(rendered.body)


@EACH
def test_in_the_models_own_words_it_is_a_loss(
    dialect: Dialect, part: JSON, path: str, name: str
) -> None:
    request = read(dialect, "assistant", part)
    for other in CODECS.values():
        if other.name is not dialect:
            losses = other.render_request(request).losses
            assert name in [loss.field for loss in losses]


def test_a_file_that_a_tool_answers_is_refused_as_well() -> None:
    picture = {"type": "image", "source": {"type": "file", "file_id": "f"}}
    result = {"type": "tool_result", "tool_use_id": "t1", "content": [picture]}
    messages = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": [TOOL_USE]},
        {"role": "user", "content": [result]},
    ]
    request = CODECS[ANTHROPIC].parse_request({"model": "m", "max_tokens": 9, "messages": messages})
    with pytest.raises(GatewayError) as caught:
        CODECS[GEMINI].render_request(request)
    assert caught.value.param == "messages[2].content[0].content[0]"


@pytest.mark.parametrize("kind", ["tool_reference", "tool_addition"])
def test_which_tools_are_there_is_known_without_a_pointer(kind: str) -> None:
    part = {"type": kind, "tool_name": "look"}
    losses = CODECS[CHAT].render_request(read(ANTHROPIC, "user", part)).losses
    assert [loss.field for loss in losses] == [kind]

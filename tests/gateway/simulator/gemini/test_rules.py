"""What the Gemini API refuses, and what it does not."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.simulator import seal
from gateway.simulator.gemini import fields, rules
from gateway.simulator.service import Rejected

JSON = dict[str, Any]
SIGNATURE = seal.sign("x")


def says(role: str, *parts: JSON) -> JSON:
    return {"role": role, "parts": list(parts)}


def call(name: str = "f", **more: str) -> JSON:
    return {"functionCall": {"name": name, "args": {}}, **more}


USER = says("user", {"text": "Hi"})
ANSWER = {"functionResponse": {"name": "f", "response": {}}}
SIGNED = call(thoughtSignature=SIGNATURE)


@pytest.mark.parametrize(
    "contents",
    [
        [USER, says("model", SIGNED), says("user", ANSWER)],
        [USER, says("model", SIGNED, call()), says("user", ANSWER, ANSWER)],
        [USER, says("model", SIGNED), says("model", {"text": ""}), says("user", ANSWER)],
        [USER, says("model", SIGNED), says("model", call()), says("user", ANSWER, ANSWER)],
        [USER, says("model", call(thoughtSignature="skip_thought_signature_validator")),
         says("user", ANSWER)],
        [USER, says("model", call()), says("user", ANSWER), says("model", {"text": "ok"}), USER],
    ],
    ids=["one", "parallel", "spread", "spread-parallel", "bypass", "earlier-turn"],
)  # fmt: skip
def test_histories_are_accepted(contents: list[JSON]) -> None:
    rules.check({"contents": contents}, "gemini-3-pro-preview")


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        ([], "contents is not specified"),
        ([says("system", {"text": "x"})], "valid role"),
        ([says("user")], "must not be empty"),
        ([says("user", {})], "required oneof field"),
        ([says("user", {"functionCall": {"args": {}}})], "Name cannot be empty"),
        ([says("user", {"functionCall": {"name": "f", "args": []}})], "Struct"),
        ([USER, says("user", ANSWER)], "immediately after a function call turn"),
        ([USER, says("model", SIGNED, call()), says("user", ANSWER)], "number of function"),
        ([USER, says("model", SIGNED), USER], "number of function response"),
        ([USER, says("model", call()), says("user", ANSWER)], "missing a thought_signature"),
        ([USER, says("model", call(), SIGNED), says("user", ANSWER, ANSWER)],
         "`default_api:f` , position 2"),
        ([USER, says("model", call(thoughtSignature=SIGNATURE[:-8])), says("user", ANSWER)],
         "Corrupted"),
        ([USER, says("model", call(thoughtSignature="no base64")), says("user", ANSWER)],
         "Base64 decoding failed"),
        ([says("user", {"inlineData": {"mimeType": "image/png", "data": "*"}})],
         "Base64 decoding failed"),
        ([says("user", {"inlineData": {"data": ""}})], "mime_type"),
    ],
)  # fmt: skip
def test_histories_are_refused(contents: list[JSON], words: str) -> None:
    with pytest.raises(Rejected, match=words):
        rules.check({"contents": contents}, "gemini-3-pro-preview")


def test_the_second_generation_demands_no_signature() -> None:
    contents = [USER, says("model", call()), says("user", ANSWER)]
    rules.check({"contents": contents}, "gemini-2.5-pro")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"generationConfig": {"temperature": 3}}, "temperature"),
        ({"generationConfig": {"maxOutputTokens": 0}}, "max_output_tokens"),
        ({"generationConfig": {"candidateCount": 9}}, "candidate_count"),
        ({"generationConfig": {"thinkingConfig": {"thinkingBudget": 1, "thinkingLevel": "LOW"}}},
         "only one of thinking budget"),
        ({"tools": [{"functionDeclarations": [{"name": "no spaces"}]}]}, "Invalid function name"),
        ({"tools": [{"functionDeclarations": [
            {"name": "f", "parameters": {}, "parametersJsonSchema": {}}]}]}, "only one of"),
        ({"tools": [{"functionDeclarations": [
            {"name": "f", "parameters": {"properties": {"a": {"type": ["string", "null"]}}}}]}]},
         "cannot start list"),
    ],
)  # fmt: skip
def test_settings_are_refused(more: JSON, words: str) -> None:
    with pytest.raises(Rejected, match=words):
        rules.check({"contents": [USER], **more}, "gemini-2.5-pro")


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("gemini-2.5-pro", "Tool use with function calling is unsupported"),
        ("gemini-3-pro-preview", "include_server_side_tool_invocations"),
    ],
)
def test_its_own_tools_beside_functions_are_refused(model: str, words: str) -> None:
    tools = [{"functionDeclarations": [{"name": "f"}]}, {"googleSearch": {}}]
    with pytest.raises(Rejected, match=words):
        rules.check({"contents": [USER], "tools": tools}, model)
    flag = {"includeServerSideToolInvocations": True}
    rules.check({"contents": [USER], "tools": tools, "toolConfig": flag}, "gemini-3-pro-preview")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"messages": []}, 'Unknown name "messages"'),
        ({"generationConfig": {"max_tokens": 1}}, "at 'generation_config'"),
        ({"contents": [{"parts": [{"type": "text"}]}]}, r"at 'contents\[0\].parts\[0\]'"),
        ({"tools": [{"functionDeclarations": [
            {"name": "f", "parameters": {"properties": {"a": {"const": 1}}}}]}]},
         r"at 'tools\[0\].function_declarations\[0\].parameters.properties\[0\].value'"),
    ],
)  # fmt: skip
def test_unknown_fields_are_refused(body: JSON, where: str) -> None:
    with pytest.raises(Rejected, match=where):
        fields.check(body, "Request")


def test_names_may_be_in_either_case_and_data_is_left_alone() -> None:
    body = {
        "system_instruction": {"parts": {"text": "x"}},
        "contents": [{"parts": [{"function_call": {"name": "f", "args": {"snake_case": 1}}}]}],
    }
    assert fields.check(body, "Request") == {
        "systemInstruction": {"parts": [{"text": "x"}]},
        "contents": [{"parts": [{"functionCall": {"name": "f", "args": {"snake_case": 1}}}]}],
    }

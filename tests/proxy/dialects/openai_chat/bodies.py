"""Requests of the Chat API as hypothesis makes them up: valid, in every spelling we know."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

JSON = dict[str, Any]

words = st.text(st.characters(codec="utf-8"), max_size=8)
names = st.text("abc_-", min_size=1, max_size=8)
numbers = st.floats(-2, 2, allow_nan=False) | st.integers(-2, 100)
leaves = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-9, 9) | words
anything = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
schemas = st.dictionaries(words, anything, max_size=3)
base64 = st.sampled_from(["", "aGk=", "iVBORw0KGgo="])
signatures = st.sampled_from(["AbC+/w==", "AbC-_w==", "skip_thought_signature_validator"])


def fields(needed: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[JSON]:
    """An object; its optional fields may be absent or null. `vendor_…` fields may be there."""
    nullable = {key: value | st.none() for key, value in optional.items()}
    known = st.fixed_dictionaries(needed, optional=nullable)
    extra = st.dictionaries(st.sampled_from(["vendor_a", "cache_control"]), anything, max_size=1)
    return st.builds(lambda a, b: {**b, **a}, known, extra)


def box(kind: str, inner: st.SearchStrategy[Any]) -> st.SearchStrategy[JSON]:
    return fields({"type": st.just(kind), kind: inner}, {})


urls = st.one_of(
    st.builds("data:{};base64,{}".format, st.sampled_from(["image/png", "", "a/b;x=y"]), base64),
    st.sampled_from(["https://example.com/a.png", "gs://bucket/a.mp4"]),
)
pictures = fields({"url": urls}, {"detail": st.sampled_from(["low", "auto", "", "x"])})
images = box("image_url", pictures | urls)
parts = st.one_of(
    fields({"type": st.just("text"), "text": words}, {}),
    images,
    box("video_url", fields({"url": urls}, {})),
    box("input_audio", fields({"data": base64}, {"format": st.sampled_from(["wav", "mpeg", ""])})),
    box("file", fields({"file_data": urls | base64}, {"filename": words, "file_id": st.none()})),
    box("file", fields({"file_id": names}, {})),
    fields({"type": st.just("refusal"), "refusal": words}, {}),
    box("thinking", words | st.just([{"type": "text", "text": "hm"}]) | anything),
    fields({"type": st.just("reference"), "ids": anything}, {}),
)
contents = words | st.none() | st.lists(parts, max_size=3)

arguments = st.sampled_from(["", "{}", '{"a": 1}', "{broken"]) | schemas
slot = st.builds(lambda s: {"google": {"thought_signature": s}}, signatures)
slots = slot | st.builds(lambda s, x: {**s, "other": x}, slot, anything)
calls = st.one_of(
    fields(
        {"function": fields({"name": names}, {"arguments": arguments})},
        {"id": words, "type": st.just("function"), "extra_content": slots},
    ),
    fields({"type": st.just("custom"), "custom": fields({"name": names, "input": words}, {})}, {}),
    fields({"type": st.just("mcp"), "id": words}, {}),
)


details = fields(
    {
        "type": st.sampled_from(["reasoning.text", "reasoning.encrypted"]),
        "format": st.sampled_from(["google-gemini-v1", "anthropic-claude-v1", "unknown"]),
    },
    {"text": words, "signature": signatures, "data": signatures, "id": words},
)


def message(role: str, needed: JSON, optional: JSON) -> st.SearchStrategy[JSON]:
    return fields({"role": st.just(role), **needed}, {"content": contents, **optional})


assistants = message(
    "assistant",
    {},
    {
        "refusal": words,
        "tool_calls": st.lists(calls, max_size=2),
        "function_call": fields({"name": names}, {"arguments": arguments}),
        "reasoning": words,
        "reasoning_content": words,
        "reasoning_details": st.lists(schemas | details, max_size=2),
        "images": st.lists(images, max_size=2),
        "extra_content": slots,
        "thought_signature": signatures,
        "audio": st.just({"id": "audio_1"}),
        "name": names,
    },
)
messages = st.one_of(
    message("system", {}, {"name": names}),
    message("developer", {}, {}),
    message("user", {}, {"name": names}),
    assistants,
    message("tool", {"tool_call_id": words}, {"name": words}),
    message("function", {"name": names}, {}),
)

functions = fields(
    {"name": names}, {"description": words, "parameters": schemas, "strict": st.booleans()}
)
tools = st.one_of(
    fields({"function": functions}, {"type": st.just("function")}),
    box("custom", fields({"name": names}, {"description": words, "format": schemas})),
    fields({"type": st.sampled_from(["web_search", "openrouter:web_search", "mcp"])}, {}),
    fields({"google_search": schemas}, {}),
)
allowed = fields(
    {"tools": st.lists(box("function", fields({"name": names}, {})), max_size=2)},
    {"mode": st.sampled_from(["auto", "required"])},
)
choices = st.one_of(
    st.sampled_from(["auto", "none", "required", "any"]),
    box("function", fields({"name": names}, {})),
    box("custom", fields({"name": names}, {})),
    box("allowed_tools", allowed),
    fields({"type": st.just("web_search")}, {}),
)
formats = st.one_of(
    fields({"type": st.sampled_from(["text", "json_object", "grammar"])}, {}),
    box(
        "json_schema",
        fields(
            {}, {"name": names, "description": words, "schema": schemas, "strict": st.booleans()}
        ),
    ),
)
thinking = fields(
    {},
    {
        "thinking_budget": st.integers(-1, 9),
        "include_thoughts": st.booleans(),
        "thinking_level": st.sampled_from(["LOW", "high"]),
    },
)

requests = fields(
    {"model": names, "messages": st.lists(messages, min_size=1, max_size=3)},
    {
        "temperature": numbers,
        "top_p": numbers,
        "top_k": st.integers(0, 64),
        "seed": st.integers(),
        "n": st.integers(1, 3),
        "presence_penalty": numbers,
        "frequency_penalty": numbers,
        "logprobs": st.booleans(),
        "top_logprobs": st.integers(0, 20),
        "max_tokens": st.integers(1, 3),
        "max_completion_tokens": st.integers(1, 3),
        "stop": words | st.lists(words, max_size=3),
        "tools": st.lists(tools, max_size=2),
        "functions": st.lists(functions, max_size=2),
        "tool_choice": choices,
        "function_call": st.sampled_from(["auto", "none"]) | fields({"name": names}, {}),
        "parallel_tool_calls": st.booleans(),
        "response_format": formats,
        "modalities": st.lists(st.sampled_from(["text", "AUDIO", "image"]), max_size=2),
        "image_config": fields({}, {"aspect_ratio": names, "image_size": names}),
        "reasoning_effort": st.sampled_from(["none", "low", "HIGH"]),
        "reasoning": fields(
            {},
            {"effort": names, "max_tokens": st.integers(0, 9), "exclude": st.booleans()},
        ),
        "extra_body": fields({}, {"google": fields({}, {"thinking_config": thinking})}),
        "stream": st.booleans(),
        "stream_options": fields({}, {"include_usage": st.booleans()}),
        "web_search_options": schemas,
        "user": words,
        "metadata": schemas,
    },
)

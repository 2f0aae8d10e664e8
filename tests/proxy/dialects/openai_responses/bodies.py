"""Requests of the Responses API as hypothesis makes them up: valid, in every spelling we know."""

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


def fields(needed: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[JSON]:
    """An object; its optional fields may be absent or null. `vendor_…` fields may be there."""
    nullable = {key: value | st.none() for key, value in optional.items()}
    known = st.fixed_dictionaries(needed, optional=nullable)
    extra = st.dictionaries(st.sampled_from(["vendor_a", "vendor_b"]), anything, max_size=1)
    return st.builds(lambda a, b: {**b, **a}, known, extra)


def typed(kind: str, needed: JSON, optional: JSON | None = None) -> st.SearchStrategy[JSON]:
    return fields({"type": st.just(kind), **needed}, optional or {})


data_urls = st.builds(
    "data:{};base64,{}".format, st.sampled_from(["image/png", "", "a/b;x=y"]), base64
)
links = st.sampled_from(["https://example.com/a.png", "gs://bucket/a.mp4"])
texts = st.one_of(
    *(
        typed(kind, {"text": words}, {"annotations": st.lists(schemas, max_size=1)})
        for kind in ("input_text", "output_text", "text")
    )
)
images = typed(
    "input_image",
    {"image_url": data_urls | links},
    {"detail": st.sampled_from(["low", "auto", "", "x"]), "file_id": words},
)
files = st.one_of(
    typed("input_file", {"file_data": data_urls | base64}, {"filename": words, "file_url": links}),
    typed("input_file", {"file_url": links}, {"filename": words, "file_data": st.none()}),
    typed("input_file", {"file_id": names}, {"filename": words}),
    typed("input_image", {"file_id": names}, {"image_url": st.none()}),
)
sounds = typed(
    "input_audio",
    {"input_audio": fields({"data": base64}, {"format": st.sampled_from(["wav", "mpeg", ""])})},
)
inputs = st.one_of(texts, images, files, sounds, typed("vendor_part", {}))
outputs = st.one_of(texts, images, typed("refusal", {"refusal": words}), typed("other", {}))

own = {"id": names, "status": st.sampled_from(["completed", "incomplete"])}
spoken = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "system", "developer"])},
    optional={"type": st.just("message"), "vendor_a": anything, **own},
)
answered = st.fixed_dictionaries(
    {"role": st.just("assistant")},
    optional={"type": st.just("message"), "vendor_a": anything, "phase": names, **own},
)
messages = st.one_of(
    st.builds(
        lambda head, said: {**head, "content": said},
        spoken,
        words | st.lists(inputs, max_size=3),
    ),
    st.builds(
        lambda head, said: {**head, "content": said},
        answered,
        words | st.lists(outputs, max_size=3),
    ),
)


def pieces(kind: str) -> st.SearchStrategy[Any]:
    return st.lists(typed(kind, {"text": words}), max_size=2)


thoughts = typed(
    "reasoning",
    {},
    {
        "summary": pieces("summary_text"),
        "content": pieces("reasoning_text"),
        "encrypted_content": st.sampled_from(["", "gAAAAAB"]),
        **own,
    },
)
calls = st.one_of(
    typed("function_call", {"call_id": names, "name": names, "arguments": words}, own),
    typed("custom_tool_call", {"call_id": names, "name": names, "input": words}, own),
)
said = words | st.lists(inputs, max_size=3)
results = st.one_of(
    typed("function_call_output", {"call_id": names, "output": said}, {**own, "name": words}),
    typed("custom_tool_call_output", {"call_id": names, "output": said}, own),
)
logs = st.lists(fields({"type": st.just("logs"), "logs": words}, {}), max_size=2)
others = st.one_of(
    *(
        typed(kind, {}, {"id": names})
        for kind in ("item_reference", "tool_search_call", "tool_search_output", "compaction")
    ),
    fields({"id": names}, {}),
    typed("code_interpreter_call", {}, {"code": words, "id": names, "outputs": logs}),
    typed("image_generation_call", {}, {"result": base64, "output_format": names, **own}),
)
items = st.one_of(messages, messages, thoughts, calls, calls, results, results, others)

functions = typed(
    "function",
    {"name": names},
    {"description": words, "parameters": schemas, "strict": st.booleans()},
)
grammar = typed("grammar", {}, {"syntax": words, "definition": words, "grammar": schemas})
tools = st.one_of(
    functions,
    typed("custom", {"name": names}, {"description": words, "format": grammar | schemas}),
    typed("web_search", {}, {"search_context_size": words}),
    typed("web_search_preview", {}),
    typed("code_interpreter", {}, {"container": schemas | names}),
    typed("mcp", {"server_label": words}),
)
choices = st.one_of(
    st.sampled_from(["auto", "none", "required"]),
    typed("function", {"name": names}),
    typed("custom", {"name": names}),
    typed("allowed_tools", {}, {"mode": st.just("auto"), "tools": st.lists(functions, max_size=2)}),
    typed("web_search_preview", {}),
)
formats = st.one_of(
    *(typed(kind, {}) for kind in ("text", "json_object", "grammar")),
    typed(
        "json_schema",
        {},
        {"name": names, "description": words, "schema": schemas, "strict": st.booleans()},
    ),
)
included = st.sampled_from(["reasoning.encrypted_content", "message.output_text.logprobs", "x"])

requests = fields(
    {"model": names, "input": words | st.lists(items, min_size=1, max_size=5)},
    {
        "instructions": words,
        "temperature": numbers,
        "top_p": numbers,
        "top_logprobs": st.integers(0, 20),
        "max_output_tokens": st.integers(1, 3),
        "tools": st.lists(tools, max_size=2),
        "tool_choice": choices,
        "parallel_tool_calls": st.booleans(),
        "text": fields({}, {"format": formats | st.just({}), "verbosity": words}),
        "reasoning": fields(
            {}, {"effort": st.sampled_from(["none", "LOW", ""]), "summary": words, "context": words}
        ),
        "include": st.lists(included, max_size=2),
        "stream": st.booleans(),
        "store": st.booleans(),
        "background": st.just(False),
        "previous_response_id": st.none(),
        "user": words,
        "metadata": schemas,
        "client_metadata": schemas,
    },
)

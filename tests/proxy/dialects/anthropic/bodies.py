"""Hypothesis strategies: requests and answers as Anthropic has them, and arbitrary JSON."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Strategy = st.SearchStrategy[Any]
JSON = dict[str, Any]

words = st.text(st.characters(codec="utf-8"), max_size=8)
names = st.text("abc_-", min_size=1, max_size=8)
leaves: Strategy = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-9, 9)
anything: Strategy = st.recursive(
    leaves | words,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(words, below, max_size=3),
    max_leaves=6,
)
objects: Strategy = st.dictionaries(words, anything, max_size=3)
base64 = st.sampled_from(["", "aGk=", "iVBORw0KGgo="])
urls = st.sampled_from(["https://example.com/a.png", "http://x/y.pdf"])


def record(kind: str | None, needed: JSON, **optional: Strategy) -> Strategy:
    """An object; its optional fields may be absent or null. Unknown fields may be there."""
    known = st.fixed_dictionaries(
        {**({"type": st.just(kind)} if kind else {}), **needed},
        optional={key: value | st.none() for key, value in optional.items()},
    )
    marks = st.sampled_from(["cache_control", "vendor_a"])
    extra = st.dictionaries(marks, anything, max_size=1)
    return st.builds(lambda a, b: {**b, **a}, known, extra)


texts = record("text", {"text": words}, citations=st.lists(objects, max_size=1))
data = record("base64", {"media_type": st.sampled_from(["image/png", "a/b"]), "data": base64})
links = record("url", {"url": urls})
files = record("file", {"file_id": names})
images = record("image", {"source": data | links | files})
told = words | st.lists(texts, max_size=2) | st.lists(images, max_size=1)
documents = record(
    "document",
    {
        "source": st.one_of(
            data,
            links,
            files,
            record("text", {"data": words}, media_type=st.just("text/plain")),
            record("content", {"content": told}),
        )
    },
    title=words,
    context=words,
    citations=objects,
)
found = record("search_result", {"content": told, "source": words, "title": words})
calls = record(
    "tool_use",
    {"id": names, "name": names},
    input=objects,
    caller=st.just({"type": "direct"}) | objects,
)
references = record("tool_reference", {"tool_name": names})
results = record(
    "tool_result",
    {"tool_use_id": names},
    content=words | st.lists(texts | images | documents | found | references, max_size=2),
    is_error=st.booleans(),
)
thinking = record("thinking", {}, thinking=words, signature=st.sampled_from(["", "EqoB", "a.b"]))
foreign = st.one_of(
    record("redacted_thinking", {"data": words}),
    record("server_tool_use", {"id": names, "name": names, "input": objects}),
    record("web_search_tool_result", {"tool_use_id": names, "content": anything}),
    record("container_upload", {"file_id": names}),
    record("compaction", {"content": words}),
    record("something_new", {"x": anything}),
)
blocks: Strategy = st.one_of(texts, images, documents, found, calls, results, thinking, foreign)
contents = words | st.lists(blocks, max_size=3)
messages = record(
    None,
    {"role": st.sampled_from(["user", "assistant", "system"]), "content": contents},
    output_config=objects,
)
tools = st.one_of(
    record(
        None,
        {"name": names},
        type=st.just("custom"),
        description=words,
        input_schema=objects,
        strict=st.booleans(),
        defer_loading=st.booleans(),
    ),
    record("web_search_20250305", {}, name=st.just("web_search"), max_uses=st.integers(1, 5)),
    record("code_execution_20260120", {"name": st.just("code_execution")}),
    record("bash_20250124", {"name": st.just("bash")}),
)
choices = st.one_of(
    record("auto", {}, disable_parallel_tool_use=st.booleans()),
    record("any", {}, disable_parallel_tool_use=st.booleans()),
    record("tool", {"name": names}, disable_parallel_tool_use=st.booleans()),
    record("none", {}),
    record("something_new", {}),
)
displays = st.sampled_from(["omitted", "summarized", "updates"])
thoughts = st.one_of(
    record("enabled", {"budget_tokens": st.integers(1024, 9999)}, display=displays),
    record("enabled", {}),
    record("adaptive", {}, display=displays),
    record("disabled", {}),
    record("between_tools", {}),
    record("something_new", {}),
)
formats = record("json_schema", {}, schema=objects) | record("grammar", {"x": anything})
efforts = st.sampled_from(["low", "max", "High", "odd"])
models = st.sampled_from(["claude-sonnet-4-5", "claude-opus-5-5", "x"])
numbers = st.integers(0, 1) | st.floats(0, 1)
requests: Strategy = record(
    None,
    {"model": models, "messages": st.lists(messages, min_size=1, max_size=3)},
    max_tokens=st.integers(1, 99_999),
    system=words | st.lists(texts, max_size=2),
    tools=st.lists(tools, max_size=2),
    tool_choice=choices,
    thinking=thoughts,
    output_config=record(None, {}, effort=efforts, format=formats),
    output_format=formats,
    stop_sequences=st.lists(words, max_size=2),
    temperature=numbers,
    top_p=numbers,
    top_k=st.integers(0, 99),
    stream=st.booleans(),
    metadata=objects,
    context_management=objects,
    service_tier=words,
)


@st.composite
def damaged(draw: st.DrawFn, values: Strategy) -> Any:
    """One place of a valid value becomes anything else."""
    value = draw(values)
    places = list(_places(value, ()))
    path = draw(st.sampled_from(places)) if places else ()
    return _replaced(value, path, draw(anything))


def _places(value: Any, path: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    keys: Any = ()
    if isinstance(value, dict):
        keys = value.keys()
    elif isinstance(value, list):
        keys = range(len(value))
    for key in keys:
        found += _places(value[key], (*path, key))
    return found


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _replaced(value[path[0]], path[1:], new)
    return copy


said = st.one_of(
    st.fixed_dictionaries({"type": st.just("text"), "text": words.filter(bool)}),
    st.fixed_dictionaries(
        {
            "type": st.just("thinking"),
            "thinking": words,
            "signature": st.sampled_from(["", "EqoB"]),
        }
    ),
    st.fixed_dictionaries(
        {"type": st.just("tool_use"), "id": names, "name": names, "input": objects}
    ),
    st.fixed_dictionaries({"type": st.just("redacted_thinking"), "data": words}),
    st.fixed_dictionaries(
        {"type": st.just("server_tool_use"), "id": names, "name": names, "input": objects}
    ),
)
reasons = ["end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal", "odd"]


def answers() -> Strategy:
    """Whole answers."""
    return st.builds(
        lambda content, reason: {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "c",
            "content": content,
            "stop_reason": reason,
            "stop_sequence": None,
            "usage": {"input_tokens": 3, "cache_read_input_tokens": 2, "output_tokens": 7},
        },
        st.lists(said, max_size=4),
        st.sampled_from(reasons),
    )

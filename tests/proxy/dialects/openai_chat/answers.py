"""Answers of the Chat API as hypothesis makes them up, and the streams that tell the same."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from tests.proxy.dialects.openai_chat.bodies import JSON, names, signatures, urls

spoken = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
jsons = st.sampled_from(["{}", '{"a": 1}', '{"a": "\\u00e9\\n", "b": [1, 2]}'])
function: st.SearchStrategy[JSON] = st.fixed_dictionaries({"name": names, "arguments": jsons})
needed: dict[str, st.SearchStrategy[Any]] = {
    "id": names.map("call_".__add__),
    "function": function,
}
tool: st.SearchStrategy[JSON] = st.fixed_dictionaries(
    needed,
    optional={
        "type": st.just("function"),
        "extra_content": signatures.map(lambda s: {"google": {"thought_signature": s}}),
    },
)
source = st.fixed_dictionaries(
    {"url": st.just("https://example.com"), "title": spoken},
    optional={"start_index": st.just(0), "end_index": st.integers(1, 9)},
)
note = source.map(lambda inner: {"type": "url_citation", "url_citation": inner})
picture = st.builds(lambda url: {"type": "image_url", "image_url": {"url": url}}, urls)
token = st.builds(
    lambda t, p: {"token": t, "logprob": p, "bytes": list(t.encode()), "top_logprobs": []},
    spoken,
    st.floats(-9, 0),
)
message = st.fixed_dictionaries(
    {"role": st.just("assistant")},
    optional={
        "reasoning_content": spoken,
        "content": spoken | st.none() | st.just(""),
        "refusal": spoken | st.none(),
        "images": st.lists(picture, max_size=2),
        "tool_calls": st.lists(tool, max_size=3, unique_by=lambda call: call["id"]) | st.none(),
        "annotations": st.lists(note, max_size=2),
        "vendor_field": st.integers(1, 3),
    },
)
reasons = st.sampled_from(["stop", "length", "tool_calls", "content_filter", "eos", "odd"])


@st.composite
def whole(draw: st.DrawFn) -> JSON:
    choices = [
        {
            "index": index,
            "message": draw(message),
            "logprobs": draw(st.none() | st.lists(token, max_size=2).map(lambda t: {"content": t})),
            "finish_reason": draw(reasons),
        }
        for index in range(draw(st.integers(1, 3)))
    ]
    body: JSON = {"id": "chatcmpl-1", "object": "chat.completion", "created": 5, "model": "m"}
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    return {**body, "choices": choices, "usage": usage, "provider": "p"}


@st.composite
def streamed(draw: st.DrawFn, body: JSON) -> list[JSON]:
    """The chunks of `body`: texts and arguments cut anywhere, candidates interleaved."""
    queues = [
        [{"index": choice["index"], "delta": delta} for delta in _deltas(draw, choice["message"])]
        for choice in body["choices"]
    ]
    chunks = []
    while any(queues):
        queue = draw(st.sampled_from([queue for queue in queues if queue]))
        chunks.append({**_head(body), "choices": [queue.pop(0)]})
    for choice in body["choices"]:
        end = {key: choice[key] for key in ("index", "logprobs", "finish_reason")}
        chunks.append({**_head(body), "choices": [{**end, "delta": {}}]})
    return [*chunks, {**_head(body), "choices": [], "usage": body["usage"]}]


def _head(body: JSON) -> JSON:
    head = {key: body[key] for key in ("id", "created", "model", "provider")}
    return {**head, "object": "chat.completion.chunk"}


def _deltas(draw: st.DrawFn, said: JSON) -> list[JSON]:
    deltas: list[JSON] = [{"role": "assistant", "content": ""}]
    for field in ("reasoning_content", "content", "refusal"):
        deltas += [{field: piece} for piece in _cut(draw, said.get(field) or "")]
    for field in ("images", "annotations"):
        deltas += [{field: [item]} for item in said.get(field, ())]
    for index, call in enumerate(said.get("tool_calls") or ()):
        inner = call["function"]
        first = {**call, "index": index, "function": {**inner, "arguments": ""}}
        deltas.append({"tool_calls": [first]})
        for piece in _cut(draw, inner["arguments"]):
            item: dict[str, Any] = {"index": index, "function": {"arguments": piece}}
            deltas.append({"tool_calls": [item]})
    if "vendor_field" in said:
        deltas.append({"vendor_field": said["vendor_field"]})
    return deltas


def _cut(draw: st.DrawFn, text: str) -> list[str]:
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(text) - 1)), max_size=3)))
    edges = [0, *cuts, len(text)]
    return [text[a:b] for a, b in pairwise(edges) if text[a:b]]

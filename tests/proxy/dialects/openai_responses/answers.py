"""Answers of the Responses API as hypothesis makes them up, and the streams that tell the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from tests.proxy.dialects.openai_responses.bodies import JSON, anything, names

spoken = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
note = st.fixed_dictionaries(
    {"type": st.just("url_citation"), "url": st.just("https://example.com"), "title": spoken},
    optional={"start_index": st.just(0), "end_index": st.integers(1, 9)},
)
token = st.builds(
    lambda t, p: {"token": t, "logprob": p, "bytes": list(t.encode()), "top_logprobs": []},
    spoken,
    st.floats(-9, 0),
)
texts = st.fixed_dictionaries(
    {
        "type": st.just("output_text"),
        "text": spoken,
        "annotations": st.lists(note, max_size=2),
        "logprobs": st.lists(token, max_size=2),
    }
)
refusals = st.fixed_dictionaries({"type": st.just("refusal"), "refusal": spoken})


def item(kind: str, **needed: Any) -> st.SearchStrategy[JSON]:
    return st.fixed_dictionaries({"type": st.just(kind), "id": names, **needed})


def pieces(kind: str) -> st.SearchStrategy[Any]:
    piece = st.fixed_dictionaries({"type": st.just(kind), "text": spoken})
    return st.lists(piece, max_size=2)


items = st.one_of(
    item("message", role=st.just("assistant"), content=st.lists(texts | refusals, max_size=3)),
    item("reasoning", summary=pieces("summary_text"), content=pieces("reasoning_text")),
    item("reasoning", summary=st.just([]), encrypted_content=names),
    item("function_call", call_id=names, name=names, arguments=spoken | st.just("")),
    item("custom_tool_call", call_id=names, name=names, input=spoken),
    item(
        "code_interpreter_call",
        code=spoken,
        outputs=st.none() | st.lists(st.builds(lambda x: {"type": "logs", "logs": x}, spoken)),
    ),
    item("image_generation_call", result=st.just("aGk=") | st.none(), output_format=names),
    item("web_search_call", action=anything),
)
USAGE = {
    "input_tokens": 3,
    "input_tokens_details": {"cached_tokens": 1},
    "output_tokens": 2,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 5,
}


@st.composite
def whole(draw: st.DrawFn) -> JSON:
    status = draw(st.sampled_from(["completed", "incomplete"]))
    why = draw(st.sampled_from(["max_output_tokens", "content_filter", "odd"]))
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 5,
        "model": "m",
        "status": status,
        "incomplete_details": {"reason": why} if status == "incomplete" else None,
        "output": draw(st.lists(items, max_size=4)),
        "usage": USAGE,
    }


@st.composite
def streamed(draw: st.DrawFn, body: JSON) -> list[JSON]:
    """The events of `body`: texts and arguments cut anywhere."""
    early = body | {"status": "in_progress", "output": [], "usage": None}
    events: list[JSON] = [{"type": "response.created", "response": early}]
    for place, whole_item in enumerate(body["output"]):
        events += [event | {"output_index": place} for event in _told(draw, whole_item)]
        if draw(st.booleans()):
            events.append({"type": draw(st.sampled_from(["keepalive", "response.new.delta"]))})
    events.append({"type": f"response.{body['status']}", "response": body})
    return [event | {"sequence_number": number} for number, event in enumerate(events)]


def _told(draw: st.DrawFn, said: JSON) -> Iterator[JSON]:
    empty = said | {
        name: type(said[name])()
        for name in ("content", "summary", "arguments", "input", "code", "result", "outputs")
        if name in said and said[name] is not None
    }
    yield {"type": "response.output_item.added", "item": empty}
    yield from _pieces(draw, said)
    yield {"type": "response.output_item.done", "item": said}


_ARGUED = {
    "function_call": ("function_call_arguments", "arguments"),
    "custom_tool_call": ("custom_tool_call_input", "input"),
    "code_interpreter_call": ("code_interpreter_call_code", "code"),
}
_THOUGHT = (("summary", "reasoning_summary_text"), ("content", "reasoning_text"))


def _pieces(draw: st.DrawFn, said: JSON) -> Iterator[JSON]:
    if said["type"] in _ARGUED:
        kind, field = _ARGUED[said["type"]]
        yield from _deltas(draw, kind, said[field])
    elif said["type"] == "message":
        for number, part in enumerate(said["content"]):
            yield from (event | {"content_index": number} for event in _part(draw, part))
    elif said["type"] == "reasoning":
        for field, kind in _THOUGHT:
            for number, piece in enumerate(said.get(field, ())):
                told = _deltas(draw, kind, piece["text"])
                yield from (event | {f"{field}_index": number} for event in told)


def _part(draw: st.DrawFn, part: JSON) -> Iterator[JSON]:
    field = "refusal" if part["type"] == "refusal" else "text"
    blank: JSON = {"annotations": [], "logprobs": []} if field == "text" else {}
    yield {"type": "response.content_part.added", "part": part | {field: ""} | blank}
    yield from _deltas(draw, "refusal" if field == "refusal" else "output_text", part[field])
    yield {"type": "response.content_part.done", "part": part}


def _deltas(draw: st.DrawFn, kind: str, text: str) -> Iterator[JSON]:
    """All of the text, or its beginning: the rest is told at the end."""
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(text) - 1)), max_size=3)))
    edges = [0, *cuts, len(text)]
    told = [text[a:b] for a, b in pairwise(edges) if text[a:b]]
    kept = told if draw(st.booleans()) or "reasoning" in kind else told[:1]
    for piece in kept:
        yield {"type": f"response.{kind}.delta", "delta": piece}

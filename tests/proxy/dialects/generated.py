"""Hypothesis strategies: conversations and answers in the IR, as any dialect may say them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from hypothesis import strategies as st

from proxy.ir import (
    Batch,
    Choice,
    Citation,
    Cite,
    Close,
    Code,
    CodeResult,
    CustomTool,
    Delta,
    Dialect,
    Finish,
    FinishReason,
    Foreign,
    Format,
    FunctionTool,
    Media,
    Opaque,
    Open,
    Output,
    Part,
    Ping,
    Reasoning,
    Refusal,
    Request,
    Role,
    Sampling,
    Signature,
    Start,
    Text,
    Thinking,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
    Usage,
)

Strategy = st.SearchStrategy[Any]

words = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=8),
    st.sampled_from(
        ["", " ", "\u2028", "é🙂\u0085", "\r\n\r\ndata: x", "```", '"\\', "\x00", "]}"]
    ),
)
names = st.text("abc_-", min_size=1, max_size=6)
scalars: Strategy = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words
objects: Strategy = st.dictionaries(
    words,
    st.recursive(scalars, lambda below: st.lists(below, max_size=2), max_leaves=3),
    max_size=3,
)
arguments = st.one_of(
    st.just(""), objects.map(lambda value: msgspec.json.encode(value).decode()), st.just('{"a": ')
)
signatures = st.none() | st.builds(
    Signature, st.sampled_from(Dialect), st.sampled_from(["QUJD", "ab+/", "EqoBCkgIARABGAIiQL8="])
)
images = st.builds(
    Media, st.sampled_from(["image/png", "image/jpeg"]), st.sampled_from(["aGk=", "iVBORw0KGgo="])
)
media = images | st.one_of(
    st.builds(Media, st.just("application/pdf"), st.just("JVBERi0="), name=st.just("a.pdf")),
    st.builds(Media, st.just("audio/wav"), st.just("UklGRg==")),
    st.builds(Media, st.just("image/png"), url=st.just("https://example.com/a.png")),
)
foreign = st.builds(
    lambda origin, data: Foreign(Opaque(origin, {"type": "something_new", **data})),
    st.sampled_from(Dialect),
    objects,
)
texts = st.builds(Text, words)
signed = st.builds(Text, words, signatures)
thoughts = st.builds(Thinking, words, signatures)
calls = st.builds(ToolCall, names, names, arguments, signature=signatures) | st.builds(
    ToolCall, names, names, words, st.just(True)
)
ran = st.tuples(
    st.builds(Code, words, st.sampled_from(["python", ""]), st.just("x1"), signatures),
    st.builds(CodeResult, words, st.booleans(), st.just("x1")),
)
results = st.builds(
    ToolResult,
    names,
    st.lists(texts | images | foreign, max_size=3).map(tuple),
    is_error=st.booleans(),
)


def flat(groups: Sequence[Sequence[Part]]) -> tuple[Part, ...]:
    return tuple(part for group in groups for part in group)


def one(part: Part) -> tuple[Part, ...]:
    return (part,)


spoken = st.one_of(
    *(
        kind.map(one)
        for kind in (signed, thoughts, calls, images, foreign, st.builds(Refusal, words))
    ),
    ran,
)
model_turns = st.builds(Turn, st.just(Role.MODEL), st.lists(spoken, max_size=4).map(flat))
user_turns = st.builds(
    Turn,
    st.just(Role.USER),
    st.lists(texts | results | media | foreign, min_size=1, max_size=4).map(tuple),
)
system_turns = st.builds(
    Turn, st.just(Role.SYSTEM), st.lists(texts, min_size=1, max_size=2).map(tuple)
)

schemas = st.none() | st.sampled_from(
    [
        {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
        {"type": "object", "properties": {"é\u2028": {"$ref": "#"}}},
        {},
    ]
)
tools = st.one_of(
    st.builds(FunctionTool, names, words, schemas, st.none() | st.booleans()),
    st.builds(CustomTool, names, words),
)
sampling = st.builds(
    Sampling,
    temperature=st.none() | st.floats(0, 1),
    top_p=st.none() | st.floats(0, 1),
    top_k=st.none() | st.integers(1, 40),
    max_tokens=st.none() | st.integers(1, 9999),
    stop=st.none() | st.lists(words.filter(str.strip), min_size=1, max_size=2).map(tuple),
    seed=st.none() | st.integers(0, 99),
)
reasoning = st.none() | st.builds(
    Reasoning,
    effort=st.none()
    | st.sampled_from(["none", "minimal", "low", "medium", "high", "xhigh", "max"]),
    budget=st.none() | st.sampled_from([-1, 0, 1024, 8192]),
    include=st.none() | st.booleans(),
)
outputs = (
    st.none()
    | st.builds(
        Output,
        format=st.none() | st.sampled_from([Format.TEXT, Format.JSON]),
        modalities=st.none() | st.just(("text",)),
    )
    | st.builds(
        Output, format=st.just(Format.SCHEMA), schema=st.just({"type": "object"}), name=names
    )
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Calls and their results share ids now and then, and names of tools and choices agree."""
    offered = tuple(draw(st.lists(tools, max_size=3, unique_by=lambda tool: tool.name)))
    chosen = [tool.name for tool in offered]
    choice = draw(
        st.none()
        | st.builds(ToolChoice, st.sampled_from(Choice))
        | st.builds(
            ToolChoice, st.just(Choice.REQUIRED), st.just((chosen or ["f"])[0]).map(one_name)
        )
    )
    first = draw(st.lists(system_turns, max_size=1))
    asked = draw(user_turns)
    rest = draw(st.lists(model_turns | user_turns | system_turns, max_size=3))
    return Request(
        model=draw(st.sampled_from(["gemini-2.5-pro", "gemini-3-pro", "claude-opus-5-5", "gpt-5"])),
        turns=(*first, asked, *rest),
        tools=offered,
        tool_choice=choice,
        parallel_calls=draw(st.none() | st.booleans()),
        sampling=draw(sampling),
        reasoning=draw(reasoning),
        output=draw(outputs),
        stream=draw(st.booleans()),
    )


def one_name(name: str) -> tuple[str, ...]:
    return (name,)


_GROWS = {Text: "text", Thinking: "text", Refusal: "text", ToolCall: "arguments", Code: "code"}


def told(draw: st.DrawFn, index: int, part: Part) -> Iterator[Any]:
    """The part's events: it may come whole or in pieces, its signature at its end."""
    field = _GROWS.get(type(part), "")
    full = getattr(part, field) if field else ""
    signature = getattr(part, "signature", None)
    if full and draw(st.booleans()):
        empty: dict[str, Any] = {field: ""} if signature is None else {field: "", "signature": None}
        yield Open(index, msgspec.structs.replace(part, **empty))
        at = draw(st.integers(0, len(full)))
        yield from (Delta(index, piece) for piece in (full[:at], full[at:]))
        yield Close(index, signature)
    else:
        yield Open(index, part)
        yield Close(index)


@st.composite
def answers(draw: st.DrawFn) -> Batch:
    said = draw(st.lists(spoken, max_size=4).map(flat))
    events: Batch = [Start("r1", "m-real", draw(st.sampled_from([0, 1_700_000_000])))]
    for index, part in enumerate(said):
        events += told(draw, index, part)
        if draw(st.integers(0, 5)) == 0:
            events.append(Ping())
    visible = sum(len(part.text) for part in said if isinstance(part, Text))
    if visible and draw(st.booleans()):
        end = draw(st.integers(1, visible))
        events.append(Cite((Citation("https://a", "t", 0, end), Citation("https://b"))))
    calling = any(isinstance(part, ToolCall) for part in said)
    reason = (
        FinishReason.TOOL_CALLS
        if calling
        else draw(st.sampled_from([FinishReason.STOP, FinishReason.LENGTH, FinishReason.FILTERED]))
    )
    counts = draw(st.none() | st.builds(Usage, st.integers(0, 99), st.integers(5, 99)))
    return [*events, *([counts] if counts else []), Finish(reason)]

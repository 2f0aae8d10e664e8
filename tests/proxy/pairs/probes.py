"""One small request or answer for each thing that must survive a translation."""

from __future__ import annotations

import base64
from typing import Any, NamedTuple

from proxy.ir import (
    Batch,
    Builtin,
    BuiltinTool,
    Choice,
    Citation,
    Cite,
    Close,
    Code,
    CodeResult,
    Finish,
    FinishReason,
    Format,
    FunctionTool,
    Logprobs,
    Media,
    Open,
    Output,
    Part,
    Reasoning,
    Request,
    Role,
    Sampling,
    Start,
    Text,
    Thinking,
    TokenLogprob,
    Tool,
    ToolCall,
    ToolChoice,
    ToolResult,
    Turn,
    Usage,
)
from tests.proxy.pairs import wires
from tests.proxy.pairs.wires import Wires


class Probe(NamedTuple):
    """What is `said`, in English and Chinese; `keys` of its summary are what is compared.

    `native`: how dialects spell it that the renderer has no words for (`wires.py`).
    """

    english: str
    chinese: str
    said: Request | Batch
    keys: tuple[str, ...]
    native: Wires = wires.NONE


def user(*parts: Part) -> Turn:
    return Turn(Role.USER, parts)


def model(*parts: Part) -> Turn:
    return Turn(Role.MODEL, parts)


def system(text: str) -> Turn:
    return Turn(Role.SYSTEM, (Text(text),))


def asked(*turns: Turn, **more: Any) -> Request:
    return Request(model="m", turns=turns or (user(Text("hi")),), **more)


def told(
    *parts: Part, more: Batch | None = None, reason: FinishReason = FinishReason.STOP
) -> Batch:
    said = [event for at, part in enumerate(parts) for event in (Open(at, part), Close(at))]
    return [Start("r1", "m", 5), *said, *(more or []), Finish(reason)]


def sampled(**more: Any) -> Request:
    return asked(sampling=Sampling(max_tokens=99, **more))


def seeing(mime: str, raw: bytes, name: str = "") -> Request:
    data = base64.b64encode(raw).decode()
    return asked(user(Text("What is this?"), Media(mime, data, name=name)))


TREE = {
    "type": "object",
    "properties": {"root": {"$ref": "#/$defs/node"}},
    "required": ["root"],
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "below": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
        }
    },
}
LOOK = FunctionTool("look", "Looks.", {"type": "object", "properties": {"n": {"type": "integer"}}})
FIND = FunctionTool("find", "Finds.", {"type": "object", "properties": {"q": {"type": "string"}}})
TOOLS: tuple[Tool, ...] = (LOOK, FIND)
CALLS = (ToolCall("call_1", "look", '{"n":1}'), ToolCall("call_2", "look", '{"n":2}'))
FILM = b"\0\0\0\x18ftypmp42"
IMAGE = Media("image/png", "iVBORw0KGgo=")
FORCED = ToolChoice(Choice.REQUIRED, ("look",))
LIMITED = ToolChoice(Choice.REQUIRED, ("look", "find"))


def called(*results: ToolResult) -> Request:
    calls = CALLS[: len(results)]
    return asked(user(Text("Look.")), model(*calls), user(*results), tools=TOOLS)


PROBES = [
    Probe(
        "Texts and roles in order", "文本与角色的顺序",
        asked(user(Text("a")), model(Text("b")), user(Text("c"), Text("d"))), ("text",),
    ),
    Probe(
        "Text after a call", "调用之后的文本",
        asked(user(Text("a")), model(Text("b"), CALLS[0], Text("c")),
              user(ToolResult("call_1", (Text("d"),))), tools=TOOLS), ("text", "order"),
    ),
    Probe("System text", "系统提示", asked(system("Be brief."), user(Text("a"))), ("system",)),
    Probe(
        "System text in the middle", "中途的系统提示",
        asked(user(Text("a")), model(Text("b")), system("Be brief."), user(Text("c"))),
        ("system", "text", "order"), wires.SYSTEM,
    ),
    Probe("Tool definitions", "工具定义",
          asked(tools=TOOLS), ("tools",)),
    Probe(
        "A recursive `$ref` in a schema", "递归 `$ref`",
        asked(tools=(FunctionTool("grow", "Grows.", TREE),)), ("tools",),
    ),
    Probe("Tool choice: this tool", "工具选择：指定工具",
          asked(tools=TOOLS, tool_choice=FORCED), ("tool_choice",)),
    Probe("Tool choice: one of these", "工具选择：限定范围",
          asked(tools=(*TOOLS, FunctionTool("third")), tool_choice=LIMITED), ("tool_choice",)),
    Probe("Tool choice: none", "工具选择：禁用",
          asked(tools=TOOLS, tool_choice=ToolChoice(Choice.NONE)), ("tool_choice",)),
    Probe(
        "Parallel calls and their ids", "并行调用及其 id",
        called(ToolResult("call_1", (Text("a"),)), ToolResult("call_2", (Text("b"),))),
        ("calls", "links", "results"),
    ),
    Probe("One call at a time", "禁止并行调用",
          asked(tools=TOOLS, parallel_calls=False), ("parallel",)),
    Probe("A tool's result with an image", "工具结果中的图片",
          called(ToolResult("call_1", (Text("a"), IMAGE))), ("results", "media")),
    Probe("A tool's result that is an error", "工具结果为错误",
          called(ToolResult("call_1", (Text("no"),), is_error=True)), ("results", "errors")),
    Probe("Thinking on", "开启思考", asked(reasoning=Reasoning(effort="high"),
          sampling=Sampling(max_tokens=30_000)), ("reasoning",)),
    Probe("Thinking in an answer", "回答中的思考",
          told(Thinking("hm"), Text("a")), ("thinking", "text")),
    Probe("Image input", "图片输入", seeing("image/png", b"\x89PNG\r\n\x1a\n"), ("media",)),
    Probe("PDF input", "PDF 输入", seeing("application/pdf", b"%PDF-1.7", "a.pdf"), ("media",)),
    Probe("Audio input", "音频输入", seeing("audio/wav", b"RIFF\1\1\1\1WAVE"), ("media",)),
    Probe("Video input", "视频输入", seeing("video/mp4", FILM), ("media",),
          wires.film(FILM)),
    Probe("Image output", "图片输出", told(Text("a"), IMAGE), ("media", "text")),
    Probe("JSON output", "JSON 输出",
          asked(output=Output(format=Format.JSON)), ("format",)),
    Probe(
        "Output by a schema", "结构化输出（Schema）",
        asked(output=Output(format=Format.SCHEMA, schema=LOOK.schema, name="answer")),
        ("format", "schema"),
    ),
    Probe("Search by the upstream", "上游搜索工具",
          asked(tools=(BuiltinTool(Builtin.SEARCH),)), ("builtin",), wires.SEARCH),
    Probe("Code run by the upstream", "上游代码执行工具",
          asked(tools=(BuiltinTool(Builtin.CODE),)), ("builtin",)),
    Probe(
        "Code and its output in an answer", "回答中的代码与输出",
        told(Code("print(1)", "python", "c1"), CodeResult("1\n", id="c1"), Text("a")), ("text",),
    ),
    Probe(
        "Citations in an answer", "回答中的引用",
        told(Text("abc"), more=[Cite((Citation("https://example.com", "t", 0, 3),))]),
        ("citations", "text"), wires.CITED,
    ),
    Probe("Stop sequences", "停止序列", sampled(stop=("END",)), ("stop",)),
    Probe("Temperature", "temperature",
          sampled(temperature=0.5), ("temperature",)),
    Probe("Temperature with `top_p`", "temperature 加 `top_p`",
          sampled(temperature=0.5, top_p=0.9), ("temperature", "top_p")),
    Probe("Seed", "`seed`", sampled(seed=7), ("seed",)),
    Probe("`n`, several answers", "`n`（多个回答）", sampled(n=2), ("n",)),
    Probe("Logprobs wanted", "请求 logprobs",
          sampled(logprobs=True, top_logprobs=2), ("logprobs", "top_logprobs")),
    Probe("Logprobs in an answer", "回答中的 logprobs",
          told(Text("a"), more=[Logprobs((TokenLogprob("a", -0.5),))]), ("logprobs", "text")),
    Probe(
        "Tokens: input, output, cached, thinking", "用量：输入、输出、缓存、思考",
        told(Text("a"), more=[Usage(100, 50, 30, 20)]),
        ("input", "output", "cached", "thinking tokens"),
    ),
    Probe("Finish: length", "结束原因：长度",
          told(Text("a"), reason=FinishReason.LENGTH), ("finish",)),
    Probe("Finish: tool calls", "结束原因：工具调用",
          told(*CALLS, reason=FinishReason.TOOL_CALLS), ("finish", "calls")),
    Probe("Finish: filtered", "结束原因：内容过滤",
          told(Text("a"), reason=FinishReason.FILTERED), ("finish",)),
]  # fmt: skip

"""A Chat Completions request as a neutral question."""

from __future__ import annotations

import base64
import json
from typing import Any

from gateway.simulator import tokens
from gateway.simulator.openai import rules
from gateway.simulator.question import (
    Attachment,
    Choice,
    Question,
    Result,
    Thinking,
    Tool,
    data_url,
)
from gateway.simulator.reply import JSON
from gateway.simulator.service import Rejected

_AUDIO = {"wav": "audio/wav", "mp3": "audio/mp3"}


def question(body: JSON) -> Question:
    """Raises Rejected for whatever the service would refuse."""
    rules.check(body)
    messages: list[JSON] = body["messages"]
    last = _last(messages)
    choice, only = _choice(body)
    asked = next((m for m in reversed(last) if m["role"] == "user"), {})
    return Question(
        model=body["model"],
        text=_text(asked.get("content")),
        said="".join(_text(m.get("content")) for m in messages if m["role"] == "assistant"),
        attachments=tuple(a for m in last for a in _attachments(m.get("content"))),
        results=tuple(_result(m, messages) for m in last if m["role"] in {"tool", "function"}),
        tools=_tools(body),
        choice=choice,
        only=only,
        parallel=body.get("parallel_tool_calls") is not False,
        thinking=_thinking(body),
        n=body.get("n") or 1,
        max_tokens=body.get("max_completion_tokens") or body.get("max_tokens"),
        stop=_stop(body.get("stop")),
        logprobs=(body.get("top_logprobs") or 0) if body.get("logprobs") else None,
        schema=_schema(body.get("response_format") or {}),
        image="-image" in body["model"] or "image" in (body.get("modalities") or []),
        prompt=_prompt(body),
        media=tuple(a.modality for m in messages for a in _attachments(m.get("content"))),
    )


def _last(messages: list[JSON]) -> list[JSON]:
    """What was said since the assistant last spoke."""
    for place in range(len(messages) - 1, -1, -1):
        if messages[place]["role"] == "assistant" and place < len(messages) - 1:
            return messages[place + 1 :]
    return messages


def _parts(content: Any) -> list[JSON]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [part for part in content or [] if isinstance(part, dict)]


def _text(content: Any) -> str:
    """The last text of a message."""
    said = [part["text"] for part in _parts(content) if part.get("type") == "text"]
    return said[-1] if said else ""


def _attachments(content: Any) -> list[Attachment]:
    found: list[Attachment] = []
    for number, part in enumerate(_parts(content)):
        try:
            attachment = _attachment(part)
        except (ValueError, KeyError) as error:
            raise Rejected(
                f"Invalid content part: {error}",
                f"messages.content[{number}]",
                code="invalid_image_url",
            ) from error
        if attachment is not None:
            found.append(attachment)
    return found


def _attachment(part: JSON) -> Attachment | None:
    match part.get("type"):
        case "image_url":
            return data_url(part["image_url"]["url"])
        case "input_audio":
            audio = part["input_audio"]
            data = base64.b64decode(audio["data"], validate=True)
            return Attachment(_AUDIO.get(audio["format"], f"audio/{audio['format']}"), data)
        case "file":
            file = part["file"]
            return (
                data_url(file["file_data"])
                if "file_data" in file
                else Attachment("", uri=file["file_id"])
            )
        case "text" | "refusal":
            return None
        case other:
            raise Rejected(
                f"Invalid value: '{other}'. Supported values are: 'text', 'image_url', "
                "'input_audio', 'refusal', 'audio', and 'file'.",
                "messages.content.type",
                code="invalid_value",
            )


def _result(message: JSON, messages: list[JSON]) -> Result:
    text = "".join(part.get("text", "") for part in _parts(message.get("content")))
    names = {
        call.get("id"): (call.get("function") or call.get("custom") or {}).get("name", "")
        for each in messages
        for call in each.get("tool_calls") or []
    }
    return Result(message.get("name") or names.get(message.get("tool_call_id"), ""), text)


def _tools(body: JSON) -> tuple[Tool, ...]:
    found: list[Tool] = []
    for number, tool in enumerate(body.get("tools") or []):
        kind = tool.get("type")
        declared = tool.get(kind) if kind in {"function", "custom"} else None
        if not isinstance(declared, dict) or not declared.get("name"):
            where = f"tools[{number}]"
            raise Rejected(
                f"Missing required parameter: '{where}.function'.",
                where,
                code="missing_required_parameter",
            )
        found.append(Tool(declared["name"], declared.get("parameters") or {}, kind == "custom"))
    found += [Tool(f["name"], f.get("parameters") or {}) for f in body.get("functions") or []]
    return tuple(found)


def _choice(body: JSON) -> tuple[Choice, tuple[str, ...]]:
    choice = body.get("tool_choice") or body.get("function_call")
    if isinstance(choice, str):
        return Choice(choice) if choice in set(Choice) else Choice.AUTO, ()
    if not isinstance(choice, dict):
        return Choice.AUTO, ()
    if choice.get("type") == "allowed_tools":
        allowed = choice.get("allowed_tools") or choice
        names = (t.get("function", t).get("name", "") for t in allowed.get("tools", []))
        return Choice(allowed.get("mode", "auto")), tuple(names)
    named = choice.get("function") or choice.get("custom") or choice
    return Choice.REQUIRED, (named.get("name", ""),)


def _thinking(body: JSON) -> Thinking:
    """Only compatible services show their reasoning in Chat; OpenAI itself counts it."""
    effort = body.get("reasoning_effort") or (body.get("reasoning") or {}).get("effort")
    if effort in {None, "none"}:
        return Thinking.OFF
    shown = any(word in body["model"] for word in ("deepseek", "reasoner", "grok", "qwen"))
    return Thinking.SHOWN if shown else Thinking.HIDDEN


def _stop(stop: Any) -> tuple[str, ...]:
    return (stop,) if isinstance(stop, str) else tuple(stop or ())


def _schema(wanted: JSON) -> Any:
    match wanted.get("type"):
        case "json_schema":
            return (wanted.get("json_schema") or {}).get("schema") or {}
        case "json_object":
            return {}
        case _:
            return None


def _prompt(body: JSON) -> int:
    text = sum(
        tokens.count(part.get("text", ""))
        for m in body["messages"]
        for part in _parts(m.get("content"))
    )
    calls = [m["tool_calls"] for m in body["messages"] if m.get("tool_calls")]
    rest = [*calls, *(body.get("tools") or [])]
    return text + sum(tokens.count(json.dumps(each)) for each in rest)

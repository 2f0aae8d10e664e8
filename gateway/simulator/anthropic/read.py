"""A Messages request as a neutral question."""

from __future__ import annotations

import base64
import json
from typing import Any

from gateway.simulator import tokens
from gateway.simulator.anthropic import rules
from gateway.simulator.anthropic.rules import blocks
from gateway.simulator.question import Attachment, Choice, Question, Result, Thinking, Tool
from gateway.simulator.reply import JSON
from gateway.simulator.service import Rejected


def question(body: JSON) -> Question:
    """Raises Rejected for whatever the service would refuse."""
    rules.check(body)
    messages = [m for m in body["messages"] if m["role"] != "system"]
    last = blocks(next((m for m in reversed(messages) if m["role"] == "user"), {}))
    texts = [block["text"] for block in last if block["type"] == "text"]
    choice, only = _choice(body.get("tool_choice") or {})
    return Question(
        model=body["model"],
        text=texts[-1] if texts else "",
        said="".join(_said(m) for m in messages if m["role"] == "assistant"),
        attachments=_attachments(last),
        results=tuple(_result(b, messages) for b in last if b["type"] == "tool_result"),
        tools=_tools(body),
        choice=choice,
        only=only,
        parallel=not (body.get("tool_choice") or {}).get("disable_parallel_tool_use"),
        thinking=_thinking(body.get("thinking") or {}),
        max_tokens=body["max_tokens"],
        stop=tuple(body.get("stop_sequences") or ()),
        schema=_schema(body),
        prompt=prompt(body),
        media=media(body),
    )


def prompt(body: JSON) -> int:
    system = blocks({"content": body.get("system") or []})
    said = [block for message in body["messages"] for block in blocks(message)]
    text = sum(tokens.count(block["text"]) for block in [*system, *said] if "text" in block)
    structured = [b for b in said if b["type"] in {"tool_use", "tool_result"} and not _media(b)]
    rest = [*structured, *(body.get("tools") or [])]
    return text + sum(tokens.count(json.dumps(each, ensure_ascii=False)) for each in rest)


def media(body: JSON) -> tuple[str, ...]:
    return tuple(a.modality for m in body["messages"] for a in _attachments(blocks(m)))


def _said(message: JSON) -> str:
    return "".join(block["text"] for block in blocks(message) if block["type"] == "text")


def _media(block: JSON) -> bool:
    return bool(_attachments([block]))


def _attachments(found: list[JSON]) -> tuple[Attachment, ...]:
    attached: list[Attachment] = []
    for block in found:
        if block["type"] in {"image", "document"}:
            attached.append(_attachment(block.get("source") or {}))
        elif block["type"] == "tool_result" and isinstance(block.get("content"), list):
            attached += _attachments(block["content"])
    return tuple(attached)


def _attachment(source: JSON) -> Attachment:
    match source.get("type"):
        case "base64":
            try:
                data = base64.b64decode(source["data"], validate=True)
            except (ValueError, KeyError) as error:
                raise Rejected(
                    "messages.0.content.0.source.base64.data: Invalid base64 data"
                ) from error
            return Attachment(source.get("media_type", ""), data)
        case "text":
            return Attachment("text/plain", str(source.get("data", "")).encode())
        case "url":
            return Attachment("", uri=source.get("url", ""))
        case "file":
            return Attachment("", uri=source.get("file_id", ""))
        case other:
            raise Rejected(f"messages.0.content.0.source: Input tag '{other}' is not expected")


def _result(block: JSON, messages: list[JSON]) -> Result:
    content = block.get("content")
    text = content if isinstance(content, str) else _said({"content": content or []})
    names = {b.get("id"): b["name"] for m in messages for b in blocks(m) if b["type"] == "tool_use"}
    return Result(names.get(block["tool_use_id"], ""), text, bool(block.get("is_error")))


def _tools(body: JSON) -> tuple[Tool, ...]:
    """The client's own; server tools (`web_search_20250305`, …) have another type."""
    return tuple(
        Tool(tool["name"], tool["input_schema"])
        for tool in body.get("tools") or []
        if tool.get("type", "custom") == "custom"
    )


def _choice(choice: JSON) -> tuple[Choice, tuple[str, ...]]:
    match choice.get("type"):
        case "any":
            return Choice.REQUIRED, ()
        case "tool":
            return Choice.REQUIRED, (choice.get("name", ""),)
        case "none":
            return Choice.NONE, ()
        case _:
            return Choice.AUTO, ()


def _thinking(thinking: JSON) -> Thinking:
    if thinking.get("type") not in {"enabled", "adaptive"}:
        return Thinking.OFF
    return Thinking.HIDDEN if thinking.get("display") == "omitted" else Thinking.SHOWN


def _schema(body: JSON) -> Any:
    wanted = (body.get("output_config") or {}).get("format") or body.get("output_format") or {}
    return (wanted.get("schema") or {}) if wanted.get("type") == "json_schema" else None

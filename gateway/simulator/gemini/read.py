"""A GenerateContentRequest as a neutral question."""

from __future__ import annotations

import json
from typing import Any

from gateway.simulator import tokens
from gateway.simulator.gemini import fields, rules
from gateway.simulator.gemini.models import traits
from gateway.simulator.question import (
    Attachment,
    Choice,
    Question,
    Result,
    Thinking,
    Tool,
    unbase64,
)
from gateway.simulator.reply import JSON


def question(body: JSON, model: str) -> Question:
    """Raises Rejected for whatever the service would refuse."""
    body = fields.check(body, "Request")
    rules.check(body, model)
    config = body.get("generationConfig") or {}
    contents = body["contents"]
    last = contents[-1]["parts"]
    choice, only = _choice(body.get("toolConfig") or {})
    return Question(
        model=model,
        text=_text(last),
        said="".join(_said(content) for content in contents),
        attachments=_attachments(last),
        results=tuple(_result(part["functionResponse"]) for part in last if _responds(part)),
        tools=_tools(body),
        choice=choice,
        only=only,
        thinking=_thinking(config, model),
        n=config.get("candidateCount") or 1,
        max_tokens=config.get("maxOutputTokens"),
        stop=tuple(config.get("stopSequences") or ()),
        logprobs=(config.get("logprobs") or 0) if config.get("responseLogprobs") else None,
        schema=_schema(config),
        code=_has(body, "codeExecution"),
        search=_has(body, "googleSearch") or _has(body, "googleSearchRetrieval"),
        image=traits(model).image or "IMAGE" in _upper(config.get("responseModalities")),
        prompt=prompt(body),
        media=media(contents),
    )


def prompt(body: JSON) -> int:
    """Tokens of all text, of function calls and responses, and of the declared tools."""
    contents = [*(body.get("contents") or []), body.get("systemInstruction") or {}]
    counted = 0
    for content in contents:
        for part in content.get("parts") or []:
            counted += tokens.count(part.get("text", ""))
            for field in ("functionCall", "functionResponse", "executableCode"):
                if field in part:
                    counted += tokens.count(_written({**part[field], "parts": None}))
    return counted + (tokens.count(_written(body["tools"])) if body.get("tools") else 0)


def media(contents: list[JSON]) -> tuple[str, ...]:
    parts = [part for content in contents for part in content.get("parts") or []]
    return tuple(attachment.modality for attachment in _attachments(parts))


def _text(parts: list[JSON]) -> str:
    """The last text: clients put the context of a question before it."""
    spoken = [part["text"] for part in parts if part.get("text") and not part.get("thought")]
    return spoken[-1] if spoken else ""


def _said(content: JSON) -> str:
    if content.get("role") != "model":
        return ""
    return "".join(part.get("text", "") for part in content["parts"] if not part.get("thought"))


def _attachments(parts: list[JSON]) -> tuple[Attachment, ...]:
    found: list[Attachment] = []
    for part in parts:
        if "inlineData" in part:
            blob = part["inlineData"]
            found.append(Attachment(blob["mimeType"], unbase64(blob.get("data", ""))))
        elif "fileData" in part:
            file = part["fileData"]
            found.append(Attachment(file.get("mimeType", ""), uri=file.get("fileUri", "")))
        elif "functionResponse" in part:
            found += _attachments(part["functionResponse"].get("parts") or [])
    return tuple(found)


def _responds(part: JSON) -> bool:
    return "functionResponse" in part


def _result(response: JSON) -> Result:
    payload = response.get("response") or {}
    error = "error" in payload
    for key in ("error", "output", "result"):
        if isinstance(payload.get(key), str):
            return Result(response["name"], payload[key], error)
    return Result(response["name"], _written(payload), error)


def _tools(body: JSON) -> tuple[Tool, ...]:
    return tuple(
        Tool(
            declared["name"],
            declared.get("parametersJsonSchema") or declared.get("parameters") or {},
        )
        for tool in body.get("tools") or []
        for declared in tool.get("functionDeclarations") or []
    )


def _has(body: JSON, builtin: str) -> bool:
    return any(builtin in tool for tool in body.get("tools") or [])


def _choice(config: JSON) -> tuple[Choice, tuple[str, ...]]:
    calling = config.get("functionCallingConfig") or {}
    names = tuple(calling.get("allowedFunctionNames") or ())
    match str(calling.get("mode", "AUTO")).upper():
        case "NONE":
            return Choice.NONE, ()
        case "ANY":
            return Choice.REQUIRED, names
        case _:
            return Choice.AUTO, names


def _thinking(config: JSON, model: str) -> Thinking:
    thinking = config.get("thinkingConfig") or {}
    if not traits(model).thinks or thinking.get("thinkingBudget") == 0:
        return Thinking.OFF
    return Thinking.SHOWN if thinking.get("includeThoughts") else Thinking.HIDDEN


def _schema(config: JSON) -> Any:
    schema = config.get("responseJsonSchema") or config.get("responseSchema")
    return schema or ({} if config.get("responseMimeType") == "application/json" else None)


def _upper(modalities: Any) -> list[str]:
    return [str(each).upper() for each in modalities or []]


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

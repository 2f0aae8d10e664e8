"""Google's request messages, field by field: an unknown name is an error there, so it is here.

From the public SDK's types and recorded traffic. Names may come in camelCase or in snake_case.
"""

from __future__ import annotations

import re
from typing import Any

from gateway.simulator.reply import JSON
from gateway.simulator.service import Rejected

# A message's fields: "" for a value that is not looked into, "X" for one message X, "X*" for a
# list of them, "X{}" for a map to them.
_MESSAGES: dict[str, dict[str, str]] = {
    "Request": {
        "contents": "Content*", "systemInstruction": "Content", "tools": "Tool*",
        "toolConfig": "ToolConfig", "safetySettings": "SafetySetting*",
        "generationConfig": "GenerationConfig", "cachedContent": "", "labels": "", "model": "",
        "serviceTier": "", "store": "", "modelArmorConfig": "",
    },
    "CountRequest": {
        "contents": "Content*", "generateContentRequest": "Request", "model": "",
        "systemInstruction": "Content", "tools": "Tool*", "generationConfig": "GenerationConfig",
    },
    "EmbedRequest": {
        "model": "", "content": "Content", "taskType": "", "title": "", "outputDimensionality": "",
        "embedContentConfig": "", "autoTruncate": "",
    },
    "BatchEmbedRequest": {"requests": "EmbedRequest*", "model": ""},
    "Content": {"role": "", "parts": "Part*"},
    "Part": {
        "text": "", "inlineData": "Blob", "fileData": "FileData", "functionCall": "FunctionCall",
        "functionResponse": "FunctionResponse", "executableCode": "ExecutableCode",
        "codeExecutionResult": "CodeExecutionResult", "toolCall": "ToolCall",
        "toolResponse": "ToolResponse", "thought": "", "thoughtSignature": "", "videoMetadata": "",
        "mediaResolution": "", "partMetadata": "",
    },
    "Blob": {"mimeType": "", "data": "", "displayName": ""},
    "FileData": {"mimeType": "", "fileUri": "", "displayName": ""},
    "FunctionCall": {"id": "", "name": "", "args": ""},
    "FunctionResponse": {
        "id": "", "name": "", "response": "", "parts": "Part*", "willContinue": "",
        "scheduling": "",
    },
    "ExecutableCode": {"id": "", "language": "", "code": ""},
    "CodeExecutionResult": {"id": "", "outcome": "", "output": ""},
    "ToolCall": {"id": "", "toolType": "", "args": ""},
    "ToolResponse": {"id": "", "toolType": "", "response": ""},
    "Tool": {
        "functionDeclarations": "FunctionDeclaration*", "codeExecution": "", "googleSearch": "",
        "googleSearchRetrieval": "", "urlContext": "", "fileSearch": "", "googleMaps": "",
        "computerUse": "", "retrieval": "", "enterpriseWebSearch": "", "mcpServers": "",
    },
    "FunctionDeclaration": {
        "name": "", "description": "", "parameters": "Schema", "parametersJsonSchema": "",
        "response": "Schema", "responseJsonSchema": "", "behavior": "",
    },
    "Schema": {
        "type": "", "format": "", "title": "", "description": "", "nullable": "", "enum": "",
        "items": "Schema", "properties": "Schema{}", "required": "", "anyOf": "Schema*",
        "minItems": "", "maxItems": "", "minProperties": "", "maxProperties": "", "minimum": "",
        "maximum": "", "minLength": "", "maxLength": "", "pattern": "", "example": "",
        "default": "", "propertyOrdering": "",
    },
    "ToolConfig": {
        "functionCallingConfig": "FunctionCallingConfig", "retrievalConfig": "",
        "includeServerSideToolInvocations": "",
    },
    "FunctionCallingConfig": {
        "mode": "", "allowedFunctionNames": "", "streamFunctionCallArguments": "",
    },
    "SafetySetting": {"category": "", "threshold": "", "method": ""},
    "GenerationConfig": {
        "temperature": "", "topP": "", "topK": "", "candidateCount": "", "maxOutputTokens": "",
        "stopSequences": "", "responseLogprobs": "", "logprobs": "", "presencePenalty": "",
        "frequencyPenalty": "", "seed": "", "responseMimeType": "", "responseSchema": "Schema",
        "responseJsonSchema": "", "responseModalities": "", "mediaResolution": "",
        "speechConfig": "", "audioTimestamp": "", "routingConfig": "", "modelSelectionConfig": "",
        "thinkingConfig": "ThinkingConfig", "imageConfig": "ImageConfig",
        "enableEnhancedCivicAnswers": "", "responseFormat": "",
    },
    "ThinkingConfig": {"includeThoughts": "", "thinkingBudget": "", "thinkingLevel": ""},
    "ImageConfig": {
        "aspectRatio": "", "imageSize": "", "personGeneration": "", "outputMimeType": "",
        "outputCompressionQuality": "", "imageOutputOptions": "", "prominentPeople": "",
    },
}  # fmt: skip


def check(body: JSON, message: str) -> JSON:
    """`body` with every field name in camelCase; the user's own data stays as it is.

    Raises Rejected in Google's words for a name that the message does not have.
    """
    return _message(body, message, path="")


def snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def _message(value: Any, message: str, *, path: str) -> JSON:
    if not isinstance(value, dict):
        kind = "list" if isinstance(value, list) else "value"
        raise Rejected(f"Invalid value at '{path}' (type.googleapis.com/{message}), found a {kind}")
    checked: JSON = {}
    for key, item in value.items():
        name = _camel(key)
        field = _MESSAGES[message].get(name)
        if field is None:
            raise _unknown(key, path)
        if item is not None:
            checked[name] = _field(item, field, path=f"{path}.{snake(name)}".lstrip("."))
    return checked


def _field(value: Any, kind: str, *, path: str) -> Any:
    if not kind:
        return value
    if kind.endswith("*"):
        # Proto JSON takes a single object for a list of one, and the service does so, too.
        items = value if isinstance(value, list) else [value]
        return [_message(v, kind[:-1], path=f"{path}[{n}]") for n, v in enumerate(items)]
    if kind.endswith("{}"):
        if not isinstance(value, dict):
            raise Rejected(f"Invalid value at '{path}' (Map), found no object")
        return {
            key: _message(item, kind[:-2], path=f"{path}[{n}].value")
            for n, (key, item) in enumerate(value.items())
        }
    return _message(value, kind, path=path)


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda letter: letter[1].upper(), name)


def _unknown(name: str, path: str) -> Rejected:
    where = f" at '{path}'" if path else ""
    message = f'Invalid JSON payload received. Unknown name "{name}"{where}: Cannot find field.'
    return Rejected(message, param=path)

"""What a program sees that uses OpenAI's SDK when it is refused, or the answer breaks off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import openai  # type: ignore[import-not-found]

Given = dict[str, str]
Seen = dict[str, Any]


def asked(text: str) -> list[Any]:
    return [{"role": "user", "content": text}]


def bad_key(client: openai.OpenAI, given: Given) -> Seen:
    return _refused(client.with_options(api_key="sk-" + "x" * 43), given["chat"], asked("hello"))


def empty_key(client: openai.OpenAI, given: Given) -> Seen:
    return _refused(client.with_options(api_key=given["empty_key"]), given["chat"], asked("hello"))


def missing_model(client: openai.OpenAI, given: Given) -> Seen:
    return _refused(client, given["missing"], asked("hello"))


def bad_request(client: openai.OpenAI, given: Given) -> Seen:
    return _refused(client, given["chat"], [])


def no_credential(client: openai.OpenAI, given: Given) -> Seen:
    return _refused(client, given["orphan"], asked("hello"))


def _refused(client: openai.OpenAI, model: str, messages: list[Any]) -> Seen:
    try:
        client.chat.completions.create(model=model, messages=messages)
    except openai.APIStatusError as error:
        return {
            "class": type(error).__name__,
            "status": error.status_code,
            "code": error.code,
            "type": error.type,
            "message": (error.body or {}).get("message"),
        }
    return {"class": None}


def broken_stream(client: openai.OpenAI, given: Given) -> Seen:
    chunks = client.chat.completions.create(
        model=given["broken"], messages=asked("[broken_stream] one two three"), stream=True
    )
    said = ""
    try:
        for chunk in chunks:
            said += chunk.choices[0].delta.content or "" if chunk.choices else ""
    except openai.APIError as error:
        return {"text": said, "class": type(error).__name__, "message": error.message}
    return {"text": said, "class": None}


SCENARIOS: list[Callable[[openai.OpenAI, Given], Seen]] = [
    bad_key,
    empty_key,
    missing_model,
    bad_request,
    no_credential,
    broken_stream,
]

"""What a program sees that uses Google's SDK when it is refused, or the answer breaks off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from google import genai  # type: ignore[import-not-found]
from google.genai import errors, types  # type: ignore[import-not-found]

Given = dict[str, str]
Seen = dict[str, Any]


def connect(given: Given, key: str = "") -> Any:
    options = types.HttpOptions(base_url=given["base_url"], timeout=20_000)
    return genai.Client(api_key=key or given["key"], http_options=options)


def bad_key(client: Any, given: Given) -> Seen:
    return _refused(connect(given, "sk-" + "x" * 43), given["chat"], "hello")


def empty_key(client: Any, given: Given) -> Seen:
    return _refused(connect(given, given["empty_key"]), given["chat"], "hello")


def missing_model(client: Any, given: Given) -> Seen:
    return _refused(client, given["missing"], "hello")


def bad_request(client: Any, given: Given) -> Seen:
    wizard = types.Content(role="wizard", parts=[types.Part.from_text(text="hello")])
    return _refused(client, given["chat"], [wizard])


def no_credential(client: Any, given: Given) -> Seen:
    return _refused(client, given["orphan"], "hello")


def _refused(client: Any, model: str, contents: Any) -> Seen:
    try:
        client.models.generate_content(model=model, contents=contents)
    except errors.APIError as error:
        return {
            "class": type(error).__name__,
            "code": error.code,
            "status": error.status,
            "message": error.message,
        }
    return {"class": None}


def broken_stream(client: Any, given: Given) -> Seen:
    said, finishes = "", []
    try:
        for chunk in client.models.generate_content_stream(
            model=given["broken"], contents="[broken_stream] one two three"
        ):
            said += chunk.text or ""
            finishes += [
                each.finish_reason.name for each in chunk.candidates or [] if each.finish_reason
            ]
    except Exception as error:
        # SDK versions differ in the class: some cannot read an error inside a stream at all.
        return {"text": said, "finish": finishes, "class": type(error).__name__}
    return {"text": said, "finish": finishes, "class": None}


SCENARIOS: list[Callable[[Any, Given], Seen]] = [
    bad_key,
    empty_key,
    missing_model,
    bad_request,
    no_credential,
    broken_stream,
]

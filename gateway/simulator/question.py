"""What was asked, without a trace of the service it was asked at."""

from __future__ import annotations

import base64
import binascii
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class Choice(enum.StrEnum):
    AUTO = "auto"
    NONE = "none"
    REQUIRED = "required"


class Thinking(enum.StrEnum):
    OFF = "off"
    HIDDEN = "hidden"
    """Counted, not shown."""
    SHOWN = "shown"


@dataclass(frozen=True, slots=True)
class Attachment:
    """`uri` instead of `data` when the service was to fetch it itself."""

    mime_type: str
    data: bytes = b""
    uri: str = ""

    @property
    def modality(self) -> str:
        kind = self.mime_type.partition("/")[0].upper()
        return kind if kind in {"IMAGE", "AUDIO", "VIDEO"} else "DOCUMENT"


@dataclass(frozen=True, slots=True)
class Tool:
    """`schema` is the JSON Schema of the arguments; `custom` tools take free text instead."""

    name: str
    schema: Mapping[str, Any]
    custom: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool answered; `name` is that of the tool."""

    name: str
    text: str
    is_error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`text`, `attachments` and `results` are of the last turn; `said` is what the model has
    said since the user's first words; `prompt` counts the tokens of all text.

    `schema` is the JSON Schema of the answer, {} for any JSON. `logprobs` is the number of
    alternatives to each token, None when none were asked for.
    """

    model: str
    text: str = ""
    said: str = ""
    attachments: tuple[Attachment, ...] = ()
    results: tuple[Result, ...] = ()
    tools: tuple[Tool, ...] = ()
    choice: Choice = Choice.AUTO
    only: tuple[str, ...] = ()
    parallel: bool = True
    thinking: Thinking = Thinking.OFF
    n: int = 1
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    logprobs: int | None = None
    schema: Mapping[str, Any] | None = None
    code: bool = False
    search: bool = False
    image: bool = False
    prompt: int = 0
    media: tuple[str, ...] = ()
    """The modality of every attachment of the whole conversation."""


def unbase64(text: str) -> bytes:
    """Both alphabets, as Google's JSON reader takes them; raises ValueError."""
    plain = text.translate(str.maketrans("-_", "+/")).rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


def data_url(url: str) -> Attachment:
    """`data:image/png;base64,…`; any other URL is kept as it is. Raises ValueError."""
    if not url.startswith("data:"):
        return Attachment("", uri=url)
    head, comma, data = url.removeprefix("data:").partition(",")
    if not comma or not head.endswith(";base64"):
        raise ValueError("not a base64 data URL")
    return Attachment(head.removesuffix(";base64"), base64.b64decode(data, validate=True))

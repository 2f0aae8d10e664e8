"""How images reach clients whose dialect has no one place for them. Pure."""

from __future__ import annotations

import enum


class ImageReply(enum.StrEnum):
    """IMAGE_REPLY: in `message.images[]`, as a Markdown link, or both."""

    IMAGES = "images"
    MARKDOWN = "markdown"
    BOTH = "both"


class Form(enum.StrEnum):
    """XAI_RESPONSE_FORMAT."""

    URL = "url"
    B64_JSON = "b64_json"

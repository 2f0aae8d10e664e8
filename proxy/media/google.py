"""Addresses of files that Google's models read by themselves. Pure."""

from __future__ import annotations

import re

# ai.google.dev: Files API, video understanding.
_READABLE = re.compile(
    r"gs://|https://generativelanguage\.googleapis\.com/[^/]+/files/"
    r"|https?://(www\.|m\.)?(youtube\.com/|youtu\.be/)"
)


def reads(url: str) -> bool:
    return _READABLE.match(url) is not None

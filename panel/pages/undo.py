"""What a page says after something was done, with a way back where there is one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

# It travels in a cookie, and those end at 4 kB.
_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Way:
    """A form that brings back what was: where it goes and what it says."""

    path: str
    fields: tuple[tuple[str, str], ...]


def offer(
    request: HttpRequest, text: str, path: str, fields: Mapping[str, str | list[str]]
) -> None:
    """Says `text` once, with a button that undoes it; without one where that would be too long."""
    pairs = [
        (name, each)
        for name, value in fields.items()
        for each in ([value] if isinstance(value, str) else value)
    ]
    packed = json.dumps([path, pairs])
    messages.success(request, text, extra_tags=packed if len(packed) <= _MOST else "")


def way(message: Message) -> Way | None:
    if not message.extra_tags:
        return None
    path, pairs = json.loads(message.extra_tags)
    return Way(path, tuple((name, value) for name, value in pairs))

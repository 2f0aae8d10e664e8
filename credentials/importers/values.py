"""Values of other programs' files, made fit for ours. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from credentials import egress
from credentials.importers.entry import Model

POOLS = frozenset({"gemini", "vertex", "code-assist", "openai", "anthropic"})
"""Providers that are built in."""
TAKEN = POOLS | frozenset(
    {"gemini_cli", "xai", "v1", "v1beta", "v1internal", "api", "auth", "config", "creds", "media"}
    | {"models", "panel", "static", "usage", "api-key-admin", "api-key-query"}
    | {"anti-truncation", "fake-stream"}
)
"""Names that no configured provider can have: those, and paths."""

_UNFIT = re.compile(r"[^a-z0-9_-]+")
_LOCATION = re.compile(r"[a-z0-9-]{1,40}")
_HEAVIEST = 1_000


def provider(*wishes: str) -> str:
    """A provider's name from the first wish that leaves something of itself."""
    names = (_UNFIT.sub("-", wish.lower()).strip("-_")[:32].rstrip("-_") for wish in wishes)
    name = next(filter(None, names), "imported")
    return f"{name[:21]}-compatible" if name in TAKEN else name


def host(url: str) -> str:
    """The name of a host as part of a provider's name: `https://api.example.com/v1` is `example`.

    "" where there is none. Raises nothing.
    """
    try:
        labels = (urlsplit(url).hostname or "").split(".")
    except ValueError:
        return ""
    return labels[-2] if len(labels) > 1 and not labels[-1].isdigit() else "-".join(labels)


def url(value: object) -> str:
    """A base URL without its last slash; "" for none. Raises ValueError, without the URL."""
    text = text_of(value)
    if not text:
        return ""
    wrong = ValueError("Its base URL is no http:// or https:// address without user and query.")
    if not text.isprintable() or " " in text or len(text) > 500:
        raise wrong
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise wrong from None
    usable = parts.scheme in ("http", "https") and parts.hostname
    if not usable or "@" in parts.netloc or "?" in text or "#" in text:
        raise wrong
    return text.rstrip("/")


def proxy(value: object) -> str:
    """Other programs also say `none` for `direct`. Raises ValueError, without the URL."""
    text = text_of(value)
    return egress.DIRECT if text.lower() in ("none", egress.DIRECT) else egress.checked(text)


def place(value: object) -> Mapping[str, str]:
    """A region of Vertex AI, as `Entry.extra` has it."""
    location = text_of(value)
    return {"location": location} if _LOCATION.fullmatch(location) else {}


def label(value: object) -> str:
    """One line of at most 200 characters that every database takes."""
    return "".join(each for each in text_of(value) if each.isprintable())[:200]


def weight(value: object) -> int:
    """1 to 1,000. What is no number weighs 1."""
    if isinstance(value, bool) or not isinstance(value, int):
        return 1
    return max(1, min(value, _HEAVIEST))


def flag(value: object) -> bool:
    return value is True or text_of(value).lower() in ("true", "yes", "on", "1")


def texts(value: object) -> list[str]:
    """A list of texts, of which the empty ones and all else are left out."""
    items = value if isinstance(value, list | tuple) else ()
    return [text for item in items if (text := text_of(item))]


def models(value: object) -> tuple[Model, ...]:
    """Of a list of objects with a `name` and perhaps an `alias`, or of names."""
    items: Iterable[object] = value if isinstance(value, list | tuple) else ()
    found = []
    for item in items:
        named: Mapping[str, Any] = item if isinstance(item, dict) else {"name": item}
        name = label(named.get("name"))
        if name:
            found.append(Model(name, label(named.get("alias")) or name))
    return tuple(dict.fromkeys(found))[:500]


def text_of(value: object) -> str:
    """Without blanks around it; "" for what is no text."""
    return value.strip() if isinstance(value, str) else ""

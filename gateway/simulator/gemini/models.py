"""What the models' names say about them, and the list of models."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.simulator.reply import JSON

_NAMES = (
    "gemini-3.8-flash",
    "gemini-3.5-flash",
    "gemini-3.5-flash-lite",
    "gemini-3.1-pro-preview",
    "gemini-3-pro-preview",
    "gemini-3-flash-preview",
    "gemini-3-pro-image-preview",
    "gemini-2.5-pro",
    "gemini-2.5-flash",
    "gemini-2.5-flash-lite",
    "gemini-2.5-flash-image",
    "gemini-2.0-flash",
    "gemini-embedding-001",
)
_PAGE = 50


@dataclass(frozen=True, slots=True)
class Traits:
    """What differs on the wire between generations (as recorded).

    `generation` is 2.0, 2.5, 3.0 …; from 3 on text is signed, signatures are demanded, and a
    stream has a chunk per call. From 3.1 on calls have ids. Names of no generation count as 2.5.
    """

    generation: float
    image: bool

    @property
    def third(self) -> bool:
        return self.generation >= 3

    @property
    def call_ids(self) -> bool:
        return self.generation > 3

    @property
    def thinks(self) -> bool:
        return self.generation >= 2.5 and not self.image


def traits(model: str) -> Traits:
    found = re.search(r"gemini-(\d+(?:\.\d+)?)", model)
    generation = float(found[1]) if found else 3.6 if model.endswith("-latest") else 2.5
    return Traits(generation, "-image" in model)


def listing(query: Mapping[str, str]) -> JSON:
    """50 a page, or `pageSize`; `nextPageToken` while there is more."""
    size = query.get("pageSize", "")
    count = min(int(size), 1000) if size.isdigit() and int(size) else _PAGE
    start = _place(query.get("pageToken", ""))
    page: JSON = {"models": [entry(name) for name in _NAMES[start : start + count]]}
    if start + count < len(_NAMES):
        page["nextPageToken"] = base64.urlsafe_b64encode(str(start + count).encode()).decode()
    return page


def entry(name: str) -> JSON:
    embedding = "embedding" in name
    methods = ["embedContent", "batchEmbedContents", "countTokens"] if embedding else _METHODS
    model: JSON = {
        "name": f"models/{name}",
        "version": "001",
        "displayName": name.replace("-", " ").title(),
        "description": "A simulated model",
        "inputTokenLimit": 2048 if embedding else 1048576,
        "outputTokenLimit": 1 if embedding else 65536,
        "supportedGenerationMethods": methods,
    }
    if not embedding:
        model |= {"temperature": 1, "topP": 0.95, "topK": 64, "maxTemperature": 2}
        if traits(name).thinks:
            model["thinking"] = True
    return model


_METHODS = ["generateContent", "countTokens", "createCachedContent", "batchGenerateContent"]


def known(name: str) -> bool:
    return name in _NAMES


def _place(token: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(token.encode())) if token else 0
    except ValueError:
        return 0

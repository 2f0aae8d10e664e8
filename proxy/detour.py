"""Which other models are asked when a model's quota is used up. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase

PREVIEW = "preview"
"""In place of a model: the previews of the model, or the model of a preview."""

# As in gemini-2.5-flash-preview-09-2025; `-preview-tts` is another kind of model.
_PREVIEW = re.compile(r"-preview(?:-[0-9][0-9-]*)?\Z")


def others(name: str, pairs: Iterable[tuple[str, str]], listed: Collection[str]) -> list[str]:
    """What `pairs` (glob, other model) say of `name`, in their order, each once. Only previews that
    are `listed` by an upstream are known."""
    found: dict[str, None] = {}
    for glob, other in pairs:
        if fnmatchcase(name, glob):
            found |= dict.fromkeys(siblings(name, listed) if other == PREVIEW else [other])
    found.pop(name, None)
    return list(found)


def siblings(name: str, listed: Collection[str]) -> list[str]:
    """The model of a preview first, then its other previews, the newest first."""
    base = _PREVIEW.sub("", name)
    beside = [each for each in listed if each != name and _PREVIEW.sub("", each) == base]
    return sorted(sorted(beside, reverse=True), key=lambda each: each != base)

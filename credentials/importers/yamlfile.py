"""YAML with bounds: a few lines of it may stand for gigabytes. Pure."""

from __future__ import annotations

import yaml

from credentials.importers.entry import BadFile

_LARGEST = 1 << 20
_DEEPEST = 20
_MOST = 50_000
"""Nodes, counting what an alias stands for each time it is named."""

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def decode(text: str) -> object:
    """The value, of plain types. Raises BadFile, which quotes nothing."""
    if len(text) > _LARGEST:
        raise BadFile("A YAML file may have 1 MB; this one is larger.")
    try:
        _weigh(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader, in C where there is one
    except (yaml.YAMLError, ValueError, TypeError, ArithmeticError, RecursionError):
        # Its texts quote the lines in question.
        raise BadFile("The file is no valid YAML.") from None


def _weigh(text: str) -> None:
    """Refuses what is too deep or too much, before anything is built of it."""
    nodes, sizes = 0, dict[str, int]()
    open_: list[tuple[str | None, int]] = []
    for event in yaml.parse(text, Loader=_Loader):
        match event:
            case yaml.AliasEvent():
                # One that names what is still open would never end.
                nodes += sizes.get(event.anchor or "", _MOST + 1)
            case yaml.ScalarEvent():
                nodes += 1
                if event.anchor:
                    sizes[event.anchor] = 1
            case yaml.CollectionStartEvent():
                nodes += 1
                open_.append((event.anchor, nodes))
                sizes.pop(event.anchor or "", None)
            case yaml.CollectionEndEvent():
                anchor, before = open_.pop()
                if anchor:
                    sizes[anchor] = nodes - before + 1
        if nodes > _MOST or len(open_) > _DEEPEST:
            raise BadFile("The YAML file holds too much, or repeats itself too often.")

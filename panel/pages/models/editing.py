"""Aliases, exclusions and listed variants: three settings, as forms of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from panel import bridge
from panel.bridge import NotRunning, Setting

PAGE = "/panel/models"

NAMES = {
    "aliases": "MODEL_ALIASES",
    "exclusions": "MODEL_EXCLUDE",
    "variants": "MODEL_VARIANTS",
}
"""The end of the form's address → the setting."""


_ALIAS = re.compile(r"[\w.:/@+()\-]{1,200}")


@dataclass(frozen=True, slots=True)
class Tick:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Editor:
    """A form. `text` has an item a line. `locked`: the environment has the setting; `stored`: it
    was changed in the console, so what was before can come back."""

    slug: str
    name: str
    text: str
    ticks: tuple[Tick, ...]
    error: str
    locked: bool
    stored: bool

    @property
    def rows(self) -> int:
        """Lines of the field, with one to write on."""
        return max(4, min(14, self.text.count("\n") + 2))


def editors(typed: Mapping[str, tuple[str, str]] | None = None) -> dict[str, Editor]:
    """By slug; none where the table of settings is not there. `typed`: (text, error) of a form
    that was refused."""
    try:
        found = rows()
    except NotRunning:
        return {}
    return {
        slug: _editor(slug, found[name], *(typed or {}).get(slug, (None, "")))
        for slug, name in NAMES.items()
        if name in found
    }


def rows() -> dict[str, Setting]:
    """The three settings by name. Raises NotRunning."""
    return {each.name: each for each in bridge.settings().all() if each.name in NAMES.values()}


def wrong(what: str, text: str) -> str:
    """The first thing that is wrong with a form's text, in words; "" if nothing is."""
    items = [each.strip() for each in text.split(",") if each.strip()]
    match what:
        case "aliases":
            return _mispaired([each.partition("=") for each in items])
        case "exclusions":
            return next((_misspelt(each) for each in items if not _plain(each)), "")
        case _:
            return ""


def _editor(slug: str, row: Setting, text: str | None, error: str) -> Editor:
    items = [each for each in (row.value if text is None else text).split(",") if each]
    return Editor(
        slug,
        row.name,
        "\n".join(items),
        tuple(Tick(each, _variants().get(each, each), each in items) for each in row.choices),
        error,
        locked=row.source == "environment" or not row.storable,
        stored=row.source == "stored",
    )


def _variants() -> dict[str, str]:
    return {
        "thinking": _("how much to think: -high, -nothinking …"),
        "search": _("web search: -search"),
        "fake-stream": _("fake streaming: fake-stream/…"),
        "anti-truncation": _("going on when cut: anti-truncation/…"),
        "image": _("pictures' size and shape: -4k, -16x9 …"),
    }


def _mispaired(pairs: Sequence[tuple[str, str, str]]) -> str:
    pairs = [(alias.strip(), sign, model.strip()) for alias, sign, model in pairs]
    named = {alias for alias, _sign, _model in pairs}
    for place, (alias, sign, model) in enumerate(pairs):
        said = {"alias": alias, "model": model}
        if not (alias and sign and model):
            line = {"line": f"{alias}{sign}{model}"}
            return _("“%(line)s”: write alias=model, as fast=gemini-2.5-flash.") % line
        if not _ALIAS.fullmatch(alias):
            text = _(
                "“%(alias)s”: an alias has letters of any script, digits and . _ - : / @ + ( ), "
                "and no spaces."
            )
            return text % said
        if not _plain(model):
            return _misspelt(f"{alias}={model}")
        if any(alias == other for other, _sign, _model in pairs[:place]):
            return _("“%(alias)s” stands here twice. Leave one of them.") % said
        if model in named:
            return _("“%(model)s” is an alias itself. Write the model that it stands for.") % said
    return ""


def _misspelt(line: str) -> str:
    return _("“%(line)s”: write names in ASCII characters, without spaces.") % {"line": line}


def _plain(*names: str) -> bool:
    return all(each.isascii() and each.isprintable() and " " not in each for each in names)

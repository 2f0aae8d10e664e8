"""A setting as a form shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from panel.bridge import Setting

_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """`kind` is the field: "flag", "choice", "number", "text", "prose", "lines", "ticks" or
    "secret".
    `was` is the value that the page came with, so that what nobody touched is not sent back.
    `locked` says by what: "environment", or "file" for what the console never stores.
    """

    name: str
    group: str
    help: SafeString
    kind: str
    value: str
    was: str
    choices: tuple[Choice, ...]
    step: str
    unit: str
    expects: str
    default: str
    source: str
    locked: str
    is_set: bool
    hot: bool
    waits: bool
    changed_at: datetime | None
    error: str

    @property
    def id(self) -> str:
        return f"f-{self.name}"

    @property
    def on(self) -> bool:
        return self.value == "true"

    @property
    def lines(self) -> str:
        return "\n".join(items(self.value))

    @property
    def height(self) -> int:
        """Lines of the field, with one to write on."""
        return max(2, min(10, len(items(self.value)) + 1))

    @property
    def open(self) -> bool:
        """Whether it may be changed here."""
        return not self.locked

    @property
    def told(self) -> str:
        """Ids of what a reader hears with the field."""
        parts = [f"{self.id}-error" if self.error else "", f"{self.id}-about"]
        return " ".join(filter(None, parts))


def row(found: Setting, typed: str | None = None, error: str = "") -> Row:
    """`typed`: what was sent and refused, with the error."""
    value = found.value if typed is None else typed
    return Row(
        name=found.name,
        group=found.group,
        help=spelt(help(found)),
        kind=_kind(found),
        value=value,
        was=found.value,
        choices=_choices(found, value),
        step="1" if found.kind == "integer" else "any",
        unit=_unit(found),
        expects=_expects(found),
        default=found.default.replace(",", ", ") if found.kind == "list" else found.default,
        source=found.source,
        locked=_locked(found),
        is_set=found.is_set,
        hot=found.hot,
        waits=found.waits,
        changed_at=found.changed_at,
        error=error,
    )


def help(found: Setting) -> str:
    """In the reader's language."""
    return found.help_zh if (get_language() or "").startswith("zh") else found.help_en


def spelt(text: str) -> SafeString:
    """What stands between backticks is code."""
    return mark_safe(_CODE.sub(r"<code>\1</code>", escape(text)))  # noqa: S308 - escaped before


def items(text: str) -> list[str]:
    """Of a list, however it was typed."""
    return list(filter(None, (each.strip() for each in re.split(r"[,\n]", text))))


def same(found: Setting, one: str, other: str) -> bool:
    """Whether two texts are one value; the order in which boxes stand is none."""
    if found.kind != "list":
        # Browsers end lines in a way of their own.
        return one.strip().splitlines() == other.strip().splitlines()
    if found.choices:
        return set(items(one)) == set(items(other))
    return items(one) == items(other)


def words(found: Setting) -> str:
    """What a search looks through."""
    return f"{found.name} {found.help_en} {found.help_zh}".casefold()


def _kind(found: Setting) -> str:
    match found.kind:
        case "integer" | "number":
            return "number"
        case "list":
            return "ticks" if found.choices else "lines"
        case kind:
            return kind


def _choices(found: Setting, value: str) -> tuple[Choice, ...]:
    chosen: Sequence[str] = items(value) if found.kind == "list" else (value,)
    return tuple(Choice(each, each in chosen) for each in found.choices)


def _expects(found: Setting) -> str:
    """ "" where the field itself shows it."""
    if found.kind in ("flag", "choice") or found.choices:
        return ""
    return f"{found.expects} {_('Or one a line.')}" if found.kind == "list" else found.expects


def _locked(found: Setting) -> str:
    if not found.storable:
        return "file"
    return "environment" if found.source == "environment" else ""


def _unit(found: Setting) -> str:
    if found.kind == "number":
        return _("seconds")
    if found.kind != "integer":
        return ""
    return {
        "BYTES": _("bytes"),
        "DAYS": _("days"),
        "HOURS": _("hours"),
        "MEGABYTES": _("MB"),
        "UNITS": _("units"),
    }.get(found.name.rpartition("_")[2], "")

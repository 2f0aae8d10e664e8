"""The values of settings as people read and type them."""

from __future__ import annotations

import enum
from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from gateway import aliases, kinds

LONGEST = 20_000
"""Characters of a value that is stored."""


def typed(value: Any) -> str:
    """The text that would be read as this value."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case enum.StrEnum():
            return value.value
        case tuple():
            return ",".join(map(_item, value))
        case time():
            return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case _:
            return str(value)


def _item(value: Any) -> str:
    """Of a list: a pair is `left=right`."""
    return "=".join(value) if isinstance(value, tuple) else typed(value)


def word(kind: kinds.Kind[Any], *, is_secret: bool) -> str:
    """What field a form has for it."""
    if is_secret:
        return "secret"
    match kind:
        case kinds.Flag():
            return "flag"
        case kinds.Choice():
            return "choice"
        case kinds.Integer():
            return "integer"
        case kinds.Seconds():
            return "number"
        case kinds.Many():
            return "list"
        case kinds.Prose():
            return "prose"
        case _:
            return "text"


def choices(kind: kinds.Kind[Any]) -> tuple[str, ...]:
    """What may be chosen, of a list any of it; none where that is not a closed set."""
    match kind:
        case kinds.Flag():
            return ("true", "false")
        case kinds.Choice(of):
            return _names(of)
        case kinds.Many(each):
            return choices(each)
        case _:
            return ()


def _names(of: type[enum.StrEnum]) -> tuple[str, ...]:
    return tuple(each.value for each in of)


def expects(kind: kinds.Kind[Any]) -> str:
    """A sentence in the reader's language; "" if any text will do."""
    match kind:
        case kinds.Integer(low, high):
            return _("A whole number from %(low)s to %(high)s.") % {"low": low, "high": high}
        case kinds.Seconds(low, high):
            bounds = {"low": f"{low:g}", "high": f"{high:g}"}
            return _("A number of seconds from %(low)s to %(high)s.") % bounds
        case kinds.Flag():
            return _("Write true or false.")
        case kinds.Choice(of):
            return _("One of %(choices)s.") % {"choices": ", ".join(_names(of))}
        case kinds.Many(each):
            return _list(each)
        case _:
            return _text(kind)


def _list(each: kinds.Kind[Any]) -> str:
    match each:
        case kinds.Choice(of):
            return _("Any of %(choices)s, separated by commas.") % {
                "choices": ", ".join(_names(of))
            }
        case aliases.Alias():
            return _(
                "Pairs as alias=model, separated by commas: an alias has letters of any script, "
                "digits and . _ : / @ + ( ) -, stands there once, and leads to no other alias."
            )
        case kinds.Pair():
            return _("Pairs as left=right, separated by commas.")
        case kinds.Range():
            return _("IP addresses or CIDR ranges, separated by commas.")
        case kinds.Integer(low, high):
            bounds = {"low": low, "high": high}
            return _("Whole numbers from %(low)s to %(high)s, separated by commas.") % bounds
        case _:
            return _("Words without spaces, separated by commas.")


def _text(kind: kinds.Kind[Any]) -> str:
    match kind:
        case kinds.Url():
            return _("A URL with http:// or https://, without a user, query or fragment.")
        case kinds.Zone():
            return _("The name of a time zone, such as Asia/Shanghai.")
        case kinds.Clock():
            return _("A time of day as HH:MM.")
        case kinds.File():
            return _("A path.")
        case kinds.Text(1):
            return _("Text that is not empty.")
        case kinds.Text(least) if least:
            return _("Text of at least %(least)s characters.") % {"least": least}
        case kinds.Prose():
            return _("Lines of text, at most %(most)s characters.") % {"most": f"{LONGEST:,}"}
        case _:
            return ""

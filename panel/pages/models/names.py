"""What is known of model names, as a person reads it: where they lead and what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from keys.cost import CostTable
from keys.models import ModelCost
from panel import bridge, quote
from panel.bridge import ModelRow, NotRunning, Place, Resolution
from panel.pages.requests import words

LONGEST = 255


@dataclass(frozen=True, slots=True)
class Way:
    """A provider, and what it calls the model if that is another name. `service` is the dialect
    that is spoken there."""

    provider: str
    model: str
    service: str
    ready: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table. `state` is a shape's name, `word` what it means."""

    name: str
    units: int
    ways: tuple[Way, ...]
    state: str
    word: str
    alias_of: str
    excluded: str
    variants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a name would do. `refused` is a sentence, "" if it is answered; `pattern` the row of
    the table of costs that decides, None if its family does."""

    name: str
    base: str
    alias_of: str
    asks: tuple[tuple[str, str], ...]
    units: int
    pattern: str | None
    doubled: bool
    ways: tuple[Way, ...]
    detours: tuple[tuple[str, tuple[Way, ...]], ...]
    excluded: str
    refused: str


def known() -> Sequence[ModelRow] | None:
    """None where no gateway runs, or none that answers in time."""
    try:
        return bridge.current().models()
    except (NotRunning, TimeoutError):
        return None


def lines(rows: Iterable[ModelRow]) -> list[Line]:
    table = costs()
    return [_line(row, table) for row in rows]


def explain(name: str) -> Answer | None:
    """What the name would do; None where no gateway runs. Its length is the caller's to limit."""
    try:
        found = bridge.current().resolve(name)
    except NotRunning:
        return None
    price = quote.read(costs(), found)
    ways = _ways(found.base, (*found.places, *found.spare))
    return Answer(
        name,
        found.base,
        found.alias_of,
        tuple((asks().get(what, what), value) for what, value in found.variant),
        price.units,
        price.pattern,
        price.doubled,
        # Spare ones are asked only where nobody else has a credential.
        _tried(found, ways),
        tuple((other, _ways(other, places)) for other, places in found.detours),
        found.excluded,
        _refused(found, ways),
    )


def costs() -> CostTable:
    return CostTable(ModelCost.objects.values_list("pattern", "units"))


def asks() -> dict[str, str]:
    """What the parts of a name ask for."""
    return {
        "anti_truncation": _("goes on when the token limit cuts it"),
        "fake_stream": _("asked as a whole, sent as a stream"),
        "search": _("may search the web"),
        "effort": _("thinks"),
        "budget": _("tokens of thinking"),
        "image_size": _("size of the picture"),
        "aspect_ratio": _("shape of the picture"),
    }


def _line(row: ModelRow, table: CostTable) -> Line:
    ways = _ways(row.cost_name, row.places)
    state, word = _state(row, ways)
    ready = tuple(way for way in ways if way.ready)
    return Line(
        row.name,
        table.of(row.cost_name),
        ready or ways,
        state,
        word,
        row.alias_of,
        row.excluded,
        row.variants,
    )


def _state(row: ModelRow, ways: Sequence[Way]) -> tuple[str, str]:
    if row.excluded:
        return "off", _("hidden")
    if not ways:
        return "spent", _("no usable name")
    if not any(way.ready for way in ways):
        return "low", _("no credential")
    return "active", _("listed")


def _ways(base: str, places: Iterable[Place]) -> tuple[Way, ...]:
    """Ways to the model that is called `base` here."""
    return tuple(
        Way(
            each.provider,
            "" if each.model == base else each.model,
            words.dialect(each.dialect),
            each.ready,
        )
        for each in places
    )


def _tried(found: Resolution, ways: tuple[Way, ...]) -> tuple[Way, ...]:
    first = ways[: len(found.places)]
    return first if any(way.ready for way in first) else ways


def _refused(found: Resolution, ways: Sequence[Way]) -> str:
    if found.excluded:
        return _("404: %(glob)s is on the list of what is not served.") % {"glob": found.excluded}
    match found.code:
        case "":
            pass
        case "model_not_found":
            return _(
                "404: no provider has this name, and none takes names that nobody has. Add a "
                "provider, or make the name an alias of one that works."
            )
        case "invalid_request":
            return f"400: {found.reason}"
        case _:
            return found.reason
    if not any(way.ready for way in ways):
        return _("503: none of its providers has a credential. Add one, and it works.")
    return ""

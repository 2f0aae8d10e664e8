"""Other names for models, as a setting. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from gateway import kinds
from proxy import names


@dataclass(frozen=True, slots=True)
class Alias:
    """A name that a client asks for, and the model that it stands for."""

    expects: str = "two names as alias=model"

    def parse(self, raw: object) -> tuple[str, str]:
        alias, sign, model = raw.partition("=") if isinstance(raw, str) else ("", "", "")
        if not sign or not names.valid(alias) or not kinds.TOKEN.fullmatch(model):
            raise kinds.Unfit
        return alias, model


@dataclass(frozen=True, slots=True)
class Aliases(kinds.Many[tuple[str, str]]):
    """Nobody follows an alias to another one, so none may stand for one: that is how loops and
    names that nobody has are kept out."""

    each: kinds.Kind[tuple[str, str]] = Alias()
    expects: str = (
        "pairs as alias=model, separated by commas, each alias once and no model an alias itself"
    )

    def parse(self, raw: object) -> tuple[tuple[str, str], ...]:
        pairs = kinds.Many.parse(self, raw)
        aliases = {alias for alias, _model in pairs}
        if len(aliases) < len(pairs) or any(model in aliases for _alias, model in pairs):
            raise kinds.Unfit
        return pairs
